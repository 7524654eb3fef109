"""Made books for the use cases of section 15: what is found in them was put in by hand, so it proves nothing (V8, V9).

Everything follows from the seed; names say that they are made.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from models.book import BookAccount, BookSubscription
from models.enums import LifecycleStage, Plan, SubscriptionStatus
from models.mrr import CENTS

LAST = date(2026, 6, 1)
"""First day of the last month of every made book."""

_PLANS = (Plan.STARTER, Plan.GROWTH, Plan.PRO, Plan.ENTERPRISE)
_SHARES, _PRICES = (0.35, 0.3, 0.25, 0.1), (4_900, 9_900, 29_900, 149_900)
_MANAGERS = ("Made manager A", "Made manager B", "Made manager C")
_EXPANDS = 0.1
"""Share of the accounts that pay more in a month with any expansion."""


class Rates(NamedTuple):
    """Put into a month: the chance to leave, the mean growth of those who stay, and both in words."""

    leaves: float
    grows: float
    words: str


class Scenario(NamedTuple):
    """A use case. ``rates``: of the month with that number, 0 the first of the period before."""

    name: str
    title: str
    situation: str
    months: int
    accounts: int
    comes: float
    rates: Callable[[int], Rates]


class MadeBook(NamedTuple):
    """What a made book holds."""

    accounts: list[BookAccount]
    subscriptions: list[BookSubscription]
    months: list[tuple[date, Rates]]


def _churn(month: int) -> Rates:
    before, after, months = 0.08, 0.035, 6
    rate = before if month < months else before + (after - before) * (month - months + 1) / months
    return Rates(rate, 0.0, f"{rate:.1%} of the accounts leave")


def _nrr(month: int) -> Rates:
    year, leaves = (0.95 if month < 12 else 1.15), 0.01
    grows = year ** (1 / 12) / (1 - leaves) - 1
    return Rates(leaves, grows, f"{year:.0%} a year, {year ** (1 / 12):.2%} a month")


SCENARIOS = {
    "churn": Scenario(
        "churn", "Demonstration: monthly churn",
        "Use case 1 of the specification, as a scenario: monthly logo churn of 8 %, and 3.5 % six months after health "
        "scores, early alerts and intervention playbooks were switched on. If it stayed so, 8 % a month would be 63.2 "
        "% of the customers a year, 3.5 % a month 34.8 %.",
        6, 1_500, 0.07, _churn,
    ),
    "nrr": Scenario(
        "nrr", "Demonstration: net revenue retention",
        "Use case 2 of the specification, as a scenario: net revenue retention of 95 % a year, and 115 % in the year "
        "after expansion openings, quarterly reviews and an advocacy program were switched on.",
        12, 1_000, 0.01, _nrr,
    ),
}  # fmt: skip


def make(scenario: Scenario, seed: int) -> MadeBook:
    """The book: two periods of the scenario's months, up to :data:`LAST`."""
    rng = np.random.default_rng(seed)
    months = [_month(LAST, number - 2 * scenario.months + 1) for number in range(2 * scenario.months)]
    made = MadeBook([], [], [(month, scenario.rates(number)) for number, month in enumerate(months)])
    begun = _month(months[0], -1)
    living = {number: _open(made, rng, number, begun) for number in range(scenario.accounts)}
    for month, rates in made.months:
        for number in list(living):
            drawn, day = rng.random(2), month + timedelta(days=int(rng.integers(1, 27)))
            if drawn[0] < rates.leaves:
                _end(made, living.pop(number), day, gone=True)
            elif rates.grows and drawn[1] < _EXPANDS:
                living[number] = _grow(made, living[number], day, rates.grows / _EXPANDS)
        for _ in range(round(scenario.comes * scenario.accounts)):
            number = len(made.accounts)
            living[number] = _open(made, rng, number, month + timedelta(days=int(rng.integers(0, 27))))
    return made


def _open(made: MadeBook, rng: np.random.Generator, number: int, day: date) -> int:
    """A new account and its subscription; the subscription's place."""
    plan = int(rng.choice(len(_PLANS), p=_SHARES))
    name = f"made-{number:05d}"
    made.accounts.append(
        BookAccount(
            id=name, name=f"Made account {number}", plan=_PLANS[plan], currency="EUR", signup_date=day,
            csm_id=_MANAGERS[number % len(_MANAGERS)], status=SubscriptionStatus.ACTIVE, stage=LifecycleStage.ADOPTING,
        )
    )  # fmt: skip
    return _span(made, name, day, Decimal(_PRICES[plan]) / CENTS)


def _span(made: MadeBook, account: str, day: date, mrr: Decimal) -> int:
    made.subscriptions.append(
        BookSubscription(id=f"{account}-{len(made.subscriptions)}", customer=account, started=day, mrr=mrr)
    )
    return len(made.subscriptions) - 1


def _end(made: MadeBook, place: int, day: date, *, gone: bool) -> BookSubscription:
    span = made.subscriptions[place]
    made.subscriptions[place] = span.model_copy(update={"ended": max(day, span.started + timedelta(days=1))})
    if gone:
        number = int(span.customer.removeprefix("made-"))
        left = {"status": SubscriptionStatus.CANCELLED, "stage": LifecycleStage.CHURNED}
        made.accounts[number] = made.accounts[number].model_copy(update=left)
    return made.subscriptions[place]


def _grow(made: MadeBook, place: int, day: date, share: float) -> int:
    span = _end(made, place, day, gone=False)
    assert span.ended is not None
    assert span.mrr is not None
    more = round(span.mrr * (1 + Decimal(share)), 2)
    return _span(made, span.customer, span.ended, more)


def _month(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)
