"""Seats added and activation, as the evaluation records them (section 3.1)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.engagement import Engaged
from models.enums import LifecycleStage
from models.expansion import ExpansionType, Opportunity, OpportunityStatus, Timing
from models.signals import SignalFold
from models.standing import RuleBook, Standing
from rules.computed import computed
from rules.expansion import propose

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
NOBODY = Engaged(None, None, 0.0, None, {})


def recorded(one: Standing, *offers: Opportunity) -> dict[str, str | float | bool | None]:
    return computed(one, {}, NOBODY, SignalFold((), (), ()), offers, None, RuleBook())


def won(seats: int | None, kind: ExpansionType = ExpansionType.ADD_SEATS, days: int = 10) -> Opportunity:
    return Opportunity(
        customer="C-1",
        type=kind,
        product="Additional seats",
        estimated_value=Decimal("40.00"),
        currency="EUR",
        probability=Decimal("0.20"),
        signals=(),
        recommended_action="offer",
        timing=Timing.NOW,
        detected_at=NOW - (days + 5) * DAY,
        updated_at=NOW - days * DAY,
        status=OpportunityStatus.WON,
        closed_at=NOW - days * DAY,
        seats=seats,
    )


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ((), 0),
        ((won(3),), 3),
        ((won(3), won(2, days=20)), 5),
        # Won before the present cycle began.
        ((won(3), won(2, days=120)), 3),
        # An upgrade adds no seats.
        ((won(3), won(None, ExpansionType.UPSELL)), 3),
        # Of one of them it is not known how many.
        ((won(3), won(None)), None),
        ((won(3).model_copy(update={"status": OpportunityStatus.LOST}),), 0),
    ],
)
def test_seats_added_are_those_won_in_this_cycle(offers: tuple[Opportunity, ...], expected: int | None) -> None:
    one = Standing("C-1", live=True, subscribed_at=NOW - 100 * DAY)
    assert recorded(one, *offers)["seats_added"] == expected


def test_a_proposal_of_seats_says_how_many() -> None:
    one = Standing("C-1", live=True, mrr=Decimal(100), seats=5)
    found = propose(one, {"team_size_change": 0.5}, stage=LifecycleStage.GROWING, churn=(), at=NOW)
    assert [(each.seats, each.estimated_value) for each in found.opportunities] == [(3, Decimal("60.00"))]


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        (frozenset(), 0.0),
        (frozenset({"chatbot_created", "chatbot_customised"}), 1 / 3),
        (frozenset({"chatbot_created", "widget_installed", "first_conversation_completed"}), 1.0),
    ],
)
def test_activation_is_the_share_of_the_three_criteria(met: frozenset[str], expected: float) -> None:
    assert recorded(Standing("C-1", live=True, activated=met))["activation_rate"] == pytest.approx(expected)


def test_nobody_outside_a_trial_is_activated() -> None:
    assert "activation_rate" not in recorded(Standing("C-1", live=True))
