"""Figures of revenue: labelled, with n, and compared between months by tests that suit them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analysis import intervals
from analysis.mrr import Balances, balances, columns, waterfall
from analysis.mrr_definitions import RUNNING_SUM
from analysis.revenue import Frame, MonthFigures, months_of
from analysis.revenue_change import month_changes
from models.figure import Documented, Unit
from models.mrr import SpanRow

FRAME = Frame(
    RUNNING_SUM, Documented(name="q", version=1, text="q").ref, (), datetime(2024, 6, 1, tzinfo=UTC), "EUR",
    ZoneInfo("Europe/Madrid"),
)  # fmt: skip
AMOUNTS = np.random.default_rng(1).integers(10, 500, 120)


def spans(leaving: int, month: int) -> list[SpanRow]:
    """120 accounts since 2023, of whom some leave in a month of 2024."""
    return [
        SpanRow(f"A-{n}", date(2023, 1, 5), date(2024, month, 10) if n < leaving else None, Decimal(int(amount)))
        for n, amount in enumerate(AMOUNTS)
    ]


def figures(rows: list[SpanRow]) -> tuple[Balances, list[MonthFigures]]:
    book = balances(columns(rows), RUNNING_SUM, date(2024, 4, 30))
    return book, months_of(waterfall(book, date(2024, 1, 1), date(2024, 4, 30)), book, FRAME)


def test_every_figure_is_labelled_and_never_mixed() -> None:
    _, months = figures(spans(30, 3))
    march = months[2]
    assert [figure.label.split(" (")[0] for figure in march[1:]] == [
        "MRR at the end of the month", "GRR, monthly", "NRR, monthly", "Revenue churn, monthly", "Logo churn, monthly",
        "GRR, 12 months", "NRR, 12 months", "Logo churn, 12 months",
    ]  # fmt: skip
    assert march.ending_mrr.unit is Unit.MONEY
    assert march.ending_mrr.no_interval == "every account is counted"
    assert (march.logo_churn.numerator, march.logo_churn.n) == (30, 120)
    assert march.logo_churn.value == 0.25
    assert march.logo_churn_12.value == 0.25
    assert march.revenue_churn.value == pytest.approx(1 - float(march.grr.value or 0))
    assert "running_sum" in str(march.grr)
    assert march.grr.interval is not None
    assert march.grr.interval.low < march.grr.value < march.grr.interval.high  # type: ignore[operator]  # both known


def test_a_month_is_told_worse_or_better_only_beyond_chance() -> None:
    book, months = figures(spans(30, 3))
    worse = month_changes(book, months[1], months[2])
    assert worse["logo_churn_monthly"].worsened is True
    assert worse["grr_monthly"].worsened is True
    assert worse["revenue_churn_monthly"].worsened is True
    better = month_changes(book, months[2], months[3])
    assert better["logo_churn_monthly"].improved is True
    book, months = figures(spans(1, 3))
    same = month_changes(book, months[1], months[2])
    assert (same["logo_churn_monthly"].improved, same["logo_churn_monthly"].worsened) == (False, False)


def test_nothing_to_compare_is_not_told() -> None:
    book, months = figures([])
    assert month_changes(book, months[0], months[1])["grr_monthly"].improved is None
    one = (np.array([1.0]), np.array([1.0]))
    assert intervals.ratios_differ(one, one) is None
    two = (np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    assert intervals.ratios_differ(two, two) is None
