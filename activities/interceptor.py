"""Around every activity: it beats while it works, and its errors become Temporal's with their meaning kept."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from models.errors import Retryable, SteadfastError


class ActivityFrame(Interceptor):
    """A worker interceptor."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap."""
        return _Framed(next)


class _Framed(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        timeout = activity.info().heartbeat_timeout
        beating = asyncio.create_task(_beat(timeout)) if timeout else None
        try:
            return await super().execute_activity(input)
        except SteadfastError as error:
            raise _mapped(error) from error
        finally:
            if beating is not None:
                beating.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await beating


async def _beat(timeout: timedelta) -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(timeout.total_seconds() / 3)


def _mapped(error: SteadfastError) -> ApplicationError:
    """Its class name is the type that ``workflows.policies`` lists; ``Retryable`` says when to come back."""
    delay = error.after if isinstance(error, Retryable) else None
    name = type(error).__name__
    return ApplicationError(str(error)[:1000], type=name, next_retry_delay=delay)
