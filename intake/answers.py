"""What people do with what they were asked: answer a play, finish a task, put it off, tick its list.

Used by the command line, the console's API and the one-click links. An answer goes to the run, which checks and keeps
it; where the run has ended, what is left is a task like any other and is closed in its row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities import task_acts
from activities.ports import Store
from models.errors import BadInput, NotFound, Refused, Retryable, SteadfastError
from models.ids import new_id
from models.people import Outcome
from models.play import OutcomeRequest
from models.records import CsmTask, RunRow

DONE = "done"
LONGEST_SNOOZE = timedelta(days=90)
_ANSWER_IN = timedelta(seconds=30)


class Answers:
    """Takes answers."""

    def __init__(self, store: Store, client: Client) -> None:
        """``client``: a lazy one will do; it is asked only where a run has to hear."""
        self._store = store
        self._client = client

    async def tell(self, customer: str, play: str, request: OutcomeRequest) -> str:
        """An outcome for an open play, by the playbook's id or the run's.

        Raises:
            NotFound: no such play runs.
            Refused: the outcome is not open; the message says which are.
            Retryable: Temporal does not answer.
        """
        async with self._store.begin() as tx:
            runs = [run for run in await tx.runs.of(customer) if run.ended is None]
        run = chosen(runs, customer, play)
        return await self._update(run.workflow_id, request)

    async def tell_run(self, workflow_id: str, request: OutcomeRequest) -> str:
        """An outcome for a run. Raises as :meth:`tell`."""
        return await self._update(workflow_id, request)

    async def finish(self, key: str, *, outcome: str, by: str, note: str, now: datetime) -> CsmTask:
        """A task is done. Its play hears of it, where it still runs. Twice is once.

        Raises:
            NotFound: there is no such task.
            Refused: it is cancelled, or the outcome is not one of its outcomes.
            BadInput: nobody says who did it.
        """
        async with self._store.begin() as tx:
            task = await tx.tasks.get(key)
        if task is not None and task.status == DONE:
            return task
        task = await self._open(key)
        if not by.strip():
            raise BadInput("say who did it", field="by")
        allowed = task.outcomes or (DONE,)
        if outcome not in allowed:
            raise Refused(f"outcomes of this task: {', '.join(allowed)}", field="outcome", value=outcome)
        step = "" if task.outcomes else task.step_id
        request = OutcomeRequest(outcome=outcome, by=by, note=note, step=step, request_id=new_id("task"))
        if not (task.step_id and await self._heard(task, request)):
            await self._close_row(task, request, now)
        async with self._store.begin() as tx:
            return await tx.tasks.get(key) or task

    async def _heard(self, task: CsmTask, request: OutcomeRequest) -> bool:
        """Whether the run that asked took the answer; False where it has ended."""
        try:
            await self._update(task.workflow_id, request)
        except Refused:
            if await self._runs(task):
                raise
            return False
        return True

    async def snooze(self, key: str, *, until: datetime, reason: str, by: str, now: datetime) -> CsmTask:
        """Put a task off. The escalation path of its play goes on: only an answer stops it.

        Raises:
            NotFound, Refused: as :meth:`finish`.
            BadInput: no reason, or a moment that is past or too far.
        """
        task = await self._open(key)
        if not reason.strip():
            raise BadInput("say why", field="reason")
        if not by.strip():
            raise BadInput("say who puts it off", field="by")
        if not now < until <= now + LONGEST_SNOOZE:
            most = f"a moment from now on, at most {LONGEST_SNOOZE.days} days ahead"
            raise BadInput(most, field="until", value=until.isoformat())
        async with self._store.begin() as tx:
            await tx.tasks.snooze(task.key, until, f"{by}: {reason.strip()}")
        return await self._open(key)

    async def tick(self, key: str, *, item: int, done: bool) -> CsmTask:
        """An item of a task's checklist, counted from 1.

        Raises:
            NotFound, Refused: as :meth:`finish`.
            BadInput: there is no such item.
        """
        task = await self._open(key)
        if not 1 <= item <= len(task.checklist):
            raise BadInput(f"the list has {len(task.checklist)} items", field="item", value=str(item))
        marks = list(task.checklist)
        marks[item - 1] = marks[item - 1].model_copy(update={"done": done})
        async with self._store.begin() as tx:
            await tx.tasks.tick(task.key, marks)
        return await self._open(key)

    async def _open(self, key: str) -> CsmTask:
        async with self._store.begin() as tx:
            task = await tx.tasks.get(key)
        if task is None:
            raise NotFound("no such task", field="key", value=key)
        if task.status != "open":
            raise Refused(f"this task is {task.status} already", field="key", value=key)
        return task

    async def _runs(self, task: CsmTask) -> bool:
        async with self._store.begin() as tx:
            runs = await tx.runs.of(task.customer)
        return any(run.workflow_id == task.workflow_id and run.ended is None for run in runs)

    async def _close_row(self, task: CsmTask, request: OutcomeRequest, now: datetime) -> None:
        """Nobody waits for it any more: what was found is kept with the task."""
        async with self._store.begin() as tx:
            await tx.outcomes.add(
                Outcome(
                    request_id=request.request_id,
                    workflow_id=task.workflow_id,
                    customer=task.customer,
                    playbook="",
                    step_id=task.step_id,
                    task_key=task.key,
                    outcome=request.outcome,
                    by=request.by,
                    note=request.note,
                    at=now,
                )
            )
            if task.outcomes:
                await tx.tasks.close(task.key, outcome=request.outcome, note=request.note, by=request.by, at=now)
            else:
                await task_acts.close(tx, task.key, request.by, request.note, now)

    async def _update(self, workflow_id: str, request: OutcomeRequest) -> str:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            answer: str = await handle.execute_update(
                "answer", request, id=request.request_id or None, rpc_timeout=_ANSWER_IN, result_type=str
            )
        except (WorkflowUpdateFailedError, RPCError) as error:
            raise refusal(error) from None
        except RuntimeError as error:
            # A lazy client that cannot connect says so with a bare RuntimeError.
            raise Retryable(f"Temporal does not answer: {str(error)[:200]}") from None
        return answer


def refusal(error: WorkflowUpdateFailedError | RPCError) -> SteadfastError:
    """The validator's own words."""
    if isinstance(error, WorkflowUpdateFailedError):
        cause = error.cause
        if isinstance(cause, ApplicationError):
            return BadInput(cause.message) if cause.type == "BadInput" else Refused(cause.message)
        return Refused(str(cause))
    if error.status is RPCStatusCode.NOT_FOUND:
        return Refused("that run has ended")
    return Retryable(f"Temporal does not answer: {error.message[:200]}")


def chosen(runs: Sequence[RunRow], customer: str, play: str) -> RunRow:
    """The open run that is meant, by the playbook's id or its own.

    Raises:
        NotFound: none is; the message says which run.
    """
    for run in runs:
        if play in (run.workflow_id, run.playbook):
            return run
    known = ", ".join(run.playbook for run in runs) or "none"
    raise NotFound(f"no such play runs for {customer}; running: {known}", field="PLAY", value=play)
