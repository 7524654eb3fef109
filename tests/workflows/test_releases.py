"""Releases on real servers: runs move at their wait, restart or finish, as previewed; and what operators do to one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.worker import Worker

import worker
from activities.interceptor import ActivityFrame
from intake.releasing import Releaser
from models.enums import RunStatus
from models.events import Occurrence
from models.ids import new_id
from models.operating import Act, OperateRequest
from models.play import OutcomeRequest, RunView
from models.playbook import Playbook
from models.records import Customer
from models.release import MoveLine, MoveOutcome, Policy, Release
from models.run import RESUMED
from tests.harness import Company
from tests.workflows.inline import act
from tests.workflows.plays import playbook, start
from workflows.play import Play

ASK = {"id": "ask", "kind": "await", "after": "hello", "outcomes": ["yes", "no"]}
OLD = playbook(act("hello"), ASK, act("thank", after="ask", on=["yes"]), id="test.released", version=1)
NEW = playbook(
    act("greeting"), ASK | {"id": "question", "after": "greeting"}, act("cheer", after="question", on=["yes"]),
    act("overdue"), id="test.released", version=2,
)  # fmt: skip
MAPPING = {"hello": "greeting", "ask": "question"}


def release(made: Playbook, policy: Policy, mapping: dict[str, str], here: Company) -> Release:
    return Release(
        id=new_id("rel"), playbook=made.id, segments=(), version=made.version, fingerprint=made.fingerprint(),
        document=made, author="Eva", reason="warmer words", at="2026-01-01T00:00:00Z", policy=policy, mapping=mapping,
    )  # fmt: skip


async def releaser(here: Company) -> Releaser:
    now = await here.now()
    return Releaser(here.store, here.client, now=lambda: now)


async def parked(here: Company, count: int = 1) -> list[WorkflowHandle[Any, RunStatus]]:
    """Runs that wait for a person."""
    handles = await asyncio.gather(*(start(here, OLD) for _ in range(count)))
    for handle in handles:
        await until(partial(asks, handle))
    return list(handles)


async def view(handle: WorkflowHandle[Any, Any]) -> RunView:
    return await handle.query(Play.view)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it, ten seconds at most."""
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to hold")


async def asks(handle: WorkflowHandle[Any, Any]) -> bool:
    return bool((await view(handle)).open_outcomes)


async def heard(handle: WorkflowHandle[Any, Any], event: str) -> bool:
    return event in (await handle.query(Play.standing)).state_json


async def stands(handle: WorkflowHandle[Any, Any], name: str, status: str) -> bool:
    return await step(handle, name) == status


async def went_on(handle: WorkflowHandle[Any, Any]) -> bool:
    return (await handle.describe()).run_id != handle.first_execution_run_id


async def done(here: Company, made: Release) -> list[MoveLine]:
    """Preview, then carry out; the preview is what happens."""
    doing = await releaser(here)
    previewed = await doing.preview(made.document, made.policy, made.mapping, await doing.runs(made.document))
    async with here.store.begin() as tx:
        await tx.releases.add(made)
    found = [line async for line in doing.carry_out(made, previewed)]
    assert {line.workflow_id: line.outcome for line in found} == {one.workflow_id: one.outcome for one, _ in previewed}
    return found


async def notices(here: Company, customer: str) -> list[str]:
    async with here.store.read() as tx:
        return [one.key.partition("|")[2] for one in await tx.work.notices(customer)]


async def test_a_run_moves_at_its_wait_and_goes_on_with_the_new_steps(dev_company: Company) -> None:
    async with dev_company.worker():
        [handle] = await parked(dev_company)
        [line] = await done(dev_company, release(NEW, Policy.MOVE, MAPPING, dev_company))
        assert line.outcome is MoveOutcome.MOVES
        assert "hello becomes greeting" in line.notes
        seen = await view(handle)
        assert (seen.version, seen.fingerprint) == (2, NEW.fingerprint())
        # A link that was sent before the move names the old step.
        asked = OutcomeRequest(outcome="yes", by="marta", step="ask", request_id="r-1")
        assert await handle.execute_update(Play.answer, asked) == "recorded"
        assert await handle.result() == RunStatus.COMPLETED
        async with dev_company.store.read() as tx:
            [row] = await tx.runs.of(line.customer)
            steps = {one.step_id: (one.status, one.reason) for one in await tx.runs.steps(row.workflow_id)}
        assert (row.version, row.fingerprint) == (2, NEW.fingerprint())
        assert steps["greeting"][0] == "done"
        assert steps["cheer"][0] == "done"
        assert steps["overdue"] == ("skipped", "due before the move")
        assert set(steps) == {"greeting", "question", "cheer", "overdue"}
        assert await notices(dev_company, line.customer) == ["0|hello", "0|cheer"], "hello was not said again"


async def test_a_run_that_changed_since_the_preview_is_reported_and_left(dev_company: Company) -> None:
    async with dev_company.worker():
        [handle] = await parked(dev_company)
        doing = await releaser(dev_company)
        made = release(NEW, Policy.MOVE, MAPPING, dev_company)
        previewed = await doing.preview(NEW, Policy.MOVE, MAPPING, await doing.runs(NEW))
        await handle.signal(Play.happened, Occurrence(kind="user_logged_in", key="k-1", at=await dev_company.now()))
        await until(lambda: heard(handle, "user_logged_in"))
        [line] = [line async for line in doing.carry_out(made, previewed)]
        assert (line.outcome, line.notes) == (MoveOutcome.CHANGED, ("changed since the preview",))
        assert (await view(handle)).version == 1


async def test_runs_that_their_worker_has_to_load_again_stand_as_previewed(dev_company: Company) -> None:
    """Their last event and the move reach them at once: what is compared has the event taken in, like the preview."""
    here = dev_company
    forgetful = Worker(
        here.client,
        task_queue=here.task_queue,
        workflows=worker.WORKFLOWS,
        activities=worker.activities(here.given),
        workflow_runner=worker.runner(),
        interceptors=[ActivityFrame()],
        max_cached_workflows=2,
    )
    async with forgetful:
        handles = await parked(here, 5)
        for handle, event in product(handles, ("user_logged_in", "meeting_booked")):
            await handle.signal(Play.happened, Occurrence(kind=event, key=event, at=await here.now()))
            await until(partial(heard, handle, event))
        found = await done(here, release(NEW, Policy.MOVE, MAPPING, here))
        assert [line.outcome for line in found] == [MoveOutcome.MOVES] * 5


async def test_a_move_whose_answer_was_lost_is_found_done(dev_company: Company) -> None:
    """The run took it and went on as new: to a second try it looks changed, but by this very release."""
    async with dev_company.worker():
        [handle] = await parked(dev_company)
        doing = await releaser(dev_company)
        made = release(NEW, Policy.MOVE, MAPPING, dev_company)
        previewed = await doing.preview(NEW, Policy.MOVE, MAPPING, await doing.runs(NEW))
        async with dev_company.store.begin() as tx:
            await tx.releases.add(made)
        [first] = [line async for line in doing.carry_out(made, previewed)]
        await until(lambda: went_on(handle))
        moved = (await handle.describe()).run_id
        [second] = [line async for line in doing.carry_out(made, previewed)]
        assert first == second
        assert second.outcome is MoveOutcome.MOVES
        assert (await handle.describe()).run_id == moved


async def test_a_restart_begins_anew_under_keys_of_its_own(dev_company: Company) -> None:
    async with dev_company.worker():
        [handle] = await parked(dev_company)
        [line] = await done(dev_company, release(NEW, Policy.RESTART, {}, dev_company))
        assert line.outcome is MoveOutcome.RESTARTS
        await until(lambda: stands(handle, "overdue", "done"))
        assert sorted(await notices(dev_company, line.customer)) == ["0|hello", "1|greeting", "1|overdue"]
        async with dev_company.store.read() as tx:
            [row] = await tx.runs.of(line.customer)
        assert row.status == "running"


async def test_a_run_finishes_on_the_old_one_where_that_is_the_policy(dev_company: Company) -> None:
    async with dev_company.worker():
        [handle] = await parked(dev_company)
        [line] = await done(dev_company, release(NEW, Policy.FINISH, {}, dev_company))
        assert line.outcome is MoveOutcome.FINISHES
        assert (await view(handle)).version == 1


async def test_many_parked_runs_move_none_lost_none_doubled(dev_company: Company) -> None:
    """A thousand are moved by ``make bench``; here a dozen, interrupted once and gone on with."""
    async with dev_company.worker():
        handles = await parked(dev_company, 12)
        made = release(NEW, Policy.MOVE, MAPPING, dev_company)
        doing = await releaser(dev_company)
        previewed = await doing.preview(NEW, Policy.MOVE, MAPPING, await doing.runs(NEW))
        first = [line async for line in doing.carry_out(made, previewed[:5])]
        rest = await done(dev_company, made)
        assert len(first) + len(rest) == 12
        assert {line.outcome for line in (*first, *rest)} == {MoveOutcome.MOVES}
        for handle in handles:
            assert (await view(handle)).version == 2
            await handle.execute_update(Play.answer, OutcomeRequest(outcome="yes", by="marta"))
        ended = await asyncio.gather(*(handle.result() for handle in handles))
        assert set(ended) == {RunStatus.COMPLETED}
        for line in (*first, *rest):
            assert await notices(dev_company, line.customer) == ["0|hello", "0|cheer"]


async def test_a_step_is_skipped_with_a_reason_and_its_followers_go_on(dev_company: Company) -> None:
    made = playbook(act("hello"), act("later", delay="20 days"), act("end", after="later"), id="test.skip")
    async with dev_company.worker():
        handle = await start(dev_company, made)
        asked = OperateRequest(act=Act.SKIP, step="later", by="Eva", reason="not needed", request_id="o-1")
        assert await handle.execute_update(Play.operate, asked) == "done"
        assert await handle.execute_update(Play.operate, asked) == "done already"
        assert await handle.result() == RunStatus.COMPLETED
        async with dev_company.store.read() as tx:
            steps = {one.step_id: one for one in await tx.runs.steps(handle.id)}
        assert (steps["later"].status, steps["later"].reason) == ("skipped", "skip by Eva: not needed")
        assert steps["end"].status == "done"


async def test_a_failed_step_is_tried_again_under_a_key_of_its_own(dev_company: Company) -> None:
    broken = {"id": "broken", "kind": "act", "do": "send_message", "with": {"template": "no_such_text"}}
    broken |= {"delay": "2 seconds"}
    made = playbook(broken, ASK | {"after": "trigger"}, id="test.retry")
    async with dev_company.worker():
        handle = await start(dev_company, made, customer="C-retry")
        async with dev_company.store.begin() as tx:
            await tx.customers.put(Customer(id="C-retry", name="Taller Luna", email="luna@taller.example"))
        await until(lambda: stands(handle, "broken", "failed"))
        asked = OperateRequest(act=Act.RETRY, step="broken", by="Eva", reason="the text is there", request_id="o-2")
        assert await handle.execute_update(Play.operate, asked) == "done"
        standing = await handle.query(Play.standing)
        assert standing.keys == {"broken": "broken#1"}
        wrong = asked.model_copy(update={"step": "ask", "request_id": "o-3"})
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(Play.operate, wrong)
        assert "only a failed act can be retried" in str(refused.value.cause)


async def step(handle: WorkflowHandle[Any, Any], name: str) -> str:
    return next((one.status for one in (await view(handle)).steps if one.step_id == name), "")


async def test_a_paused_playbook_holds_its_steps_until_it_is_resumed(dev_company: Company) -> None:
    made = playbook(act("hello"), id="test.paused")
    now = await dev_company.now()
    async with dev_company.store.begin() as tx:
        await tx.pauses.pause("test.paused", by="Eva", reason="the words are wrong", at=now)
    async with dev_company.worker():
        handle = await start(dev_company, made)
        await until(lambda: stands(handle, "hello", "held"))
        async with dev_company.store.begin() as tx:
            await tx.pauses.resume("test.paused", by="Eva", at=now + timedelta(minutes=1))
        told = Occurrence(kind=RESUMED, key="resumed:1", at=await dev_company.now())
        await handle.signal(Play.happened, told)
        assert await handle.result() == RunStatus.COMPLETED
        assert await step(handle, "hello") == "done"
