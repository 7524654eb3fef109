"""What readiness asks of Temporal and of the worker."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client

from models.errors import Retryable

RECENT = timedelta(seconds=90)
"""A worker asks for tasks at least once a minute; one that did not for longer is gone."""


class TemporalProbes:
    """Asks Temporal who polls the task queue. ``wall`` is the wall clock: the server's own is compared with it."""

    def __init__(self, client: Client, task_queue: str, wall: Callable[[], datetime]) -> None:
        self._client = client
        self._task_queue = task_queue
        self._wall = wall

    async def temporal(self) -> str:
        """Temporal answers."""
        await self._describe()
        return f"namespace {self._client.namespace} answers"

    async def worker(self) -> str:
        """A worker polled the task queue lately.

        Raises:
            Retryable: none did.
        """
        described = await self._describe()
        seen = [poller.last_access_time.ToDatetime(tzinfo=UTC) for poller in described.pollers]
        recent = [moment for moment in seen if moment > self._wall() - RECENT]
        if not recent:
            raise Retryable(f"no worker polls the task queue {self._task_queue}")
        return f"{len(recent)} polling the task queue {self._task_queue}"

    async def _describe(self) -> DescribeTaskQueueResponse:
        return await self._client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=self._client.namespace,
                task_queue=TaskQueue(name=self._task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            ),
            timeout=timedelta(seconds=4),
        )
