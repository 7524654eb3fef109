"""A page decided on columns is the same, in every decision, as each of its customers decided alone."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evaluation_page import PageDecider
from analysis.health_config import load
from models.decisions import Evaluation, Memory
from models.enums import LifecycleStage, Segment
from models.expansion import OpportunityStatus
from models.health import HealthConfigs
from models.standing import Calendar, Evaluated, RuleBook, Standing
from rules import evaluation
from rules.due import calendar

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
WHEN = calendar(date(2026, 3, 2), date(2026, 3, 2))
BOOK = RuleBook()


def _configs() -> HealthConfigs:
    default = load().default()
    enterprise = default.model_copy(
        update={"name": "enterprise", "applies_to": default.applies_to.model_copy(update={"segments": ("enterprise",)})}
    )
    return HealthConfigs(configurations=(default, enterprise))


CONFIGS = _configs()
NAMES = tuple(dict.fromkeys((*evaluation.FACTS, *PageDecider(CONFIGS, BOOK).metrics)))

Draw = random.Random

_VALUES: dict[str, Callable[[Draw], Any]] = {
    "days_since_last_login": lambda r: r.randint(0, 40),
    "open_tickets": lambda r: r.randint(0, 6),
    "high_severity_tickets": lambda r: r.randint(0, 4),
    "escalations": lambda r: r.randint(0, 4),
    "failed_payments": lambda r: r.randint(0, 2),
    "nps_score": lambda r: r.randint(0, 10),
    "days_since_nps": lambda r: r.randint(0, 120),
    "days_until_renewal": lambda r: r.randint(-10, 120),
    "contract_length": lambda r: r.choice([1, 3, 12]),
    "days_as_customer": lambda r: r.randint(0, 400),
    "onboarding_completion": lambda r: r.randint(0, 100),
    "usage_change_percent": lambda r: r.uniform(-100, 100),
    "usage_vs_limit": lambda r: r.uniform(0, 1.5),
    "team_size_change": lambda r: r.uniform(-0.5, 1),
    "outcome_attainment": lambda r: r.uniform(0, 2),
    "blocked_feature_attempts": lambda r: r.randint(0, 8),
    "avg_csat": lambda r: r.uniform(1, 5),
    "avg_csat_30_days": lambda r: r.uniform(1, 5),
    "cancellation_requested": lambda r: r.random() < 0.2,
    "competitor_mentioned": lambda r: r.random() < 0.2,
    "subscription_status": lambda r: r.choice(["active", "active", "active", "trialing", "past_due", "cancelled"]),
    "blocked_features": lambda r: r.sample(["a", "b", "c"], r.randint(0, 3)),
    "logins": lambda r: r.randint(0, 60),
    "actions_performed": lambda r: r.randint(0, 300),
}


def _usual(draw: Draw) -> float:
    return draw.random()


def facts(draw: Draw) -> dict[str, Any]:
    """A third is unknown."""
    return {name: None if draw.random() < 0.33 else _VALUES.get(name, _usual)(draw) for name in NAMES}


def standing(draw: Draw, number: int) -> Standing:
    """Any customer: evaluated before or never, live or of the past."""

    def maybe(value: Any) -> Any:
        return draw.choice([None, value])

    stage = maybe(draw.choice(list(LifecycleStage)))
    score = maybe(draw.randint(0, 100))
    before = NOW - timedelta(days=1)
    last = Evaluation(
        customer=f"C-{number}", at=before, score=score, provisional=score is None,
        memory=Memory(
            components={} if score is None else {"Product Usage": score},
            highs=() if score is None else ((before, score),),
        ),
    )  # fmt: skip
    return Standing(
        customer=f"C-{number}",
        live=draw.random() < 0.7,
        stage=stage,
        stage_since=None if stage is None else NOW - timedelta(days=draw.randint(0, 60)),
        segment=maybe(draw.choice(list(Segment))),
        plan=draw.choice([None, "starter", "pro", "enterprise", "odd"]),
        mrr=maybe(Decimal(draw.randint(0, 5000))),
        seats=maybe(draw.randint(0, 40)),
        renewal_date=maybe(date(2026, 5, 1)),
        renewal_completed=draw.choice([None, True, False]),
        nps_resolved=draw.choice([None, True, False]),
        engaged_before=maybe(draw.randint(0, 100)),
        causes=maybe(("health_below_40",)),
        origin=maybe("trial"),
        last=maybe(last),
    )


def page_of(seed: int) -> tuple[list[Standing], list[dict[str, Any]]]:
    """A page of eight."""
    draw = random.Random(seed)
    return [standing(draw, number) for number in range(8)], [facts(draw) for _ in range(8)]


def decide(found: list[Standing], each: list[Mapping[str, Any]], when: Calendar = WHEN) -> list[Evaluated]:
    columns = {name: [one[name] for one in each] for name in NAMES}
    done = PageDecider(CONFIGS, BOOK).decide(found, columns, NOW, when)
    assert done.unread == {}
    return done.evaluated


def after(one: Standing, done: Evaluated) -> Standing:
    """How it stands once everything of the evaluation is stored and the stage is changed."""
    open_now = [*(each for each in one.signals if each.type not in {c.type for c in done.cleared}), *done.opened]
    offers = {(each.type, each.detected_at): each for each in (*one.opportunities, *done.opportunities)}
    there = {*one.blockers, *(each.name for each in done.blocked)} - set(done.unblocked)
    moved = done.verdict is not None
    return one._replace(
        signals=tuple(open_now),
        opportunities=tuple(offers.values()),
        last=done.evaluation,
        blockers=frozenset(there),
        stage=done.verdict.to if done.verdict is not None else one.stage,
        stage_since=NOW if moved else one.stage_since,
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_the_page_decides_what_the_reference_decides(seed: int) -> None:
    found, each = page_of(seed)
    alone = [
        evaluation.decide_one(CONFIGS, one, known, NOW, WHEN, BOOK) for one, known in zip(found, each, strict=True)
    ]
    assert decide(found, list(each)) == alone


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_second_evaluation_of_what_the_first_left_decides_nothing(seed: int) -> None:
    found, each = page_of(seed)
    first = decide(found, list(each))
    again = decide([after(one, done) for one, done in zip(found, first, strict=True)], list(each))
    for one in again:
        assert one.settled
        assert one.changes == ()
        assert one.tells == ()
        assert one.verdict is None
        assert one.health.document is None
        assert one.engagement is None
        assert not (one.opened)
        assert not (one.cleared)
        assert not (one.opportunities)
        assert not (one.alerts)
        assert not (one.recorded)
        assert not (one.blocked)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_history_moves_no_stage_and_a_customer_that_left_opens_nothing(seed: int) -> None:
    found, each = page_of(seed)
    for one, done in zip(found, decide(found, list(each)), strict=True):
        if not one.live:
            assert done.verdict is None
            assert all(change.backfill for change in done.changes)
        if (one.stage if done.verdict is None else done.verdict.to) is LifecycleStage.CHURNED:
            assert done.opened == ()
            assert done.alerts == ()
            assert not any(each.status is OpportunityStatus.OPEN for each in done.opportunities)


def test_one_broken_customer_is_named_and_fails_no_other() -> None:
    two = [Standing(customer="good", live=True), Standing(customer="bad", live=True, signals=(None,))]  # type: ignore[arg-type]
    columns: dict[str, list[Any]] = {name: [None, None] for name in NAMES}
    done = PageDecider(CONFIGS, BOOK).decide(two, columns, NOW, WHEN)
    assert [one.customer for one in done.evaluated] == ["good"]
    assert list(done.unread) == ["bad"]
    assert "logins" in done.evaluated[0].missing
