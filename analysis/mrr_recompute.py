"""The waterfall once more, the long way: account by account and month by month, in Decimals (section 18.4, check 2).

It shares nothing with ``analysis.mrr`` but the definition's words: no columns, no cents, no common helper.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from models.mrr import MonthFlow, MrrDefinition, Overlap, SpanRow, Trailing

_NOTHING = Decimal(0)


def recompute(rows: Iterable[SpanRow], rule: MrrDefinition, start: date, until: date) -> list[MonthFlow]:
    """The flows of each month."""
    months, previous = _months(start, until), _previous(start)
    sums = {month: defaultdict[str, Decimal](lambda: _NOTHING) for month in months}
    heads = {month: defaultdict[str, int](int) for month in months}
    for spans in _accounts(rows, rule):
        paid_before = any(_pays(spans, rule, month) for month in _months(_earliest(spans), previous))
        before = _pays(spans, rule, previous)
        for month in months:
            after = _pays(spans, rule, month)
            _enter(sums[month], heads[month], before, after, paid_before)
            paid_before, before = paid_before or after > 0, after
    return [_flow(month, sums[month], heads[month]) for month in months]


def recompute_trailing(rows: Iterable[SpanRow], rule: MrrDefinition, month: date) -> Trailing:
    """The twelve months that end with this one."""
    opening = retained = present = _NOTHING
    accounts = lost = 0
    then = date(month.year - 1, month.month, 1)
    for spans in _accounts(rows, rule):
        paid, pays = _pays(spans, rule, then), _pays(spans, rule, month)
        if paid > 0:
            accounts, opening, present = accounts + 1, opening + paid, present + pays
            retained += paid if pays > paid else pays
            lost += pays == 0
    return Trailing(
        month=month.replace(day=1), accounts=accounts, opening_mrr=opening, retained_mrr=retained, present_mrr=present,
        lost_accounts=lost,
    )  # fmt: skip


def _accounts(rows: Iterable[SpanRow], rule: MrrDefinition) -> Iterable[list[SpanRow]]:
    """The subscriptions of each account of which every amount is known."""
    found = defaultdict[str, list[SpanRow]](list)
    for row in rows:
        if rule.counts_trials or not row.trial:
            found[row.account].append(row)
    return [spans for spans in found.values() if all(span.mrr is not None for span in spans)]


def _counts(row: SpanRow, rule: MrrDefinition, day: date) -> bool:
    if row.started > day:
        return False
    return row.ended is None or row.ended > day or (rule.counts_on_end_day and row.ended == day)


def _pays(spans: list[SpanRow], rule: MrrDefinition, month: date) -> Decimal:
    day = _last_day(month)
    running = [span for span in spans if _counts(span, rule, day)]
    if not running:
        return _NOTHING
    amounts = [(span.started, span.mrr or _NOTHING) for span in running]
    return max(amounts)[1] if rule.overlap is Overlap.LATEST_START else sum((each for _, each in amounts), _NOTHING)


def _enter(sums: dict[str, Decimal], heads: dict[str, int], before: Decimal, after: Decimal, paid_before: bool) -> None:
    sums["starting"] += before
    sums["ending"] += after
    heads["start"] += before > 0
    heads["end"] += after > 0
    if before == 0 and after > 0:
        kind = "reactivation" if paid_before else "new"
        sums[kind] += after
        heads[kind] += 1
    elif before > 0 and after == 0:
        sums["churned"] += before
        heads["churned"] += 1
    elif after > before:
        sums["expansion"] += after - before
    else:
        sums["contraction"] += before - after


def _flow(month: date, sums: dict[str, Decimal], heads: dict[str, int]) -> MonthFlow:
    return MonthFlow(
        month=month,
        starting_mrr=sums["starting"],
        new_mrr=sums["new"],
        reactivation_mrr=sums["reactivation"],
        expansion_mrr=sums["expansion"],
        contraction_mrr=sums["contraction"],
        churned_mrr=sums["churned"],
        ending_mrr=sums["ending"],
        customers_start=heads["start"],
        new_customers=heads["new"],
        reactivated_customers=heads["reactivation"],
        churned_customers=heads["churned"],
        customers_end=heads["end"],
    )


def _earliest(spans: list[SpanRow]) -> date:
    return min(span.started for span in spans)


def _months(start: date, until: date) -> tuple[date, ...]:
    return _whole_months(start.replace(day=1), until.replace(day=1)) if start <= until else ()


@cache
def _whole_months(month: date, last: date) -> tuple[date, ...]:
    found = []
    while month <= last:
        found.append(month)
        month = _next(month)
    return tuple(found)


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _previous(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


@cache
def _last_day(month: date) -> date:
    return _next(month) - timedelta(days=1)
