"""The worked example of section 10.2 from its file to its end: loaded, activated, measured, overridden, reviewed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from activities import plans
from intake.plan_file import read
from models.enums import Plan
from models.errors import BadInput, NotFound, Refused
from models.records import Customer
from models.success_plan import CriterionStatus, InitiativeStatus, PlanStatus, SuccessPlan
from models.told import Told
from persistence.store import SqlStore
from rules.success_plan import view

SAMPLE = Path(__file__).parents[2] / "samples" / "success-plan.yaml"
NOW, TODAY = datetime(2025, 2, 3, 9, tzinfo=UTC), date(2025, 2, 3)
LATER, THEN = datetime(2025, 6, 30, 9, tzinfo=UTC), date(2025, 6, 30)


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    async with opened.begin() as tx:
        await tx.customers.put(Customer(id="techstore", plan=Plan.PRO, csm_id="csm-1"))
        await plans.load(tx, read(SAMPLE, "techstore", NOW))
    yield opened
    await opened.close()


async def stored(store: SqlStore) -> SuccessPlan:
    async with store.read() as tx:
        return await plans.plan_of(tx, "techstore")


async def test_the_file_is_stored_whole(store: SqlStore) -> None:
    assert await stored(store) == read(SAMPLE, "techstore", NOW)


async def test_it_is_active_measured_and_over_when_everything_is_decided(store: SqlStore) -> None:
    async with store.begin() as tx:
        assert (await plans.activate(tx, "techstore", TODAY, NOW)).status is PlanStatus.ACTIVE
        for name, value in (("sc1", 62.5), ("sc2", 37.5)):
            await plans.measure(tx, "techstore", name, value, TODAY, NOW)
        await plans.override(
            tx, "techstore", "sc3", CriterionStatus.AT_RISK, "lena", "their survey is late", TODAY, NOW
        )
        plan = await plans.milestone(tx, "techstore", "live", TODAY, NOW)
        attained = await tx.facts.read("techstore", ["outcome_attainment"], as_of=NOW, since=NOW)
    assert attained["outcome_attainment"] == pytest.approx((0.5 + 0.5 + 0) / 3)
    seen = view(plan.success_criteria[2], TODAY, plans.CONFIG)
    assert (seen.status, seen.overridden_by) == (CriterionStatus.AT_RISK, "lena")
    assert plan.milestones[0].achieved_date == TODAY
    async with store.begin() as tx:
        await plans.override(tx, "techstore", "sc3", None, "lena", "", THEN, LATER)
        for name, value in (("sc1", 5), ("sc2", 61), ("sc3", 4.5)):
            plan = await plans.measure(tx, "techstore", name, value, THEN, LATER)
    assert plan.status is PlanStatus.COMPLETED
    assert [one.achieved_date for one in plan.milestones] == [TODAY, THEN]


async def test_reviews_follow_the_cadence_from_the_day_they_were_due(store: SqlStore) -> None:
    async with store.begin() as tx:
        await plans.activate(tx, "techstore", TODAY, NOW)
        assert await tx.plans.to_review(date(2025, 2, 27)) == []
        assert [one.customer for one in await tx.plans.to_review(date(2025, 2, 28))] == ["techstore"]
        plan = await plans.review(tx, "techstore", "lena", "went well", date(2025, 3, 3), NOW)
        assert plan.next_review == date(2025, 3, 28)
        assert [one.due for one in await tx.plans.reviews("techstore")] == [date(2025, 2, 28)]


async def test_an_initiative_moves_with_its_tasks(store: SqlStore) -> None:
    async with store.begin() as tx:
        plan = await plans.initiative(
            tx, "techstore", "init1", InitiativeStatus.COMPLETED, ("t3", "t4"), TODAY, NOW
        )  # fmt: skip
    assert plan.initiatives[0].status is InitiativeStatus.COMPLETED
    assert all(task.completed for task in plan.initiatives[0].tasks)


async def test_what_the_product_tells_is_read_by_itself(store: SqlStore) -> None:
    async with store.begin() as tx:
        told = Told("techstore", NOW, "events:1")
        await tx.usage_told.conversations(told, TODAY, handled=100, automated=40, response_seconds=60_000)
        plan = await plans.refresh(tx, "techstore", TODAY, NOW)
    assert [one.current_value for one in plan.success_criteria] == [10.0, 40.0, 3.8]


async def test_what_is_not_there_or_not_whole_is_refused_by_name(store: SqlStore, tmp_path: Path) -> None:
    async with store.begin() as tx:
        for act, field in (
            (plans.measure(tx, "techstore", "sc9", 1, TODAY, NOW), "criterion"),
            (plans.initiative(tx, "techstore", "init9", None, (), TODAY, NOW), "initiative"),
            (plans.initiative(tx, "techstore", "init1", None, ("t9",), TODAY, NOW), "task"),
            (plans.milestone(tx, "techstore", "m9", TODAY, NOW), "milestone"),
        ):
            with pytest.raises(BadInput) as caught:
                await act
            assert caught.value.field == field
        with pytest.raises(Refused, match="sc1, sc2, sc3"):
            await plans.milestone(tx, "techstore", "targets", TODAY, NOW)
        with pytest.raises(NotFound):
            await plans.plan_of(tx, "nobody")
    bare = tmp_path / "bare.yaml"
    bare.write_text("success_criteria: [{id: a, name: A}]\n", encoding="utf-8")
    async with store.begin() as tx:
        await plans.load(tx, read(bare, "techstore", NOW))
        with pytest.raises(Refused, match=r"stakeholders: .*success_criteria\.a\.metric: missing"):
            await plans.activate(tx, "techstore", TODAY, NOW)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("review_cadence: yearly\n", encoding="utf-8")
    with pytest.raises(BadInput, match="weekly"):
        read(wrong, "techstore", NOW)
