"""From entries and departures to figures with n and intervals; what too few accounts tell is not told."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from scipy import stats

from analysis import intervals
from analysis.backtest import Judged, Past
from models.backtest import Backtest, Departure, Entry, Grid
from models.figure import Documented, Figure, Interval, Unit
from models.nps_figures import Period

FEWEST_ENTRIES = 30
"""Judged entries below which a precision is not told (as NPS, section 18.5)."""

FEWEST_DEPARTURES = 10
"""Departures below which nothing about them is told."""

SURE = 0.05

COHORTS = {
    Departure.LEFT: Documented(
        name="paid_accounts_that_left",
        version=1,
        text="Accounts paid for on a day looked at. One leaves on the first day on which nothing of it is paid for.",
    ),
    Departure.RECORDED: Documented(
        name="paid_accounts_with_churn_event",
        version=1,
        text="Accounts paid for on a day looked at. One leaves on the day of each of its recorded churn events.",
    ),
}
FACTS = Documented(
    name="backtest_facts",
    version=1,
    text="Facts of the trigger for every account paid for, as of the end of each day of the grid, nothing known later "
    "(persistence.fact_columns). An account enters when the trigger begins to hold, at most once in a horizon.",
)


Hits = Sequence[tuple[object, bool]]
"""(account, whether it was one): of entries that were right, of departures that were foreseen."""


class Asked(NamedTuple):
    """What the backtest was asked."""

    playbook: str
    trigger: str
    departure: Departure
    grid: Grid
    horizon: int
    as_of: datetime


def report(asked: Asked, past: Past, found: Judged) -> Backtest:
    """The whole report."""
    judged = [one for one in found.entries if one.right is not None]
    right = [one for one in judged if one.right]
    base = found.base[0] / found.base[1] if found.base[1] else None
    make = _Maker(asked, past)
    leads = sorted(one.lead_days for one in right if one.lead_days is not None)
    chance = _chance(len(right), len(judged), base)
    return Backtest(
        playbook=asked.playbook,
        trigger=asked.trigger,
        departure=asked.departure,
        grid=asked.grid,
        horizon_days=asked.horizon,
        first=past.days[0],
        last=past.days[-1],
        seen_until=past.seen_until,
        as_of=asked.as_of,
        customers=int(past.present.any(axis=0).sum()),
        looks=found.unknown[1],
        unknown=make.census("unknown", "Trigger unknown", *found.unknown),
        entered=len(found.entries),
        judged=len(judged),
        right=len(right),
        departures=len(found.departures),
        reached=sum(found.reached),
        base=make.census("base_rate", f"Leave within {asked.horizon} days of any look", *found.base),
        precision=make.share(
            "precision", "Entries after which the account left",
            [(one.customer, bool(one.right)) for one in judged], "judged entries", FEWEST_ENTRIES,
        ),
        recall=make.share(
            "recall", "Departures that were foreseen",
            [(one.customer, hit) for one, hit in zip(found.departures, found.reached, strict=True)],
            "departures before which the trigger was known", FEWEST_DEPARTURES,
        ),
        false_alarms=make.false_alarms([(one.customer, bool(one.right)) for one in judged]),
        revenue=make.revenue(found),
        lead=make.lead(leads),
        lead_quartiles=_quartiles(leads) if len(leads) >= FEWEST_DEPARTURES else None,
        lead_weeks=dict(sorted(Counter(lead // 7 for lead in leads).items())),
        chance=chance,
        verdict=_verdict(judged, right, base, chance),
        entries=found.entries,
        notes=tuple(_notes(asked, past, found)),
    )  # fmt: skip


class _Maker:
    """Figures of one report."""

    def __init__(self, asked: Asked, past: Past) -> None:
        self._asked = asked
        begins = datetime.combine(past.days[0], time(), UTC)
        ends = datetime.combine(past.days[-1] + timedelta(days=1), time(), UTC)
        self._period = Period(start=begins, end=ends)

    def make(self, name: str, label: str, unit: Unit, **fields: object) -> Figure:
        """One figure with the report's own evidence."""
        given = {
            "name": name, "label": label, "unit": unit, "period": self._period, "as_of": self._asked.as_of,
            "cohort": COHORTS[self._asked.departure].ref, "query": FACTS.ref,
        }  # fmt: skip
        return Figure.model_validate({**given, **fields})

    def share(self, name: str, label: str, hits: Hits, of: str, least: int) -> Figure:
        """How many of the (account, hit) pairs are hits, or why it is not told."""
        n, k = len(hits), sum(hit for _, hit in hits)
        if reason := _few(n, least, of):
            return self.make(name, label, Unit.FRACTION, value=None, reason=reason, n=n, of=of)
        return self.make(
            name, label, Unit.FRACTION, value=k / n, n=n, of=of, numerator=k, denominator=n, interval=_sure(hits)
        )

    def census(self, name: str, label: str, k: int, n: int) -> Figure:
        """A share of every look there is."""
        if not n:
            return self.make(name, label, Unit.FRACTION, value=None, reason="nothing was looked at", n=0, of="looks")
        why = "every look is counted; looks at one account are not independent"
        return self.make(
            name, label, Unit.FRACTION, value=k / n, n=n, of="looks", numerator=k, denominator=n, no_interval=why
        )

    def false_alarms(self, hits: Hits) -> Figure:
        """Wrong entries for each right one; its interval is that of the precision turned over."""
        judged, right = len(hits), sum(hit for _, hit in hits)
        name, label, of = "false_alarms", "False alarms for each true one", "judged entries"
        reason = _few(judged, FEWEST_ENTRIES, of) or ("none of them was right" if not right else "")
        if reason:
            return self.make(name, label, Unit.INDEX, value=None, reason=reason, n=judged, of=of)
        share = _sure(hits)
        low, high = float(share.low or 0), float(share.high or 1)
        turned = Interval(
            low=(1 - high) / high, high=(1 - low) / low if low else None, method=f"{share.method}, turned"
        )
        return self.make(
            name, label, Unit.INDEX, value=(judged - right) / right, n=judged, of=of, numerator=judged - right,
            denominator=right, interval=turned,
        )  # fmt: skip

    def revenue(self, found: Judged) -> Figure:
        """Share of the departed MRR that was reached; departures of unknown MRR are left out, and said."""
        name, label, of = "mrr_reached", "Departed MRR that was reached", "departures of known MRR"
        pairs = [(one, hit) for one, hit in zip(found.departures, found.reached, strict=True) if one.mrr is not None]
        whole = [float(one.mrr or 0) for one, _ in pairs]
        part = [amount if hit else 0.0 for amount, (_, hit) in zip(whole, pairs, strict=True)]
        reason = _few(len(pairs), FEWEST_DEPARTURES, of) or ("no MRR departed" if not sum(whole) else "")
        if reason:
            return self.make(name, label, Unit.FRACTION, value=None, reason=reason, n=len(pairs), of=of)
        found_interval = intervals.ratio(part, whole)
        sure = {"no_interval": found_interval} if isinstance(found_interval, str) else {"interval": found_interval}
        return self.make(
            name, label, Unit.FRACTION, value=sum(part) / sum(whole), n=len(pairs), of=of, numerator=sum(part),
            denominator=sum(whole), **sure,
        )  # fmt: skip

    def lead(self, leads: Sequence[int]) -> Figure:
        """The median of sorted leads; its interval, from their order, is at least as wide as asked."""
        name, label, of = "lead_time", "Lead before leaving, median", "foreseen departures"
        if reason := _few(len(leads), FEWEST_DEPARTURES, of):
            return self.make(name, label, Unit.DAYS, value=None, reason=reason, n=len(leads), of=of)
        below = max(int(stats.binom.ppf((1 - intervals.LEVEL) / 2, len(leads), 0.5)) - 1, 0)
        sure = Interval(low=leads[below], high=leads[len(leads) - 1 - below], method="order statistics")
        return self.make(name, label, Unit.DAYS, value=float(np.median(leads)), n=len(leads), of=of, interval=sure)


def _sure(hits: Hits) -> Interval:
    """The wider of Wilson's interval, which takes hits as independent, and one that resamples whole accounts."""
    tried: Counter[object] = Counter(account for account, _ in hits)
    right: Counter[object] = Counter(account for account, hit in hits if hit)
    plain = intervals.share(right.total(), tried.total())
    grouped = intervals.ratio([float(right[one]) for one in tried], [float(n) for n in tried.values()])
    if isinstance(grouped, str) or grouped.low is None or grouped.high is None:
        return plain
    assert plain.low is not None
    assert plain.high is not None
    low, high = min(plain.low, max(grouped.low, 0)), max(plain.high, min(grouped.high, 1))
    return Interval(low=low, high=high, method="the wider of Wilson and resampled accounts")


def _few(n: int, least: int, what: str) -> str:
    return f"only {n} {what}, {least} are needed" if n < least else ""


def _quartiles(leads: Sequence[int]) -> tuple[float, float, float]:
    low, middle, high = np.percentile(leads, (25, 50, 75))
    return float(low), float(middle), float(high)


def _chance(right: int, judged: int, base: float | None) -> float | None:
    if base is None or judged < FEWEST_ENTRIES or not 0 < base < 1:
        return None
    return float(stats.binomtest(right, judged, base).pvalue)


def _verdict(judged: Sequence[Entry], right: Sequence[Entry], base: float | None, chance: float | None) -> str:
    if chance is None or base is None:
        return f"cannot tell: {len(judged)} judged entries, {len(right)} of them right"
    apart = len(right) / len(judged) - base
    if chance >= SURE:
        return "cannot be told from entering at random moments"
    return "foresees departures better than chance" if apart > 0 else "worse than entering at random moments"


def _notes(asked: Asked, past: Past, found: Judged) -> list[str]:
    notes = [f"looked at by the {asked.grid}: what began and ended between two looks is not seen, so leads are short"]
    unjudged = sum(one.right is None for one in found.entries)
    if unjudged:
        notes.append(f"{unjudged} entries are not judged: {asked.horizon} days after them lie beyond {past.seen_until}")
    if found.blind:
        notes.append(f"{found.blind} departures before which the trigger was unknown on every look count for no recall")
    early = len(past.gone) - len(found.departures) - found.blind
    if early:
        notes.append(
            f"{early} departures have no whole {asked.horizon} days of looks before them and count for no recall"
        )
    if found.unknown[1] and found.unknown[0] == found.unknown[1]:
        notes.append("the facts of the trigger are unknown on every day: the data do not have them")
    return notes
