"""Every automatic rule of section 3.4 on stored rows: what fires, what it saw, and what is announced."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.approvals import decide
from activities.executive import reached
from activities.manual_stage import ask
from composition.deciding import Deciding
from intake.occurrence import occurrence_of
from models.approval import Verdict
from models.enums import LifecycleStage as Stage
from models.enums import Plan, SubscriptionStatus, TriggeredBy
from models.errors import BadInput, Refused
from models.events import Event
from models.health import HealthGrade
from persistence.store import SqlStore
from tests.activities.stage_scenes import DAY, NOW, Scene


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    """Of the kind this run is on: that facts are the same on both is tested with them."""
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


Setting = Callable[[Scene], Awaitable[object]]


async def _none(scene: Scene) -> None:
    await scene.set()


async def _ended(scene: Scene) -> None:
    await scene.set(subscription_status=SubscriptionStatus.CANCELLED)


async def _trial_over(scene: Scene) -> None:
    await scene.set(subscription_status=SubscriptionStatus.TRIALING, trial_ends_at=NOW - timedelta(hours=1))


async def _trial_over_at_risk(scene: Scene) -> None:
    await scene.set(
        ["nps_detractor"],
        Stage.TRIAL,
        subscription_status=SubscriptionStatus.TRIALING,
        trial_ends_at=NOW - timedelta(hours=1),
    )


async def _sick(scene: Scene) -> None:
    await (await scene.set()).health(39)


async def _detractor(scene: Scene) -> None:
    await scene.set()
    await scene.tell("survey_answered", kind="nps", score=5)


async def _leaving(scene: Scene) -> None:
    await scene.set()
    await scene.tell("cancellation_requested", request_id="R-1")


async def _stayed(scene: Scene) -> None:
    await scene.set(["cancellation_request"], Stage.GROWING)
    await scene.tell("cancellation_requested", request_id="R-1")
    await scene.tell("cancellation_withdrawn", request_id="R-1", ago=timedelta(hours=1))
    await (await scene.health(65)).onboarded(100)


async def _onboarded(scene: Scene) -> None:
    await (await scene.set()).onboarded(80)


async def _overdue(scene: Scene) -> None:
    await (await scene.set()).onboarded(20)


async def _adopted(scene: Scene) -> None:
    await (await scene.set()).health(70)


async def _near(scene: Scene) -> None:
    await scene.set(renewal_date=(NOW + 59 * DAY).date())


async def _renewed(scene: Scene) -> None:
    term = (NOW + 20 * DAY).date()
    await scene.set(renewal_date=term)
    await scene.tell("renewal_decided", decision="renewed", term_end=term.isoformat())


async def _promoter(scene: Scene) -> None:
    await (await scene.set()).health(80)
    await scene.tell("survey_answered", kind="nps", score=9)


async def _lapsed(scene: Scene) -> None:
    await (await scene.set()).health(69)


RULES: list[tuple[Setting, Stage, int, str, Stage]] = [
    (_ended, Stage.GROWING, 200, "subscription_ended", Stage.CHURNED),
    (_none, Stage.TRIAL, 0, "trial_converted", Stage.ONBOARDING),
    (_trial_over, Stage.TRIAL, 0, "trial_expired", Stage.CHURNED),
    (_trial_over_at_risk, Stage.AT_RISK, 0, "trial_expired", Stage.CHURNED),
    (_none, Stage.CHURNED, 0, "win_back", Stage.ONBOARDING),
    (_sick, Stage.GROWING, 200, "at_risk_signal", Stage.AT_RISK),
    (_detractor, Stage.ADOPTING, 60, "at_risk_signal", Stage.AT_RISK),
    (_leaving, Stage.RENEWING, 200, "at_risk_signal", Stage.AT_RISK),
    (_stayed, Stage.AT_RISK, 200, "recovered", Stage.GROWING),
    (_onboarded, Stage.ONBOARDING, 10, "onboarding_done", Stage.ADOPTING),
    (_overdue, Stage.ONBOARDING, 40, "onboarding_overdue", Stage.AT_RISK),
    (_adopted, Stage.ADOPTING, 91, "adopted", Stage.GROWING),
    (_near, Stage.ADVOCATING, 200, "renewal_window", Stage.RENEWING),
    (_renewed, Stage.RENEWING, 200, "renewed", Stage.GROWING),
    (_promoter, Stage.GROWING, 200, "promoter_healthy", Stage.ADVOCATING),
    (_lapsed, Stage.ADVOCATING, 200, "advocacy_lapsed", Stage.GROWING),
]


@pytest.mark.parametrize(("setting", "stage", "days", "rule", "to"), RULES)
async def test_each_rule_fires_on_what_is_stored(
    store: SqlStore, setting: Setting, stage: Stage, days: int, rule: str, to: Stage
) -> None:
    scene = Scene(store, stage, days=days)
    await setting(scene)
    moved = await scene.decide()
    assert moved is not None
    assert (moved.rule, moved.from_stage, moved.to_stage) == (rule, stage, to)
    assert moved.facts
    assert moved.reason.startswith(rule)
    assert moved.triggered_by is TriggeredBy.AUTOMATIC


async def _provisional(scene: Scene) -> None:
    await (await scene.set()).health(39, provisional=True)


async def _answered_long_ago(scene: Scene) -> None:
    await scene.set()
    await scene.tell("survey_answered", kind="nps", score=2, ago=91 * DAY)


async def _still_absent(scene: Scene) -> None:
    await scene.set(["no_login_over_14_days"], Stage.GROWING)
    await scene.tell("user_logged_in", ago=20 * DAY)
    await scene.health(90)


async def _renewed_last_year(scene: Scene) -> None:
    await scene.set(renewal_date=(NOW + 59 * DAY).date(), contract_length_months=1)


STAYS: list[tuple[Setting, Stage]] = [
    (_none, Stage.GROWING),
    (_provisional, Stage.GROWING),
    (_answered_long_ago, Stage.GROWING),
    (_still_absent, Stage.AT_RISK),
    (_renewed_last_year, Stage.GROWING),
]


@pytest.mark.parametrize(("setting", "stage"), STAYS)
async def test_what_is_unknown_or_past_moves_nobody(store: SqlStore, setting: Setting, stage: Stage) -> None:
    scene = Scene(store, stage)
    await setting(scene)
    assert await scene.decide() is None


async def test_a_renewal_told_after_the_date_moved_on_completes_the_stage(store: SqlStore) -> None:
    scene = await Scene(store, Stage.RENEWING).set(renewal_date=(NOW + 385 * DAY).date())
    assert await scene.decide() is None
    await scene.tell("renewal_decided", decision="renewed", term_end=(NOW + 20 * DAY).date().isoformat())
    moved = await scene.decide("renewal_decided", "again")
    assert moved is not None
    assert moved.rule == "renewed"


@pytest.mark.parametrize(
    ("plan", "grade", "leaving", "held"),
    [
        (Plan.GROWTH, HealthGrade.D, False, True),
        (Plan.GROWTH, HealthGrade.F, False, False),
        (Plan.ENTERPRISE, HealthGrade.D, False, False),
        (Plan.GROWTH, HealthGrade.D, True, False),
    ],
)
async def test_the_executive_is_told_at_once_only_where_it_burns(
    store: SqlStore, plan: Plan, grade: HealthGrade, leaving: bool, held: bool
) -> None:
    scene = Scene(store, Stage.GROWING)
    await (await scene.set(plan=plan)).health(39, grade=grade)
    if leaving:
        await scene.tell("cancellation_requested")
    moved = await scene.decide()
    assert moved is not None
    causes = ["health_below_40", *(["cancellation_request"] if leaving else [])]
    assert moved.facts["at_risk_causes"] == causes
    sent = await scene.webhooks()
    assert set(sent) == {"at_risk_intervention", "executive_escalation"}
    assert (sent["executive_escalation"] == "held until the path reaches the executive") is held


async def test_a_person_moves_a_customer_when_another_allows_it(store: SqlStore) -> None:
    scene = await Scene(store, Stage.GROWING).set()
    wanted = {"to": "at_risk", "actor": "marc", "reason": "their champion left"}
    async with store.begin() as tx:
        request = await ask(tx, "C-1", wanted, NOW)
        assert await ask(tx, "C-1", wanted, NOW + DAY) == request
    asked: dict[str, Any] = {"subject": "manual_stage", "data": {"approval_id": str(request.number), "approved": True}}
    assert await scene.decide("approval_decided", "early", **asked) is None
    async with store.begin() as tx:
        await decide(tx, request.number, Verdict(approved=True, by="lena"), NOW)
    moved = await scene.decide("approval_decided", "allowed", **asked)
    assert moved is not None
    assert (moved.rule, moved.to_stage, moved.triggered_by, moved.actor) == (
        "manual",
        Stage.AT_RISK,
        TriggeredBy.MANUAL,
        "marc",
    )
    assert moved.facts["approved_by"] == "lena"
    assert moved.facts["stated_reason"] == "their champion left"
    # What a person stated, a person lifts: no evaluation moves it back.
    await scene.health(95)
    assert await scene.decide(key="next day") is None


async def test_a_request_by_hand_that_makes_no_sense_is_refused(store: SqlStore) -> None:
    await Scene(store, Stage.GROWING).set()
    for wanted, field in (
        ({"to": "happy", "actor": "marc", "reason": "x"}, "to"),
        ({"to": "at_risk", "actor": " ", "reason": "x"}, "actor"),
        ({"to": "at_risk", "actor": "marc"}, "reason"),
    ):
        with pytest.raises(BadInput) as caught:
            async with store.begin() as tx:
                await ask(tx, "C-1", wanted, NOW)
        assert caught.value.field == field
    with pytest.raises(Refused, match="in that stage already"):
        async with store.begin() as tx:
            await ask(tx, "C-1", {"to": "growing", "actor": "marc", "reason": "x"}, NOW)
    async with store.begin() as tx:
        await ask(tx, "C-1", {"to": "at_risk", "actor": "marc", "reason": "x"}, NOW)
    with pytest.raises(Refused, match="waits already"):
        async with store.begin() as tx:
            await ask(tx, "C-1", {"to": "churned", "actor": "marc", "reason": "x"}, NOW)


async def test_an_event_that_changes_an_input_has_everything_decided_anew(store: SqlStore) -> None:
    scene = await Scene(store, Stage.GROWING).set()
    await scene.tell("survey_answered", kind="nps", score=3)
    moved = await scene.decide("nps_processed", "answer", evaluator=Deciding.of().evaluator())
    assert moved is not None
    assert (moved.rule, moved.facts["nps_score"]) == ("at_risk_signal", 3)
    async with store.read() as tx:
        assert [one.type for one in await tx.signals.open("C-1")] == ["nps_detractor"]
        rows = await tx.inbox.undelivered(before=NOW + DAY, limit=10)
        last = await tx.evaluations.get("C-1")
    assert "signal_opened" in [row.type for row in rows]
    assert last is not None
    # What an evaluation tells is not evaluated again, and moves nobody twice.
    assert await scene.decide("signal_opened", "told", evaluator=Deciding.of().evaluator()) is None


async def test_what_was_held_goes_out_when_the_path_reaches_the_executive(store: SqlStore) -> None:
    scene = await (await Scene(store, Stage.GROWING).set()).health(39, grade=HealthGrade.D)
    assert await scene.decide() is not None
    async with store.begin() as tx:
        customer = await tx.customers.get("C-1")
        assert customer is not None
        for _ in range(2):
            await reached(tx, customer, NOW)
        (row,) = await tx.inbox.undelivered(before=NOW + DAY, limit=10)
    seen = occurrence_of(row, Event.model_validate_json(row.body))
    await scene.decide(seen.kind, seen.key, data=seen.data)
    async with store.read() as tx:
        names = [(one.workflow, one.key.rpartition(":")[2]) for one in await tx.outbox.of("C-1")]
    assert names == [
        ("at_risk_intervention", "at_risk_intervention"),
        ("executive_escalation", "executive_escalation"),
        ("executive_escalation", "released"),
    ]
