"""Readers of sources, made of the ports by purpose: where a reading begins, goes on, and ends.

A cursor is a small JSON document of ours around the vendor's own, kept in ``source_freshness``.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from pydantic import JsonValue

from activities.ports_analytics import UsageReader
from activities.ports_pull import EventLog
from activities.ports_tickets import TicketReader
from models.pull import Page

BACK = timedelta(days=30)
"""How far the first reading of a source goes back. Stripe keeps its events for as long."""

OVERLAP = timedelta(hours=1)
"""How long before the end of the last reading the next one begins."""

LATE_DAYS = 3
"""Days of usage that are read again: products send late."""


class TicketPull:
    """Tickets by the time of their last change."""

    def __init__(self, reader: TicketReader) -> None:
        """``reader``: of the help desk."""
        self._reader = reader

    async def page(self, cursor: str | None, *, now: datetime) -> Page:
        """See the port. A desk with a cursor of its own (Zendesk) is asked where it ended; else the overlap serves."""
        state = _state(cursor) or {"since": _text(now - BACK)}
        began = _moment(state.get("began")) or now
        since = _moment(state["since"]) or now - BACK
        after = state.get("next")
        found = await self._reader.tickets(since, str(after) if after else None)
        records = tuple(one.model_dump(mode="json") for one in found.items)
        if found.items and found.next is not None:
            onwards: dict[str, JsonValue] = {"since": _text(since), "next": found.next, "began": _text(began)}
            return Page(records=records, cursor=json.dumps(onwards), more=True)
        over: dict[str, JsonValue] = {"since": _text(began - OVERLAP), "next": found.next}
        return Page(records=records, cursor=json.dumps(over), covered=began)


class EventLogPull:
    """The events that a vendor keeps, newest first: what webhooks lost."""

    def __init__(self, log: EventLog) -> None:
        """``log``: of the vendor."""
        self._log = log

    async def page(self, cursor: str | None, *, now: datetime) -> Page:
        """See the port."""
        state = _state(cursor) or {"since": _text(now - BACK)}
        began = _moment(state.get("began")) or now
        since = _moment(state["since"]) or now - BACK
        after = state.get("next")
        found = await self._log.events(str(after) if after else None, created_from=since)
        if found.next is not None:
            onwards: dict[str, JsonValue] = {"since": _text(since), "next": found.next, "began": _text(began)}
            return Page(records=found.items, cursor=json.dumps(onwards), more=True)
        return Page(records=found.items, cursor=json.dumps({"since": _text(began - OVERLAP)}), covered=began)


class UsagePull:
    """Counts of each named event by day and account: one call an event, the last days again."""

    def __init__(self, reader: UsageReader, events: Sequence[str]) -> None:
        """``events``: names that the product sends."""
        self._reader = reader
        self._events = tuple(events)

    async def page(self, cursor: str | None, *, now: datetime) -> Page:
        """See the port. Only days that are over are read."""
        state = _state(cursor)
        last = now.astimezone(UTC).date() - timedelta(days=1)
        done, number = state.get("done"), 0
        first = date.fromisoformat(str(done)) - timedelta(days=LATE_DAYS - 1) if done else last - BACK
        if state.get("event") in self._events:  # begun, and not ended: a kill goes on where it was
            number = self._events.index(str(state["event"]))
            first, last = date.fromisoformat(str(state["first"])), date.fromisoformat(str(state["last"]))
        if not self._events:
            return Page(cursor=cursor)
        event = self._events[number]
        found = await self._reader.usage(event, min(first, last), last)
        records = tuple(_count(one.customer, one.day, event, one.count) for one in found)
        if number + 1 < len(self._events):
            onwards: dict[str, JsonValue] = {
                "event": self._events[number + 1], "first": first.isoformat(), "last": last.isoformat(), "done": done,
            }  # fmt: skip
            return Page(records=records, cursor=json.dumps(onwards), more=True)
        covered = datetime.combine(last + timedelta(days=1), time(), UTC)
        return Page(records=records, cursor=json.dumps({"done": last.isoformat()}), covered=covered)


def _count(account: str, day: date, event: str, count: int) -> dict[str, JsonValue]:
    return {"account": account, "day": day.isoformat(), "event": event, "count": count}


def _state(cursor: str | None) -> dict[str, JsonValue]:
    """A cursor of ours; one that is none begins anew rather than never."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _moment(value: JsonValue) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
