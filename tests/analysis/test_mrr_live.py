"""What events say carries imported subscriptions on, in whatever order it arrives."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from analysis.mrr_live import with_events
from models.mrr import SpanRow, Statement

ZONE = ZoneInfo("Europe/Madrid")


def said(kind: str, day: int, mrr: int | None = None, *, hour: int = 12) -> Statement:
    at = datetime(2024, 3, day, hour, tzinfo=UTC)
    return Statement("a", kind, at, f"{kind}-{day}", None if mrr is None else Decimal(mrr))


def span(start: int, end: int | None, mrr: int | None) -> SpanRow:
    return SpanRow(
        "a", date(2024, 3, start), None if end is None else date(2024, 3, end), None if mrr is None else Decimal(mrr)
    )


@pytest.mark.parametrize(
    ("held", "statements", "expected"),
    [
        ([], [said("subscription_created", 5, 50)], [span(5, None, 50)]),
        ([], [said("trial_started", 1, 50), said("subscription_created", 5)], [span(5, None, 50)]),
        ([], [said("subscription_created", 5)], [span(5, None, None)]),
        ([], [said("subscription_changed", 5, 50)], []),
        (
            [],
            [said("subscription_created", 5, 50), said("subscription_changed", 9, 80)],
            [span(5, 9, 50), span(9, None, 80)],
        ),
        ([], [said("subscription_created", 5, 50), said("subscription_changed", 5, 80)], [span(5, None, 80)]),
        ([], [said("subscription_created", 5, 50), said("subscription_changed", 9)], [span(5, None, 50)]),
        (
            [],
            [said("subscription_created", 5, 50), said("subscription_cancelled", 9), said("subscription_created", 20)],
            [span(5, 9, 50), span(20, None, 50)],
        ),
        ([span(1, None, 30), span(2, None, 20)], [said("subscription_cancelled", 9)], [span(1, 9, 30), span(2, 9, 20)]),
        ([span(1, None, 30)], [said("subscription_created", 9)], [span(1, None, 30)]),
        ([span(1, None, 30), span(20, None, 5)], [said("subscription_changed", 9, 40)],
         [span(1, 9, 30), span(20, None, 5), span(9, None, 40)]),
    ],
    ids=["created", "amount-told-by-the-trial", "no-amount", "changed-without-one", "changed", "changed-the-same-day",
         "seats-only", "back-again", "imported-cancelled", "imported-confirmed", "imported-changed"],
)  # fmt: skip
def test_events_carry_subscriptions_on(
    held: list[SpanRow], statements: list[Statement], expected: list[SpanRow]
) -> None:
    for order in permutations(statements):
        assert with_events(held, order, ZONE) == expected


def test_a_moment_belongs_to_the_day_of_the_business_calendar() -> None:
    late = said("subscription_created", 5, 50, hour=23)
    assert with_events([], [late], ZONE) == [span(6, None, 50)]


def test_accounts_no_event_spoke_of_are_left_as_they_were_read() -> None:
    rows = [("b", "2024-01-01", None, "5", 0)]
    assert with_events(rows, [], ZONE) is rows
    assert with_events(rows, [said("subscription_created", 5, 50)], ZONE) == [rows[0], span(5, None, 50)]
