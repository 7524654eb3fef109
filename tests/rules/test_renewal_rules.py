"""The class of a renewal (section 14.2) and the quarters of reviews, at their edges."""

from datetime import UTC, datetime

import pytest

from rules.quarters import quarter_end, quarter_of
from rules.renewal import likelihood

MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("health", "high", "cancels", "expected"),
    [
        (70, False, False, "green"),
        (70, False, None, "green"),
        (69, False, False, "amber"),
        (70, True, False, "amber"),
        (100, True, None, "amber"),
        (40, False, False, "amber"),
        (39, False, False, "red"),
        (95, False, True, "red"),
        (None, False, True, "red"),
        (None, False, False, None),
        (None, True, None, None),
    ],
)
def test_the_class_of_a_renewal(health: int | None, high: bool, cancels: bool | None, expected: str | None) -> None:
    assert likelihood(health, high_signal_open=high, cancellation_requested=cancels) == expected


@pytest.mark.parametrize(
    ("moment", "quarter"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "2026-Q2"),
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), "2026-Q1"),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "2026-Q4"),
    ],
)
def test_a_quarter_is_that_of_the_business_calendar(moment: datetime, quarter: str) -> None:
    assert quarter_of(moment, MADRID) == quarter


@pytest.mark.parametrize(
    ("quarter", "over"),
    [
        ("2026-Q1", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("2026-Q2", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-Q3", datetime(2026, 9, 30, 22, tzinfo=UTC)),
        ("2026-Q4", datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_quarter_is_over_at_midnight_after_its_last_day(quarter: str, over: datetime) -> None:
    assert quarter_end(quarter, MADRID) == over


def test_what_is_no_quarter_is_refused() -> None:
    with pytest.raises(ValueError, match="no quarter"):
        quarter_end("2026-Q5", MADRID)
