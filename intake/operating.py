"""An operator's act on one run, in the audit log before it is asked for and again with what came of it.

A crash between the two leaves the first: the log then says who wanted what and why, and that the outcome is not known.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import JsonValue
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import Store
from models.errors import NotFound, Refused, Retryable
from models.operating import OperateRequest

WITHIN = timedelta(seconds=30)
"""A run whose worker is up answers in milliseconds."""


class Kept:
    """One act: begun, then ended once, under the same ``request``."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, by: str, action: str, run: str) -> None:
        """``now``: of the stack's clock. ``action``: such as ``step_skip``."""
        self._store, self._now = store, now
        self._by, self._action, self._run = by, action, run

    async def begin(self, **detail: JsonValue) -> None:
        """It is about to be asked for."""
        await self._add(self._action, detail)

    async def end(self, outcome: str, **detail: JsonValue) -> None:
        """What came of it: ``done``, ``refused`` or ``unanswered``."""
        await self._add(f"{self._action}_{outcome}", detail)

    async def _add(self, action: str, detail: dict[str, JsonValue]) -> None:
        async with self._store.begin() as tx:
            await tx.audit.add(self._now(), self._by, action, self._run, detail)


async def operate(store: Store, client: Client, run: str, request: OperateRequest, now: Callable[[], datetime]) -> None:
    """Skip or retry a step of an open run.

    Raises:
        Refused: the run says why not.
        NotFound: no such run is open.
        Retryable: it did not answer; whether it was done is not known, and asking again does it at most once more.
    """
    kept = Kept(store, now, by=request.by, action=f"step_{request.act.value}", run=run)
    asked = {"step": request.step, "request": request.request_id}
    await kept.begin(**asked, reason=request.reason)
    try:
        await client.get_workflow_handle(run).execute_update(
            "operate", request, id=request.request_id, result_type=str, rpc_timeout=WITHIN
        )
    except WorkflowUpdateFailedError as error:
        why = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
        await kept.end("refused", **asked, why=why)
        raise Refused(why) from None
    except RPCError as error:
        refused = translated(run, error)
        await kept.end("refused" if isinstance(refused, NotFound) else "unanswered", **asked, why=str(refused))
        raise refused from None
    await kept.end("done", **asked)


def translated(run: str, error: RPCError) -> NotFound | Retryable:
    """What a failed call to a run means."""
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotFound("no such run is open", field="run", value=run)
    return Retryable(f"the run did not answer: {error}")
