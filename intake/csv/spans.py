"""When an account paid: the unbroken spans of its paid subscriptions as of a day. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from models.book import BookChurn, BookSubscription


class Span(NamedTuple):
    """From a day to a day; None: still running as of the day that was asked."""

    start: date
    end: date | None


def known(subscriptions: Sequence[BookSubscription], as_of: date) -> list[BookSubscription]:
    """What one could know on that day: started by then, and an end only once it had come. Oldest first."""
    seen = [
        row if row.ended is None or row.ended <= as_of else row.model_copy(update={"ended": None})
        for row in subscriptions
        if row.started <= as_of
    ]
    return sorted(seen, key=lambda row: (row.started, row.id))


def cut(row: BookSubscription, events: Sequence[BookChurn]) -> list[Span]:
    """A subscription's own spans when churn events interrupt it and reactivations resume it.

    An event on the day it started does not interrupt it; on one day a reactivation comes after a churn.
    """
    spans, start = list[Span](), row.started
    open_ = True
    for event in sorted(events, key=lambda event: (event.day, bool(event.reactivation), event.id)):
        if event.day <= row.started or (row.ended is not None and event.day >= row.ended):
            continue
        if event.reactivation and not open_:
            start, open_ = event.day, True
        elif not event.reactivation and open_:
            spans.append(Span(start, event.day))
            open_ = False
    return [*spans, Span(start, row.ended)] if open_ else spans


def merged(spans: Sequence[Span]) -> list[Span]:
    """Overlapping spans, and those that follow each other by at most a day, as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and span.start > last.end + timedelta(days=1)):
            joined.append(span)
        elif last.end is not None:
            end = None if span.end is None else max(last.end, span.end)
            joined[-1] = Span(last.start, end)
    return joined
