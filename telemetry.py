"""Logs and metrics, set up once by each composition root.

Every line, ours or a library's, leaves as one line on standard error: JSON, or for people. Inside a workflow or an
activity it carries ``customer``, ``workflow_id``, ``run_id`` and ``activity``. Workflows and activities log through
temporalio's loggers and never import structlog: it is attached underneath, here.
"""

import logging
import socket
import sys

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from models.errors import BadInput, Misconfigured
from models.ids import parse_workflow_id
from settings import Settings
from telemetry_redaction import redact

_LEVELS = logging.getLevelNamesMapping()
_QUIET = {
    "sqlalchemy": logging.WARNING,
    "httpx": logging.WARNING,
    "mail.log": logging.WARNING,
    "asyncio": logging.WARNING,
}
"""Libraries that tell of each statement or connection; warnings of theirs are still seen."""


def setup(settings: Settings, process_name: str) -> None:
    """Send all logging through structlog. May be called again: the last call counts."""
    ours: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _process(process_name),
        _where,
        _access,
        structlog.processors.StackInfoRenderer(),
    ]
    json = settings.log_format == "json"
    rendering: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
        structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        ),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *ours,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a second setup must reach loggers already made
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=ours, processors=rendering, pass_foreign_args=True)
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept, _StandardError)] + [handler]
    root.setLevel(_LEVELS[settings.log_level.upper()])
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # The context is in the fields already; in the message it would be there twice.
    temporalio.workflow.logger.workflow_info_on_message = False
    temporalio.activity.logger.activity_info_on_message = False
    # Rendering a line is no part of a workflow: the sandbox need not watch it.
    temporalio.workflow.logger.unsafe_disable_sandbox()


def runtime(settings: Settings) -> Runtime:
    """The SDK's runtime, its metrics served for Prometheus and its own log forwarded to ours.

    One per process. The endpoint is ``worker_metrics_port`` on ``console_host``; 0 takes a free port and logs it.

    Raises:
        Misconfigured: the port is taken.
    """
    log = structlog.stdlib.get_logger("steadfast.telemetry")
    port = settings.worker_metrics_port or free_port(settings.console_host)
    address = f"{settings.console_host}:{port}"
    try:
        made = Runtime(
            telemetry=TelemetryConfig(
                metrics=PrometheusConfig(bind_address=address, counters_total_suffix=True, durations_as_seconds=True),
                logging=LoggingConfig(
                    filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
                    forwarding=LogForwardingConfig(
                        logger=logging.getLogger("temporalio.core"),
                        append_target_to_name=False,
                        prepend_target_on_message=False,
                        append_log_fields_to_message=True,
                    ),
                ),
            )
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise Misconfigured(
            f"cannot serve metrics on {address}: {error}", field="STEADFAST_WORKER_METRICS_PORT"
        ) from None
    log.info("Temporal metrics are served", url=f"http://{address}/metrics")
    return made


def free_port(host: str) -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class _StandardError(logging.Handler):
    """Writes where standard error is at the moment of the line, not where it was at set-up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def _process(name: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", name)
        return event

    return add


def _where(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say whose work the line belongs to, from what temporalio put on the record or the activity it is logged in."""
    told = {**event.pop("temporal_workflow", {}), **event.pop("temporal_activity", {})}
    core = event.pop("temporal_log", None)
    if core is not None:
        told.update({name: core.fields[name] for name in ("workflow_id", "run_id") if name in core.fields})
    if not told and temporalio.activity.in_activity():
        info = temporalio.activity.info()
        told = {
            "workflow_id": info.workflow_id,
            "workflow_run_id": info.workflow_run_id,
            "activity_type": info.activity_type,
            "attempt": info.attempt,
        }
    found = {
        "workflow_id": told.get("workflow_id"),
        "run_id": told.get("run_id") or told.get("workflow_run_id"),
        "activity": told.get("activity_type"),
        "attempt": told.get("attempt") if told.get("activity_type") else None,
        "update": told.get("update_name"),
    }
    for name, value in found.items():
        if value:
            event.setdefault(name, value)
    customer = _customer(event.get("workflow_id"))
    if customer:
        event.setdefault("customer", customer)
    return event


def _customer(workflow_id: object) -> str | None:
    try:
        return parse_workflow_id(str(workflow_id)).customer
    except BadInput:
        return None


def _access(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A request in fields; without its query, which may hold a token."""
    args = event.pop("positional_args", None)
    for left in ("message", "asctime"):  # what another handler's formatter leaves on the record
        event.pop(left, None)
    if event.get("logger") == "uvicorn.access" and isinstance(args, tuple) and len(args) == 5:
        _client, method, path, _version, status = args
        event.update(event="request", method=method, path=str(path).partition("?")[0], status=status)
    return event
