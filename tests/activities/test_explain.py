"""What `show` tells of a customer can be traced to rule, facts and time, and unknown is told as unknown."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from activities import plans
from activities.explain import explain
from activities.manual_stage import ask
from composition.deciding import Deciding
from intake.plan_file import read
from models.enums import LifecycleStage as Stage
from models.errors import NotFound
from models.explanation import Explanation
from models.stages import RenewalStatus
from persistence.store import SqlStore
from tests.activities.stage_scenes import CATALOG, DAY, NOW, Scene
from tests.activities.test_checks import task
from tests.activities.test_plans import SAMPLE


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


async def told(store: SqlStore, now: datetime = NOW) -> Explanation:
    async with store.read() as tx:
        return await explain(tx, "C-1", now, CATALOG)


async def test_a_new_customer_says_what_is_unknown(store: SqlStore) -> None:
    await Scene(store, Stage.GROWING).set()
    seen = await told(store)
    assert (seen.health, seen.engagement, seen.evaluated_at, seen.signals) == (None, None, None, ())
    assert seen.why is not None
    assert (seen.why.rule, seen.why.days) == ("scene", 10)
    rules = {one.rule: one for one in seen.outlook}
    assert rules["at_risk_signal"].holds is None
    assert "days_since_last_login" in rules["at_risk_signal"].missing
    assert rules["renewal_window"].holds is False
    assert rules["renewal_window"].seen["days_until_renewal"] == 242
    assert (seen.renewal, str(seen.renewal_date)) == (RenewalStatus.NOT_DUE, "2027-01-01")
    for at in (NOW + 160 * DAY, NOW + 300 * DAY):
        assert (await told(store, at)).renewal is RenewalStatus.PENDING
    assert seen.next_milestone is not None
    assert seen.next_milestone.name == "renewal"
    assert [one.what for one in seen.next_steps] == ["the term ends"]
    with pytest.raises(NotFound):
        async with store.read() as tx:
            await explain(tx, "nobody", NOW, CATALOG)


async def test_what_was_decided_is_shown_with_what_it_was_decided_from(store: SqlStore) -> None:
    scene = await Scene(store, Stage.GROWING).set()
    await scene.tell("survey_answered", kind="nps", score=3)
    await scene.tell("user_logged_in", ago=timedelta(hours=5))
    await scene.decide("nps_processed", "answer", evaluator=Deciding.of().evaluator())
    async with store.begin() as tx:
        await tx.work.add_task(task("k", due=NOW + DAY))
        await plans.load(tx, read(SAMPLE, "C-1", NOW))
        await plans.activate(tx, "C-1", NOW.date(), NOW)
        asked = await ask(tx, "C-1", {"to": "growing", "actor": "marc", "reason": "a mistake"}, NOW)
    seen = await told(store, NOW + timedelta(hours=1))
    assert seen.evaluated_at == NOW
    assert seen.health is not None
    assert seen.health.provisional
    assert {part.name for part in seen.health.components} >= {"Engagement", "Support"}
    assert seen.health.inputs["nps_score"] == 3
    (signal,) = seen.signals
    assert (signal.type, signal.value, signal.threshold) == ("nps_detractor", 3, 6)
    assert seen.why is not None
    assert (seen.why.rule, seen.why.facts["at_risk_causes"]) == ("at_risk_signal", ["nps_detractor"])
    assert [one.number for one in seen.approvals] == [asked.number]
    assert seen.plan is not None
    assert [one.status for one in seen.plan.criteria] == ["missed", "missed", "missed"]
    steps = [(one.what, one.of) for one in seen.next_steps]
    assert ("Call", "task for csm-1") in steps
    assert ("Follow up with a detractor", "task for csm-1") in steps
    assert seen.next_steps == tuple(sorted(seen.next_steps, key=lambda one: str(one.due)))


async def test_what_is_in_the_way_comes_from_the_rules_too(store: SqlStore) -> None:
    scene = await Scene(store, Stage.ONBOARDING, days=40).set()
    await scene.onboarded(60)
    seen = await told(store)
    assert seen.blockers == ("onboarding_overdue",)
    assert seen.next_milestone is not None
    assert seen.next_milestone.name == "day1"
    later = await told(store, NOW + 21 * DAY)
    assert later.blockers == ("onboarding_overdue", "stage_overdue:onboarding")
