"""Steadfast's own figures for Prometheus. The SDK's are on an endpoint of their own (``telemetry.runtime``)."""

from collections.abc import Callable
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import Counter, Gauge, start_http_server
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.enums import Channel, CommunicationStatus, DeliveryStatus
from models.errors import Misconfigured
from models.run import StepResult
from settings import Settings

_steps = Counter("steadfast_steps", "Steps of playbooks that were attempted.", ["action", "status"])
_messages = Counter("steadfast_messages", "Messages to customers that reached a status.", ["channel", "status"])
_deliveries = Counter("steadfast_deliveries", "Outbound webhooks that reached a status.", ["target", "status"])
_undelivered = Gauge("steadfast_inbox_undelivered", "Events received and not yet handed to their workflow.")


def step(action: str, status: str) -> None:
    """``steadfast_steps_total``: an activity answered with this status; ``error`` when it raised."""
    _steps.labels(action, status).inc()


def message(channel: Channel, status: CommunicationStatus) -> None:
    """``steadfast_messages_total``."""
    _messages.labels(channel.value, status.value).inc()


def delivery(target: str, status: DeliveryStatus) -> None:
    """``steadfast_deliveries_total``."""
    _deliveries.labels(target, status.value).inc()


def inbox_undelivered(count: int) -> None:
    """``steadfast_inbox_undelivered``."""
    _undelivered.set(count)


def serve(settings: Settings) -> Callable[[], None]:
    """Serve them on the port above the SDK's (any free one when that is 0); returns what stops it.

    Raises:
        Misconfigured: the port is taken.
    """
    port = settings.worker_metrics_port + 1 if settings.worker_metrics_port else 0
    server: WSGIServer
    thread: Thread
    try:
        server, thread = start_http_server(port, addr=settings.console_host)
    except OSError as error:
        raise Misconfigured(
            f"cannot serve metrics on {settings.console_host}:{port}: {error.strerror}",
            field="STEADFAST_WORKER_METRICS_PORT",
        ) from None
    url = f"http://{settings.console_host}:{server.server_port}/metrics"
    structlog.stdlib.get_logger("steadfast.telemetry").info("Steadfast's metrics are served", url=url)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


class StepMetrics(Interceptor):
    """A worker interceptor that counts steps, so that no activity has to know of metrics."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap."""
        return _Counted(next)


class _Counted(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        action = activity.info().activity_type
        try:
            result = await super().execute_activity(input)
        except Exception:
            step(action, "error")
            raise
        if isinstance(result, StepResult):
            step(action, result.status)
        return result
