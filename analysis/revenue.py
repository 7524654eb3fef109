"""Revenue and churn as figures: MRR, GRR, NRR, revenue churn and logo churn, each labelled (sections 17 and 18.4, V7).

Every paying account is in them, so amounts of money have no interval; a rate has one, of accounts drawn again, because
next month's accounts will not be the same ones.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analysis import intervals
from analysis.mrr import YEAR, Balances, Ints, cohort, money, month_of, trailing
from models.figure import Figure, Interval, Reference, SourceFreshness, Unit
from models.mrr import MonthFlow, MrrDefinition
from models.nps_figures import Period
from rules.nps_figures import days

CENSUS = "every account is counted"
MINIMUM_ACCOUNTS = 30
"""Rates of fewer accounts are told with a note: (P) the least n of section 18.3, for every rate alike."""


class Frame(NamedTuple):
    """What all figures of one run share."""

    definition: MrrDefinition
    query: Reference
    sources: tuple[SourceFreshness, ...]
    as_of: datetime
    currency: str
    zone: ZoneInfo


class MonthFigures(NamedTuple):
    """The figures of one month, and of the twelve months that end with it."""

    month: date
    ending_mrr: Figure
    grr: Figure
    nrr: Figure
    revenue_churn: Figure
    logo_churn: Figure
    grr_12: Figure
    nrr_12: Figure
    logo_churn_12: Figure


def month_figures(book: Balances, flow: MonthFlow, frame: Frame) -> MonthFigures:
    """All of them."""
    at = month_of(flow.month)
    before, after = cohort(book, at - 1, at)
    opening, present = cohort(book, at - YEAR, at)
    year = trailing(book, flow.month)
    rate = _Rates(book, frame)
    month, twelve = _period(flow.month, 1, frame.zone), _period(flow.month, YEAR, frame.zone)
    too_early = "" if at - YEAR > book.first else "no subscription is known twelve months before"
    return MonthFigures(
        flow.month,
        _ending(book, flow, frame, month),
        rate.money("grr_monthly", "GRR, monthly", np.minimum(before, after), before, month),
        rate.money("nrr_monthly", "NRR, monthly", after, before, month),
        rate.money("revenue_churn_monthly", "Revenue churn, monthly", np.where(after == 0, before, 0), before, month),
        rate.logos("logo_churn_monthly", "Logo churn, monthly", flow.churned_customers, flow.customers_start, month),
        rate.money("grr_12_months", "GRR, 12 months", np.minimum(opening, present), opening, twelve, too_early),
        rate.money("nrr_12_months", "NRR, 12 months", present, opening, twelve, too_early),
        rate.logos("logo_churn_12_months", "Logo churn, 12 months", year.lost_accounts, year.accounts, twelve),
    )


def _period(month: date, months: int, zone: ZoneInfo) -> Period:
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    first = month if months == 1 else (month_of(month) - (months - 1)).astype(date)
    return days(first, last, zone)


def _ending(book: Balances, flow: MonthFlow, frame: Frame, period: Period) -> Figure:
    return Figure(
        name="ending_mrr", label="MRR at the end of the month", unit=Unit.MONEY, currency=frame.currency,
        value=flow.ending_mrr, n=flow.customers_end, of="paying accounts", no_interval=CENSUS, period=period,
        as_of=frame.as_of, cohort=frame.definition.ref, query=frame.query, sources=frame.sources, notes=left_out(book),
    )  # fmt: skip


def left_out(book: Balances) -> tuple[str, ...]:
    """Who could not be counted."""
    if not book.left_out:
        return ()
    return (f"{len(book.left_out)} accounts left out: the amount of a subscription is unknown",)


class _Rates:
    def __init__(self, book: Balances, frame: Frame) -> None:
        self._notes, self._frame = left_out(book), frame

    def money(self, name: str, label: str, part: Ints, whole: Ints, period: Period, cannot: str = "") -> Figure:
        total, n = int(whole.sum()), len(whole)
        if cannot or total == 0:
            return self._figure(name, label, None, n, None, None, cannot or "no account paid at the start", period)
        # What each account kept, in euros: cents of a large book would not fit a float exactly, sums of euros do.
        told = intervals.ratio(part / 100, whole / 100)
        value = int(part.sum()) / total
        return self._figure(name, label, value, n, (money(part.sum()), money(total)), told, "", period)

    def logos(self, name: str, label: str, lost: int, accounts: int, period: Period) -> Figure:
        if accounts == 0:
            return self._figure(name, label, None, 0, None, None, "no account paid at the start", period)
        told = intervals.share(lost, accounts)
        return self._figure(name, label, lost / accounts, accounts, (lost, accounts), told, "", period)

    def _figure(
        self,
        name: str,
        label: str,
        value: float | None,
        n: int,
        of: tuple[Decimal | int, Decimal | int] | None,
        told: Interval | str | None,
        reason: str,
        period: Period,
    ) -> Figure:
        few = (f"only {n} accounts",) if value is not None and n < MINIMUM_ACCOUNTS else ()
        return Figure(
            name=name,
            label=f"{label} ({self._frame.definition.name})",
            unit=Unit.FRACTION,
            value=value,
            reason=reason,
            n=n,
            of="accounts paying at the start",
            numerator=of[0] if of else None,
            denominator=of[1] if of else None,
            interval=told if isinstance(told, Interval) else None,
            no_interval=told if isinstance(told, str) else "",
            period=period,
            as_of=self._frame.as_of,
            cohort=self._frame.definition.ref,
            query=self._frame.query,
            sources=self._frame.sources,
            notes=(*self._notes, *few),
        )


def months_of(flows: Sequence[MonthFlow], book: Balances, frame: Frame) -> list[MonthFigures]:
    """The figures of every month."""
    return [month_figures(book, flow, frame) for flow in flows]
