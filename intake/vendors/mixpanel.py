"""Mixpanel: what an account used on a day, from the daily export; it tells nothing by itself.

The export is read whole and counted by day, account and event; a count that changed when the day was read again (late
events) is told again, under an id that has the count in it.
"""

import re
from datetime import UTC, datetime, time

from intake.vendors.node import Node, data, given
from intake.vendors.vendor import Terms, body_of, fingerprint
from models.vendor import Notice, Ref, Said

NAME = "mixpanel"

_COUNT = "export.count"
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def record(count: object) -> Notice:
    """One count: ``{"day", "account", "event", "count"}``."""
    node = Node(count)
    day = given(Node(f"{node['day'].must().text(10)}T00:00:00Z", "day").moment(), node["day"])
    account, event = node["account"].must().text(150) or "", node["event"].must().text(150) or ""
    key = fingerprint(day.isoformat(), account, event, str(node["count"].whole()))
    return Notice(id=key, kind=_COUNT, at=datetime.combine(day.date(), time(12), UTC), body=body_of(count))


def interpret(event: Notice, terms: Terms) -> list[Said] | None:
    """Use of a feature: the account is the group that events were sent for, whose key there is our id."""
    if event.kind != _COUNT:
        return None
    node = Node(event.body)
    account, feature = node["account"].must().text(128), _name(node["event"].must())
    if account is None:
        node["account"].wrong("is missing")
    told = data(day=event.at.date().isoformat(), feature=feature, count=node["count"].must().whole(0, 1_000_000_000))
    ref = Ref(system=NAME, id=f"group:{account}")
    return [Said(type="usage_reported", event_id=event.id, at=event.at, refs=(ref,), customer=account, data=told)]


def _name(event: Node) -> str:
    """The name of an event as that of a feature: ``Chatbot created`` is ``chatbot_created``."""
    found = _NOT_A_NAME.sub("_", (event.text(80) or "").lower()).strip("_.-")
    if not found:
        event.wrong("expected a name with letters or digits")
    return found
