"""The book of a portfolio report: its months, the waterfall of the period, and the customers by group (section 17).

Groups are those of now: a customer that moved counts where it stands, in the whole period. That is said with each.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analysis import intervals
from analysis.mrr import Balances, Flags, Ints, money, month_of, waterfall
from analysis.revenue import CENSUS, MINIMUM_ACCOUNTS, Frame, left_out, months_of
from models.exception_list import ExceptionRow
from models.figure import Documented, Figure, Interval, Reference, Unit
from models.metric_rows import HealthRow
from models.nps_figures import Period
from models.portfolio_book import Dimension, Group, Member, MonthTold, PortfolioBook, Step
from rules.nps_figures import days

LEAST = 10
"""(P) Least n of a mean that is told at all, as everywhere."""

GROUPS = Documented(
    name="portfolio_groups",
    version=1,
    text="""Customers by stage, segment (that of the plan where none is stored) and manager as they are at the report's
as-of; a customer that moved counts where it stands now, in the whole period. Who was merged into another is not there.
MRR: at the end of the period, and at the end of the period before, by the report's definition of MRR.
NRR of the period: what the accounts that paid at the end of the period before pay at its end / what they paid then.
Logo churn of the period: those of them that pay nothing at its end / all of them.
Health: mean of the last scores within 7 days before the as-of, without provisional ones and customers that left.
Neither rate is told by stage: the stage follows from leaving, so it would be chosen by its result.""",
)

LISTS = Documented(
    name="exception_lists", version=1, text="The exception lists of section 16, as `starter.py exceptions` prints them."
)


class Question(NamedTuple):
    """First days of the period's first and last month, of the first of as many before; and what the book rests on."""

    before: date
    first: date
    last: date
    frame: Frame
    groups: Reference


def portfolio_book(
    book: Balances,
    members: Sequence[Member],
    scores: Sequence[HealthRow],
    exceptions: Sequence[ExceptionRow],
    asked: Question,
) -> PortfolioBook:
    """All of it."""
    months = waterfall(book, asked.first, asked.last)
    told = [
        MonthTold(
            flow=flow, ending_mrr=one.ending_mrr, grr=one.grr, nrr=one.nrr, revenue_churn=one.revenue_churn,
            logo_churn=one.logo_churn,
        )
        for flow, one in zip(months, months_of(months, book, asked.frame), strict=True)
    ]  # fmt: skip
    last_before = asked.first - timedelta(days=1)
    now = _steps(book, asked.first, asked.last, asked.frame)
    before = _steps(book, asked.before, last_before, asked.frame)
    return PortfolioBook(
        steps=tuple(Step(sign=sign, now=one, before=old) for (sign, one), (_, old) in zip(now, before, strict=True)),
        months=tuple(told),
        groups=tuple(_groups(book, members, scores, asked)),
        exceptions=tuple(exceptions),
        exceptions_figure=_listed(members, exceptions, asked),
    )


def _steps(book: Balances, first: date, last: date, frame: Frame) -> list[tuple[int, Figure]]:
    """Starting, new, reactivation, expansion, contraction, churned, ending; each with how many changes it is of."""
    period = _period(first, last, frame)
    opening, closing = book.at(month_of(first) - 1), book.at(month_of(last))
    ever = np.zeros(book.accounts, np.bool_)
    for month in np.arange(book.first, month_of(first)):
        ever |= book.at(month) > 0
    sums = dict.fromkeys(("new", "reactivation", "expansion", "contraction", "churned"), (0, 0))
    for month in np.arange(month_of(first), month_of(last) + 1):
        before, after = book.at(month - 1), book.at(month)
        for name, found in _moves(before, after, ever).items():
            cents, count = sums[name]
            sums[name] = (cents + int(found.sum()), count + int((found > 0).sum()))
        ever |= after > 0
    came = sums["new"][0] + sums["reactivation"][0] + sums["expansion"][0]
    assert int(opening.sum()) + came - sums["contraction"][0] - sums["churned"][0] == int(closing.sum())

    def told(name: str, label: str, cents: int, n: int, of: str) -> Figure:
        return Figure(
            name=name, label=label, unit=Unit.MONEY, currency=frame.currency, value=money(cents), n=n, of=of,
            no_interval=CENSUS, period=period, as_of=frame.as_of, cohort=frame.definition.ref, query=frame.query,
            sources=frame.sources, notes=left_out(book),
        )  # fmt: skip

    labels = {
        "new": "New", "reactivation": "Reactivated", "expansion": "Expansion", "contraction": "Contraction",
        "churned": "Churned",
    }  # fmt: skip
    return [
        (0, told("starting_mrr", "Starting", int(opening.sum()), int((opening > 0).sum()), "paying accounts")),
        *(
            (
                -1 if name in ("contraction", "churned") else 1,
                told(f"{name}_mrr", label, *sums[name], "monthly changes"),
            )
            for name, label in labels.items()
        ),
        (0, told("ending_mrr_period", "Ending", int(closing.sum()), int((closing > 0).sum()), "paying accounts")),
    ]


def _moves(before: Ints, after: Ints, ever: Flags) -> dict[str, Ints]:
    """Cents of each account, by what became of it; 0 where it did not."""
    paid, pays = before > 0, after > 0
    came, change = pays & ~paid, np.where(paid & pays, after - before, 0)
    nothing = np.zeros_like(after)
    return {
        "new": np.where(came & ~ever, after, nothing),
        "reactivation": np.where(came & ever, after, nothing),
        "expansion": np.where(change > 0, change, nothing),
        "contraction": np.where(change < 0, -change, nothing),
        "churned": np.where(paid & ~pays, before, nothing),
    }


def _period(first: date, last: date, frame: Frame) -> Period:
    end = (last.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return days(first.replace(day=1), end, frame.zone)


_KEYS: Mapping[Dimension, Callable[[Member], str | None]] = {
    Dimension.STAGE: lambda one: one.stage,
    Dimension.SEGMENT: lambda one: one.segment,
    Dimension.MANAGER: lambda one: one.manager,
}


def _groups(book: Balances, members: Sequence[Member], scores: Sequence[HealthRow], asked: Question) -> list[Group]:
    column = {name: number for number, name in enumerate(book.names)}
    health = {one.customer: float(one.score) for one in scores if one.score is not None and not one.provisional}
    found = []
    for dimension, key in _KEYS.items():
        names = sorted({key(one) for one in members}, key=lambda name: (name is None, name or ""))
        for name in names:
            of = [one.customer for one in members if key(one) == name]
            columns = np.array([column[one] for one in of if one in column], np.int64)
            taken = [health[one] for one in of if one in health]
            found.append(_group(book, dimension, name, len(of), columns, taken, asked))
    return found


def _group(
    book: Balances,
    dimension: Dimension,
    name: str | None,
    size: int,
    columns: Ints,
    scores: list[float],
    asked: Question,
) -> Group:
    frame = asked.frame
    then, now = book.at(month_of(asked.first) - 1)[columns], book.at(month_of(asked.last))[columns]
    kept, opening = now[then > 0], then[then > 0]
    tell = _Telling(frame, asked.groups, _period(asked.first, asked.last, frame), left_out(book))
    chosen = "the stage follows from leaving" if dimension is Dimension.STAGE else ""
    nobody = "" if len(opening) else "no account paid at the start"
    lost = int((kept == 0).sum())
    return Group(
        dimension=dimension,
        name=name,
        customers=tell.count("group_customers", "Customers", size),
        mrr=tell.amount("group_mrr", "MRR", int(now.sum()), int((now > 0).sum())),
        mrr_before=tell.amount("group_mrr_before", "MRR at the start", int(then.sum()), len(opening)),
        nrr=tell.rate(
            "group_nrr", "NRR of the period", chosen or nobody, len(opening),
            lambda: (int(kept.sum()) / int(opening.sum()), intervals.ratio(kept / 100, opening / 100)),
        ),
        logo_churn=tell.rate(
            "group_logo_churn", "Logo churn of the period", chosen or nobody, len(opening),
            lambda: (lost / len(opening), intervals.share(lost, len(opening))),
        ),
        health=tell.mean("group_health", "Mean health", scores),
    )  # fmt: skip


class _Telling:
    """Figures of one group."""

    def __init__(self, frame: Frame, query: Reference, period: Period, notes: tuple[str, ...]) -> None:
        self._frame, self._query, self._period, self._notes = frame, query, period, notes

    def count(self, name: str, label: str, n: int) -> Figure:
        return self._figure(name, label, Unit.COUNT, n, n, "customers", CENSUS, now=True)

    def amount(self, name: str, label: str, cents: int, n: int) -> Figure:
        return self._figure(name, label, Unit.MONEY, money(cents), n, "paying accounts", CENSUS)

    def rate(
        self, name: str, label: str, cannot: str, n: int, told: Callable[[], tuple[float, Interval | str]]
    ) -> Figure:
        of = "accounts paying at the start"
        if cannot:
            return self._figure(name, label, Unit.FRACTION, None, n, of, cannot)
        return self._figure(name, label, Unit.FRACTION, *self._swap(told(), n, of))

    def mean(self, name: str, label: str, scores: list[float]) -> Figure:
        n, of = len(scores), "customers with a score of the last 7 days"
        if n < LEAST:
            return self._figure(name, label, Unit.SCORE, None, n, of, f"{n} scores, at least {LEAST} needed", now=True)
        return self._figure(name, label, Unit.SCORE, float(np.mean(scores)), n, of, intervals.mean(scores), now=True)

    @staticmethod
    def _swap(told: tuple[float, Interval | str], n: int, of: str) -> tuple[float, int, str, Interval | str]:
        return told[0], n, of, told[1]

    def _figure(
        self,
        name: str,
        label: str,
        unit: Unit,
        value: object,
        n: int,
        of: str,
        told: Interval | str,
        *,
        now: bool = False,
    ) -> Figure:
        frame = self._frame
        few = (f"only {n} accounts",) if unit is Unit.FRACTION and value is not None and n < MINIMUM_ACCOUNTS else ()
        return Figure.model_validate(
            {
                "name": name, "label": label, "unit": unit, "value": value, "n": n, "of": of,
                "currency": frame.currency if unit is Unit.MONEY else None,
                "reason": told if value is None else "",
                "interval": told if isinstance(told, Interval) else None,
                "no_interval": told if isinstance(told, str) and value is not None else "",
                "period": None if now else self._period, "as_of": frame.as_of, "cohort": GROUPS.ref,
                "query": self._query, "sources": frame.sources, "notes": (*self._notes, *few),
            }
        )  # fmt: skip


def _listed(members: Sequence[Member], exceptions: Sequence[ExceptionRow], asked: Question) -> Figure:
    k, n = len({one.customer for one in exceptions}), len(members)
    return Figure(
        name="customers_on_a_list", label="Customers on an exception list", unit=Unit.COUNT, value=k, n=n,
        of="customers", numerator=k, denominator=n, no_interval=CENSUS, period=None, as_of=asked.frame.as_of,
        cohort=LISTS.ref, query=asked.groups,
    )  # fmt: skip
