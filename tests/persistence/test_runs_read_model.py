"""The read model of runs survives retries in any order."""

import asyncio
from datetime import UTC, datetime, timedelta

from models.enums import Priority, Role, RunStatus
from models.play import OnboardingRecord, RunRecord, StepRecord
from models.records import Blocker, CsmTask, Customer, InAppNotice, MeetingProposal, Notice
from models.success_plan import SuccessPlan
from persistence.store import SqlStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def run(workflow_id: str = "sequence:C-1:welcome:1", /, **changes: object) -> RunRecord:
    value = RunRecord(
        workflow_id=workflow_id, customer="C-1", process="sequence", playbook="welcome", version=1, fingerprint="f",
        status=RunStatus.RUNNING, started=NOW, wants=("user_logged_in", "message_sent:welcome"),
    )  # fmt: skip
    return value.model_copy(update=changes)


def ended(**changes: object) -> RunRecord:
    return run(status=RunStatus.COMPLETED, reason="done", ended=NOW + timedelta(days=1), **changes)


def step(name: str, hours: int, status: str = "done", *, settled: bool = True) -> StepRecord:
    due = NOW + timedelta(hours=hours)
    return StepRecord(step_id=name, status=status, due=due, ended=due if settled else None)


async def test_an_open_run_wants_its_events_and_a_closed_one_none(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.runs.open(run())
        await tx.runs.open(run())
        assert await tx.runs.awaited("C-1", "user_logged_in")
        assert await tx.runs.awaited("C-1", "message_sent")
        assert await tx.runs.awaited("C-1", "message_sent:welcome")
        assert not await tx.runs.awaited("C-1", "message_sent:other")
        assert not await tx.runs.awaited("C-2", "user_logged_in")
        await tx.runs.close(ended())
        assert not await tx.runs.awaited("C-1", "user_logged_in")


async def test_a_late_retry_does_not_open_a_closed_run(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.runs.open(run())
        await tx.runs.close(ended())
        await tx.runs.open(run())
        assert [row.status for row in await tx.runs.of("C-1")] == ["completed"]
        assert not await tx.runs.awaited("C-1", "user_logged_in")


async def test_a_restart_opens_it_again_and_the_earlier_generation_cannot_close_it(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.runs.close(ended())
        await tx.runs.open(run(generation=1))
        await tx.runs.close(ended())
        assert [row.status for row in await tx.runs.of("C-1")] == ["running"]
        assert await tx.runs.awaited("C-1", "user_logged_in")


async def test_runs_are_told_newest_first(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.runs.open(run("sequence:C-1:welcome:1"))
        await tx.runs.open(run("sequence:C-1:welcome:2", started=NOW + timedelta(days=1)))
        assert [row.workflow_id[-1] for row in await tx.runs.of("C-1")] == ["2", "1"]


async def test_steps_are_told_in_the_order_they_were_due_and_settle_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.runs.open(run())
        await tx.runs.step(run().workflow_id, step("z-first", 1))
        await tx.runs.step(run().workflow_id, step("a-second", 2, "held", settled=False))
        await tx.runs.step(run().workflow_id, step("a-second", 2))
        await tx.runs.step(run().workflow_id, step("a-second", 2, "held", settled=False))
        await tx.runs.close(ended(steps=(StepRecord(step_id="never", status="unreached"),)))
        told = [(each.step_id, each.status) for each in await tx.runs.steps(run().workflow_id)]
        assert told == [("z-first", "done"), ("a-second", "done"), ("never", "unreached")]


async def test_numbers_of_runs_are_reserved_once_for_each_cause_even_at_once(store: SqlStore) -> None:
    async def reserve(cause: str) -> int:
        async with store.begin() as tx:
            return await tx.runs.next_occurrence("C-1", "welcome", cause, lambda n: f"sequence:C-1:welcome:{n}")

    numbers = await asyncio.gather(*(reserve(cause) for cause in ("a", "b", "c", "a", "b", "c")))
    assert sorted(numbers) == [1, 1, 2, 2, 3, 3]
    assert numbers[:3] == numbers[3:]
    async with store.begin() as tx:
        assert await tx.runs.next_occurrence("C-2", "welcome", "a", str) == 1


async def test_the_latest_onboarding_is_that_of_the_highest_cycle(store: SqlStore) -> None:
    record = OnboardingRecord(
        customer="C-1", cycle=1, program="self-serve-v1", version=2, status="completed", started=NOW,
        completed_steps=("a", "b"), current_step=None, progress=100, milestones={"m": NOW}, late=("n",),
        blockers=("late",), last_progress=NOW, finished=NOW, first_value=NOW,
        time_to_first_value=timedelta(days=2, microseconds=3),
    )  # fmt: skip
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1"))
        assert await tx.onboardings.latest("C-1") is None
        await tx.onboardings.save(record.model_copy(update={"progress": 50}))
        await tx.onboardings.save(record)
        assert await tx.onboardings.latest("C-1") == record
        await tx.onboardings.save(record.model_copy(update={"cycle": 2}))
        latest = await tx.onboardings.latest("C-1")
        assert latest is not None
        assert latest.cycle == 2


async def test_what_our_people_see_is_added_once(store: SqlStore) -> None:
    common = {"customer": "C-1", "workflow_id": "w"}
    task = CsmTask(
        key="t", **common, type="kickoff", title="Call", priority=Priority.HIGH, assignee="team", due=NOW,
        created_at=NOW,
    )  # fmt: skip
    notice = Notice(key="n", **common, role=Role.CSM, recipient="csm-1", message="stalled", at=NOW)
    proposal = MeetingProposal(key="p", **common, meeting="kickoff", calendar_link="https://x", at=NOW, due=NOW)
    in_app = InAppNotice(key="i", customer="C-1", type="milestone", title="Bravo", message="Done", at=NOW)
    for _ in range(2):
        async with store.begin() as tx:
            await tx.work.add_task(task)
            await tx.work.add_notice(notice)
            await tx.work.add_proposal(proposal)
            await tx.work.add_in_app(in_app)
    async with store.read() as tx:
        assert await tx.work.tasks("C-1") == [task]
        assert await tx.work.notices("C-1") == [notice]
        assert await tx.work.proposals("C-1") == [proposal]
        assert await tx.work.in_app("C-1") == [in_app]
        assert await tx.work.tasks("C-2") == []


async def test_a_cleared_blocker_is_not_brought_back_by_a_retry(store: SqlStore) -> None:
    late = Blocker(key="b", customer="C-1", name="late:first_value", at=NOW)
    async with store.begin() as tx:
        await tx.work.add_blocker(late)
        assert await tx.work.blockers("C-1") == [late]
        await tx.work.clear_blocker("C-1", "late:first_value")
        await tx.work.add_blocker(late)
        assert await tx.work.blockers("C-1") == []


async def test_a_customer_has_one_draft_plan_even_when_two_are_made_at_once(store: SqlStore) -> None:
    async def add(key: str) -> bool:
        async with store.begin() as tx:
            plan = SuccessPlan(customer="C-1", created_at=NOW, updated_at=NOW)
            return await tx.plans.add(plan, key, "mid-market-v1")

    assert sorted(await asyncio.gather(add("a"), add("b"))) == [False, True]
    assert sorted([await add("a"), await add("b")]) == [False, True]
