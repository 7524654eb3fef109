"""What a person does with a task outside of a play: done, or not before some day (section 0.5 of the domain).

A task whose play waits for an outcome is answered through the play, which would wait for ever otherwise.
"""

from datetime import datetime

from activities.ports import Transaction
from models.errors import BadInput, NotFound, Refused
from models.nps import NPS_FOLLOWUP
from models.records import CsmTask
from rules import nps
from rules.themes import bounded

DONE = "done"


async def close(tx: Transaction, key: str, by: str, note: str, now: datetime) -> CsmTask:
    """It is done; closing a detractor's follow-up says that the answer was followed up (N8). Twice is once.

    Raises:
        NotFound: no such task.
        Refused: it was cancelled, or its play waits for an outcome.
    """
    task = await _task(tx, key)
    if task.status == DONE:
        return task
    if task.outcomes:
        waits = f"its play waits for an outcome ({', '.join(task.outcomes)}): use `starter.py outcome`"
        raise Refused(waits, field="task", value=key)
    if not await tx.tasks.close(key, outcome=DONE, note=bounded(note) or "", by=by, at=now):
        raise Refused(f"it is {task.status}", field="task", value=key)
    if task.type == NPS_FOLLOWUP:
        await _followed_up(tx, task, note, now)
    return await _task(tx, key)


async def snooze(tx: Transaction, key: str, until: datetime, reason: str, now: datetime) -> CsmTask:
    """Not before ``until``, and why.

    Raises:
        NotFound: no such task.
        BadInput: the moment has passed, or nobody says why.
        Refused: it is not open.
    """
    task = await _task(tx, key)
    if until <= now:
        raise BadInput("has passed already", field="until", value=until.isoformat())
    if not reason.strip():
        raise BadInput("a snooze says why", field="reason")
    if task.status != "open":
        raise Refused(f"it is {task.status}", field="task", value=key)
    await tx.tasks.snooze(key, until, reason)
    return await _task(tx, key)


async def _followed_up(tx: Transaction, task: CsmTask, note: str, now: datetime) -> None:
    """The answer that the task names; of a play's task, the latest answer."""
    answers = await tx.surveys.of(task.customer)
    named = [one for one in answers if task.key == f"{NPS_FOLLOWUP}:{one.id}"]
    for answer in named or answers[-1:]:
        await tx.surveys.followed_up(nps.follow_up(answer, max(now, answer.submitted_at), note))


async def _task(tx: Transaction, key: str) -> CsmTask:
    found = await tx.tasks.get(key)
    if found is None:
        raise NotFound("no such task", field="task", value=key)
    return found
