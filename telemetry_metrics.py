"""Steadfast's own figures for Prometheus. The SDK's are on an endpoint of their own (``telemetry.runtime``)."""

from collections.abc import Callable
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import Counter, start_http_server
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.errors import Misconfigured
from models.run import StepResult
from settings import Settings

_steps = Counter("steadfast_steps", "Steps of playbooks that were attempted.", ["action", "status"])


def step(action: str, status: str) -> None:
    """``steadfast_steps_total``: an activity answered with this status; ``error`` when it raised."""
    _steps.labels(action, status).inc()


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
        elif action == "deliver":
            step(action, str(result))
        return result
