"""``python -m tests.replay.record_operated``: what operators do to runs, and the validation of the figures.

Moved, restarted, retried, skipped, held and resumed, cancelled. A run that is moved or restarted continues as new: the
history before is kept beside the one after.
"""

import asyncio
import contextlib
from datetime import timedelta
from functools import partial
from typing import Any

from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from models.enums import RunStatus
from models.events import Occurrence
from models.ids import lifecycle_id, save_id
from models.operating import Act, OperateRequest
from models.play import OutcomeRequest
from models.records import Customer
from models.release import MoveOutcome, Policy
from models.run import RESUMED
from models.validating import ValidationInput
from tests.harness import Company
from tests.replay.record import _company, _keep
from tests.workflows.inline import act, employing, growing, hears, save
from tests.workflows.life import living
from tests.workflows.plays import playbook, start
from tests.workflows.test_releases import ASK, MAPPING, NEW, OLD, asks, done, release, stands, until
from workflows.metrics_validation import MetricsValidation
from workflows.play import Play

Run = WorkflowHandle[Any, RunStatus]
_YES = OutcomeRequest(outcome="yes", by="marta", request_id="r-1")


async def main() -> None:
    """Record all."""
    async with _company() as (env, here, _hooks):
        await _told(env, here)
    async with _company() as (env, here, _hooks), here.worker():
        await _moved(env, here)
        await _restarted(env, here)
        await _retried(env, here)
        await _skipped(here)
        await _resumed(here)
        await _cancelled(here)
        await _validated(here)


async def _parked(here: Company, customer: str) -> Run:
    handle = await start(here, OLD, customer=customer)
    await until(partial(asks, handle))
    return handle


async def _first(here: Company, handle: Run) -> Run:
    """The run that began it, whatever it has become."""
    return here.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)


async def _moved(env: WorkflowEnvironment, here: Company) -> None:
    """At its wait, to steps of other names; answered by the old name."""
    handle = await _parked(here, "C-moved")
    await done(here, release(NEW, Policy.MOVE, MAPPING, here))
    await env.sleep(timedelta(minutes=1))
    await handle.execute_update(Play.answer, _YES.model_copy(update={"step": "ask"}))
    await handle.result()
    await _keep("play_moved_before", await _first(here, handle))
    await _keep("play_moved_after", here.client.get_workflow_handle(handle.id))


async def _restarted(env: WorkflowEnvironment, here: Company) -> None:
    """From its wait; the first steps are done again under new keys, and answered."""
    handle = await _parked(here, "C-restarted")
    await done(here, release(NEW, Policy.RESTART, {}, here))
    await env.sleep(timedelta(minutes=1))
    await handle.execute_update(Play.answer, _YES)
    await handle.result()
    await _keep("play_restarted_before", await _first(here, handle))
    await _keep("play_restarted_after", here.client.get_workflow_handle(handle.id))


async def _retried(env: WorkflowEnvironment, here: Company) -> None:
    """A mail whose text is missing fails, is tried again and fails again; the run goes on."""
    broken = act("broken", delay="1 hour") | {"do": "send_message", "with": {"template": "no_such_text"}}
    handle = await start(here, playbook(broken, ASK | {"after": "trigger"}, id="test.retry"), customer="C-retried")
    async with here.store.begin() as tx:
        await tx.customers.put(Customer(id="C-retried", name="Taller Luna", email="luna@taller.example"))
    await env.sleep(timedelta(hours=2))
    assert await stands(handle, "broken", "failed")
    asked = OperateRequest(act=Act.RETRY, step="broken", by="Eva", reason="the text is there", request_id="o-1")
    await handle.execute_update(Play.operate, asked)
    await env.sleep(timedelta(hours=2))
    await handle.execute_update(Play.answer, _YES)
    await handle.result()
    await _keep("play_step_retried", handle)


async def _skipped(here: Company) -> None:
    made = playbook(act("hello"), act("later", delay="20 days"), act("end", after="later"), id="test.skip")
    handle = await start(here, made, customer="C-skipped")
    asked = OperateRequest(act=Act.SKIP, step="later", by="Eva", reason="not needed", request_id="o-2")
    await until(partial(stands, handle, "hello", "done"))
    await handle.execute_update(Play.operate, asked)
    await handle.result()
    await _keep("play_step_skipped", handle)


async def _resumed(here: Company) -> None:
    """Begun while its playbook is paused, held, and resumed."""
    made, now = playbook(act("hello"), id="test.paused"), await here.now()
    async with here.store.begin() as tx:
        await tx.pauses.pause(made.id, by="Eva", reason="the words are wrong", at=now)
    handle = await start(here, made, customer="C-resumed")
    await until(partial(stands, handle, "hello", "held"))
    async with here.store.begin() as tx:
        await tx.pauses.resume(made.id, by="Eva", at=await here.now())
    await handle.signal(Play.happened, Occurrence(kind=RESUMED, key="resumed:1", at=await here.now()))
    await handle.result()
    await _keep("play_paused_then_resumed", handle)


async def _cancelled(here: Company) -> None:
    handle = await _parked(here, "C-cancelled")
    await handle.cancel()
    with contextlib.suppress(WorkflowFailureError):
        await handle.result()
    await _keep("play_cancelled_by_an_operator", handle)


async def _told(env: WorkflowEnvironment, here: Company) -> None:
    """A save play that is moved tells its customer's lifecycle what it waits for now."""
    old, signal = save(), "no_login_7_days"
    here = employing(here, old)
    async with living(env, here, id="C-rewired") as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type=signal, severity="medium")
        new = old.model_copy(update={"version": old.version + 1, "title": "Save: a week without login"})
        [line] = await done(here, release(new, Policy.MOVE, {}, here))
        assert line.outcome is MoveOutcome.MOVES
        await ana.settle()
        await hears(ana, "signal_cleared", type=signal, by="predicate_false")
        await _keep("lifecycle_of_a_moved_play", ana.handle(lifecycle_id(ana.id)))
        await _keep("save_moved_then_cleared", ana.handle(save_id(ana.id, signal, 1)))


async def _validated(here: Company) -> None:
    handle = await here.client.start_workflow(
        MetricsValidation.run, ValidationInput(), id="validation", task_queue=here.task_queue
    )
    await handle.result()
    await _keep("validation_of_the_week", here.client.get_workflow_handle(handle.id))


if __name__ == "__main__":
    asyncio.run(main())
