"""Where billing, application and tickets say different things of one customer (section 18.4, check 8; section 18.5).

Joined by customer id, as of the last day of the period. Each rule compares two sources; what only one of them knows of
is no contradiction.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.mrr_live import plain, with_events
from models.enums import LifecycleStage, SubscriptionStatus
from models.metric_rows import ChurnTold, ValidationRows
from models.mrr import SpanRow
from models.validation import Disagreement

_PAYING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
_ENDED_BY = timedelta(days=30)
"""Use this long after the last subscription ended is no aftermath."""

Spans = Mapping[str, list[SpanRow]]


def paid_spans(rows: ValidationRows, zone: ZoneInfo) -> Spans:
    """The paid subscriptions of each account, oldest first."""
    found: dict[str, list[SpanRow]] = {}
    for row in with_events(rows.book.spans, rows.book.statements, zone):
        span = plain(row)
        if not span.trial:
            found.setdefault(span.account, []).append(span)
    return {account: sorted(spans, key=lambda span: span.started) for account, spans in found.items()}


def running(spans: list[SpanRow], day: date) -> list[SpanRow]:
    """Those that run on a day; one is over on its end date."""
    return [span for span in spans if span.started <= day and (span.ended is None or span.ended > day)]


def disagreements(rows: ValidationRows, spans: Spans, first: date, last: date) -> list[Disagreement]:
    """All of them, with those that connected sources have reported and nobody settled."""
    return [
        *rows.disagreements,
        *_records(rows, spans, last),
        *_departures(rows, spans, last),
        *_tickets(rows, spans),
        *_use(rows, spans, first, last),
    ]


def _records(rows: ValidationRows, spans: Spans, last: date) -> Iterator[Disagreement]:
    """The customer record against the subscriptions."""
    for one in rows.customers:
        held = spans.get(one.customer, [])
        pays = running(held, last)
        gone = one.subscription_status == SubscriptionStatus.CANCELLED or one.stage == LifecycleStage.CHURNED
        if one.subscription_status in _PAYING and not pays:
            told = "no subscription" if not held else f"the last one ended {max(_ends(held))}"
            yield _billing("paying_without_subscription", one.customer, f"status {one.subscription_status}", told)
        elif gone and any(span.mrr != 0 for span in pays):
            yield _billing("subscription_after_leaving", one.customer, "cancelled or churned", f"{len(pays)} running")
        elif pays and one.mrr is not None and all(span.mrr is not None for span in pays):
            billed = sum((span.mrr or Decimal(0) for span in pays), Decimal(0))
            if billed != one.mrr:
                yield _billing("mrr", one.customer, f"record {one.mrr}", f"subscriptions {billed}")


def _departures(rows: ValidationRows, spans: Spans, last: date) -> Iterator[Disagreement]:
    """The churn feed against the subscriptions: said to have left, while what ran then still runs."""
    word: dict[str, ChurnTold] = {}
    for one in rows.churn:
        if one.day <= last:
            word[one.customer] = one
    for customer, told in word.items():
        if not told.reactivation:
            still = [span for span in running(spans.get(customer, []), last) if span.started <= told.day]
            if still:
                yield _billing("left_but_paying", customer, f"left on {told.day}", f"{len(still)} still running")


def _tickets(rows: ValidationRows, spans: Spans) -> Iterator[Disagreement]:
    """Tickets of accounts that had not subscribed to anything yet."""
    for one in rows.tickets:
        held = spans.get(one.customer)
        if held and one.first.date() < held[0].started:
            yield Disagreement(
                source="tickets", kind="ticket_before_subscription", object=one.customer, customer=one.customer,
                ours=f"first subscription {held[0].started}", theirs=f"ticket on {one.first.date()}",
            )  # fmt: skip


def _use(rows: ValidationRows, spans: Spans, first: date, last: date) -> Iterator[Disagreement]:
    """Use of the product by accounts whose last subscription ended more than a month before."""
    latest: dict[str, date] = {}
    for each in rows.book.active:
        if first <= each.day <= last:
            latest[each.customer] = max(each.day, latest.get(each.customer, each.day))
    for customer, day in sorted(latest.items()):
        held = spans.get(customer, [])
        begun = [span for span in held if span.started <= day]
        if begun and not running(begun, day) and day - max(_ends(begun)) > _ENDED_BY:
            yield Disagreement(
                source="application", kind="use_after_end", object=customer, customer=customer,
                ours=f"the last subscription ended {max(_ends(begun))}", theirs=f"used on {day}",
            )  # fmt: skip


def _ends(spans: list[SpanRow]) -> list[date]:
    return [span.ended or date.max for span in spans]


def _billing(kind: str, customer: str, ours: str, theirs: str) -> Disagreement:
    return Disagreement(source="billing", kind=kind, object=customer, customer=customer, ours=ours, theirs=theirs)
