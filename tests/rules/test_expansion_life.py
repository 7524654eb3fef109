"""Stored opportunities: refreshed, expired, paused; what they say to the lifecycle; a manager's pipeline."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import LifecycleStage
from models.errors import BadInput
from models.expansion import ExpansionType, Opportunity, OpportunityStatus, Timing
from rules import opportunities
from rules.lifecycle import decide
from tests.rules.making import BOUNDED

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
UP, SEATS, CROSS = ExpansionType.UPSELL, ExpansionType.ADD_SEATS, ExpansionType.CROSS_SELL
OPEN, WON, LOST = OpportunityStatus.OPEN, OpportunityStatus.WON, OpportunityStatus.LOST


def made(kind: ExpansionType = UP, days: float = 0, **more: Any) -> Opportunity:
    """An opportunity found so many days after NOW."""
    fields = {
        "customer": "C-1",
        "type": kind,
        "product": "pro",
        "estimated_value": Decimal("100"),
        "currency": "EUR",
        "probability": Decimal("0.20"),
        "signals": ("x",),
        "recommended_action": "x",
        "timing": Timing.NOW,
        "detected_at": NOW + days * DAY,
        "updated_at": NOW + days * DAY,
    }
    return Opportunity.model_validate({**fields, **more})


def closed(kind: ExpansionType, status: OpportunityStatus, days: float) -> Opportunity:
    return made(kind, -5, status=status, closed_at=NOW + days * DAY)


def test_x7_a_repeat_only_refreshes_the_open_one() -> None:
    found = made(days=1, estimated_value=Decimal("120"))
    done = opportunities.fold([made()], [found], NOW + DAY)
    assert (done.opened, done.expired, done.held_back) == ((), (), ())
    (after,) = done.refreshed
    assert (after.detected_at, after.updated_at, after.estimated_value) == (NOW, NOW + DAY, Decimal("120"))


def test_the_same_evaluation_again_changes_nothing() -> None:
    first = opportunities.fold([], [made()], NOW)
    assert opportunities.fold(first.opened, [made()], NOW) == ((), (), (), ())


def test_a_better_figure_of_the_same_moment_is_kept() -> None:
    done = opportunities.fold([made()], [made(estimated_value=Decimal("120"))], NOW)
    assert [one.estimated_value for one in done.refreshed] == [Decimal("120")]


def test_an_earlier_evaluation_does_not_undo_a_later_one() -> None:
    assert opportunities.fold([made()], [made(days=-3)], NOW - 3 * DAY) == ((), (), (), ())


@pytest.mark.parametrize(("days", "gone"), [(29.99, False), (30, True), (31, True)])
def test_l5_thirty_days_without_update_expire_it(days: float, gone: bool) -> None:
    done = opportunities.fold([made()], [], NOW + days * DAY)
    assert bool(done.expired) is gone
    if gone:
        assert done.expired[0].status is OpportunityStatus.EXPIRED
        assert done.expired[0].closed_at == NOW + days * DAY


def test_found_again_after_an_outage_it_is_refreshed_not_expired() -> None:
    done = opportunities.fold([made()], [made(days=45)], NOW + 45 * DAY)
    assert len(done.refreshed) == 1
    assert done.expired == ()


@pytest.mark.parametrize("status", [WON, LOST, OpportunityStatus.EXPIRED])
@pytest.mark.parametrize(("days", "held"), [(0, True), (89.99, True), (90, False)])
def test_l5_a_closed_type_is_not_raised_again_for_ninety_days(
    status: OpportunityStatus, days: float, held: bool
) -> None:
    at = NOW + days * DAY
    done = opportunities.fold([closed(UP, status, 0)], [made(days=days), made(SEATS, days)], at)
    assert [one.type for one in done.opened] == ([SEATS] if held else [UP, SEATS])
    assert done.held_back == ((UP,) if held else ())


def test_two_open_ones_of_a_type_or_two_customers_are_refused() -> None:
    with pytest.raises(BadInput, match="one type"):
        opportunities.fold([made(), made()], [], NOW)
    with pytest.raises(BadInput, match="two customers"):
        opportunities.fold([made(), made(SEATS, customer="C-2")], [], NOW)


def test_l5_the_worked_opportunity_decides_when_expanding_ends() -> None:
    since = NOW + DAY
    assert opportunities.ended([made()], since) is False
    assert opportunities.ended([made(status=WON, closed_at=NOW + 2 * DAY), made(SEATS, 0.5)], since) is True
    assert opportunities.ended([made(), made(SEATS, 0.5, status=LOST, closed_at=NOW + 2 * DAY)], since) is False
    assert opportunities.ended([made(status=WON, closed_at=NOW)], since) is None
    assert opportunities.ended([made(status=WON, closed_at=since)], since) is None
    assert opportunities.ended([], since) is None


def test_l5_growing_and_expanding_do_not_alternate() -> None:
    """The same signal every day for a year: one way in, one way out, and not again before the pause is over."""
    stage, since, rows, moves = LifecycleStage.GROWING, NOW, list[Opportunity](), []
    for day in range(365):
        at = NOW + day * DAY
        if day == 20:
            rows = [one.model_copy(update={"status": LOST, "closed_at": at}) for one in rows]
        done = opportunities.fold(rows, [made(days=day)], at)
        if done.refreshed:
            rows = [one for one in rows if one.status is not OPEN]
        rows = [*rows, *done.opened, *done.refreshed]
        verdict = decide(
            stage,
            {
                "expansion_opportunity": opportunities.any_open(rows),
                "expansion_ended": opportunities.ended(rows, since),
            },
        )
        if verdict is not None:
            stage, since = verdict.to, at
            moves.append((day, verdict.rule))
    assert moves == [(0, "expansion_open"), (20, "expansion_ended"), (110, "expansion_open")]


def test_x7_the_pipeline_sums_values_and_counts_what_has_none() -> None:
    rows = [
        made(UP, customer="C-1", probability=Decimal("0.20")),
        made(SEATS, customer="C-2", probability=Decimal("0.35"), estimated_value=Decimal("50.50")),
        made(CROSS, customer="C-3", probability=Decimal("0.28"), estimated_value=None, timing=Timing.NEXT_QUARTER),
        made(SEATS, customer="C-4", probability=Decimal("0.20"), currency="USD"),
        closed(UP, WON, 0),
    ]
    found = opportunities.pipeline("csm_1", rows)
    assert found.total == Decimal("150.50")
    assert found.by_type == {UP: Decimal(100), SEATS: Decimal("50.50"), CROSS: Decimal(0)}
    assert found.by_timing == {Timing.NOW: Decimal("150.50"), Timing.NEXT_QUARTER: Decimal(0)}
    assert found.unvalued == 2
    assert [one.customer for one in found.opportunities] == ["C-2", "C-3", "C-1", "C-4"]


def test_x10_every_reaction_to_an_opportunity_shares_its_key() -> None:
    refreshed = opportunities.fold([made()], [made(days=1)], NOW + DAY).refreshed[0]
    assert opportunities.key(refreshed) == opportunities.key(made())
    assert opportunities.key(made()) == "expansion:C-1:upsell:2026-03-02T00:00:00+00:00"
    assert opportunities.key(made(SEATS)) != opportunities.key(made())


def test_an_empty_pipeline_is_zero() -> None:
    found = opportunities.pipeline("csm_1", [])
    assert (found.total, found.unvalued) == (Decimal(0), 0)
    assert not found.by_type
    assert not found.by_timing
    assert not found.opportunities


@BOUNDED
@given(days=st.lists(st.tuples(st.integers(0, 60), st.sets(st.sampled_from(list(ExpansionType)))), max_size=8))
def test_at_most_one_is_open_per_type_whatever_happens(days: list[tuple[int, set[ExpansionType]]]) -> None:
    rows: list[Opportunity] = []
    at = NOW
    for passed, kinds in days:
        at += passed * DAY
        since_start = (at - NOW) / DAY
        done = opportunities.fold(rows, [made(kind, since_start) for kind in sorted(kinds)], at)
        changed = {(one.type, one.detected_at): one for one in (*done.opened, *done.refreshed, *done.expired)}
        rows = [one for one in rows if (one.type, one.detected_at) not in changed] + list(changed.values())
        standing = [one.type for one in rows if one.status is OPEN]
        assert len(standing) == len(set(standing))
        again = opportunities.fold(rows, [made(kind, since_start) for kind in sorted(kinds)], at)
        assert (again.opened, again.refreshed, again.expired) == ((), (), ())
