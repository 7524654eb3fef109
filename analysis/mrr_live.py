"""Subscriptions as imported, carried on by what events said since: created, changed, cancelled.

Events are folded by time, not by arrival, so the same events give the same months whatever order they came in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from models.mrr import SpanRow, Statement

_ORDER = {"trial_started": 0, "subscription_created": 1, "subscription_changed": 2, "subscription_cancelled": 3}


def with_events(
    rows: Sequence[Sequence[Any]], statements: Iterable[Statement], zone: ZoneInfo
) -> Sequence[Sequence[Any]]:
    """The rows, with those of accounts that events spoke of carried on.

    Args:
        rows: account, started, ended, mrr, is_trial.
        statements: of any accounts, in any order.
        zone: of the business calendar: it says which day a moment belongs to.
    """
    said = defaultdict[str, list[Statement]](list)
    for one in statements:
        said[one.account].append(one)
    if not said:
        return rows
    held = defaultdict[str, list[SpanRow]](list)
    others: list[Sequence[Any]] = []
    for row in rows:
        if row[0] in said:
            held[row[0]].append(plain(row))
        else:
            others.append(row)
    return [*others, *(span for account in said for span in _carried(held[account], said[account], zone))]


def plain(row: Sequence[Any]) -> SpanRow:
    """A row of a driver as values."""
    if isinstance(row, SpanRow):
        return row
    account, started, ended, mrr, trial = row
    return SpanRow(
        account, _day(started), None if ended is None else _day(ended), None if mrr is None else Decimal(str(mrr)),
        bool(trial),
    )  # fmt: skip


def _day(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _carried(spans: list[SpanRow], said: list[Statement], zone: ZoneInfo) -> list[SpanRow]:
    account, amount = said[0].account, None
    for one in sorted(said, key=lambda each: (each.at, _ORDER.get(each.kind, 9), each.event_id)):
        day = one.at.astimezone(zone).date()
        amount = one.mrr if one.mrr is not None else amount
        paid = any(_runs(span, day) and not span.trial for span in spans)
        match one.kind:
            case "subscription_cancelled":
                spans = [span._replace(ended=day) if _runs(span, day) else span for span in spans]
            case "subscription_created" if not paid or one.mrr is not None:
                spans = [*_replaced(spans, day), SpanRow(account, day, None, amount)]
            case "subscription_changed" if paid and one.mrr is not None:
                spans = [*_replaced(spans, day), SpanRow(account, day, None, amount)]
            case _:
                pass  # a trial pays nothing, and a change of seats or plan without an amount changes no amount
    return spans


def _runs(span: SpanRow, day: date) -> bool:
    return span.started <= day and (span.ended is None or span.ended > day)


def _replaced(spans: list[SpanRow], day: date) -> list[SpanRow]:
    """What ran is over on that day; what began that very day was never billed and goes."""
    return [
        span._replace(ended=day) if _runs(span, day) else span
        for span in spans
        if not (span.started == day and _runs(span, day))
    ]
