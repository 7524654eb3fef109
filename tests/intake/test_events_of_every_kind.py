# ruff: noqa: E501 (tables read best with one case to a line)
"""Every event of the contract: its example is understood, what is wrong in it is refused by name, and the page shows it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.occurrence import occurrence_of
from intake.parse import parse
from models.errors import BadInput
from models.event_bodies import DATA, carried_of
from models.event_kinds import EXTERNAL, FACTS, INTERNAL, EventType
from models.event_making import made
from models.records import InboxRow
from tests.intake.event_examples import EXAMPLES

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def body(kind: str, data: object, **customer: object) -> bytes:
    said = {"id": "C-1", "plan": "growth", **customer}
    return json.dumps(
        {"event_id": "e-1", "type": kind, "occurred_at": "2026-05-04T10:00:00Z", "customer": said, "data": data}
    ).encode()


def test_every_kind_has_a_model_and_every_external_one_an_example() -> None:
    assert set(DATA) == set(EventType)
    assert set(EXAMPLES) == set(EXTERNAL)
    assert not INTERNAL & set(EXTERNAL)
    assert set(EXTERNAL) >= FACTS


@pytest.mark.parametrize("kind", EXTERNAL)
def test_the_example_is_understood(kind: str) -> None:
    event = parse(body(kind, EXAMPLES[kind]), now=NOW, currency="EUR")
    assert event.type == kind
    assert event.said() is not None


@pytest.mark.parametrize("kind", sorted(INTERNAL))
def test_what_we_say_ourselves_is_not_taken_from_outside(kind: str) -> None:
    with pytest.raises(BadInput, match="said by Steadfast itself"):
        parse(body(kind, {}), now=NOW, currency="EUR")


WRONG: list[tuple[str, str, object, str]] = [
    ("survey_answered", "score", 11, "less than or equal to 10"),
    ("survey_answered", "score", -1, "greater than or equal to 0"),
    ("survey_answered", "score", "9", "a valid integer"),
    ("survey_answered", "score", 9.5, "a valid integer"),
    ("survey_answered", "score", True, "a valid integer"),
    ("survey_answered", "kind", "ces", "'nps' or 'csat'"),
    ("survey_answered", "feedback", "x" * 8001, "8000"),
    ("ticket_closed", "csat", 6, "less than or equal to 5"),
    ("ticket_opened", "ticket_id", "", "the form"),
    ("ticket_opened", "severity", "dire", "'low'"),
    ("ticket_opened", "tags", ["x"] * 51, "50"),
    ("ticket_opened", "txet", "x", "is not a known field"),
    ("usage_reported", "count", -1, "greater than or equal to 0"),
    ("usage_reported", "day", "2026-05-07", "lies in the future"),
    ("usage_reported", "day", "1999-12-31", "a year from 2000"),
    ("usage_reported", "day", "yesterday", "a valid date"),
    ("usage_reported", "feature", "a b", "a name of letters"),
    ("usage_reported", "feature", None, "a valid string"),
    ("conversations_reported", "automated", 121, "more than data.handled"),
    ("limit_reported", "used", 10**10, "less than or equal to"),
    ("invoice_issued", "amount", "-5.00", "not negative"),
    ("invoice_issued", "amount", 4.9, "a decimal string"),
    ("invoice_issued", "amount", "1e3", "a decimal string"),
    ("invoice_issued", "currency", "USD", "is USD; amounts here are in EUR"),
    ("invoice_issued", "currency", "eur", "the form"),
    ("invoice_issued", "due_at", "2026-05-10T09:00:00", "timezone"),
    ("payment_failed", "currency", "USD", "is USD; amounts here are in EUR"),
    ("growth_potential_set", "value", 1.1, "less than or equal to 1"),
    ("source_reported", "feed", "gossip", "'logins'"),
    ("renewal_decided", "decision", "maybe", "'renewed' or 'declined'"),
    ("meeting_booked", "scheduled_at", "2526-05-10T09:00:00Z", "a year from 2000 to 2199"),
    ("unsubscribed", "address", "ana", "an address such as"),
    ("message_bounced", "message_id", "a b", "the form"),
    ("user_logged_in", "user_id", "a b", "the form"),
]


@pytest.mark.parametrize(("kind", "field", "value", "says"), WRONG)
def test_a_wrong_value_is_refused_by_its_path(kind: str, field: str, value: object, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body(kind, {**EXAMPLES[kind], field: value}), now=NOW, currency="EUR")
    assert caught.value.field == f"data.{field}"
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("kind", "field"), [("usage_reported", "count"), ("limit_reported", "allowed"), ("ticket_opened", "ticket_id")]
)
def test_a_missing_value_is_named(kind: str, field: str) -> None:
    data = {name: value for name, value in EXAMPLES[kind].items() if name != field}
    with pytest.raises(BadInput) as caught:
        parse(body(kind, data), now=NOW, currency="EUR")
    assert (caught.value.field, caught.value.message) == (f"data.{field}", "is required")


def test_an_unlimited_limit_says_so() -> None:
    event = parse(body("limit_reported", {"name": "bots", "used": 3, "allowed": None}), now=NOW, currency="EUR")
    assert event.data["allowed"] is None


def test_a_changed_subscription_says_what_changed() -> None:
    raw = json.loads(body("subscription_changed", {}))
    raw["customer"] = {"id": "C-1"}
    with pytest.raises(BadInput, match="says what changed"):
        parse(json.dumps(raw).encode(), now=NOW, currency="EUR")


CARRIED: list[tuple[str, str, dict[str, Any]]] = [
    ("ticket_opened", "ticket_opened", {"ticket_id": "T-1", "severity": "high"}),
    ("survey_answered", "survey_answered:nps", {"survey_id": "S-1", "kind": "nps", "score": 9}),
    ("renewal_decided", "renewal_decided:renewed", {"decision": "renewed", "term_end": "2026-06-30"}),
    ("user_logged_in", "user_logged_in", {}),
    ("unsubscribed", "unsubscribed", {}),
    (
        "meeting_booked",
        "meeting_booked:kickoff",
        {"meeting_id": "M-1", "kind": "kickoff", "scheduled_at": "2026-05-10T09:00:00Z"},
    ),
]


@pytest.mark.parametrize(("kind", "name", "carried"), CARRIED)
def test_no_text_of_people_and_no_address_travels_to_a_workflow(kind: str, name: str, carried: dict[str, Any]) -> None:
    event = parse(body(kind, EXAMPLES[kind]), now=NOW, currency="EUR")
    row = InboxRow(number=1, source="events", event_id="e-1", type=kind, customer="C-1", body="", received_at=NOW)
    seen = occurrence_of(row, event)
    assert (seen.name, seen.data) == (name, carried)


def test_what_we_say_ourselves_is_checked_named_and_said_once() -> None:
    said = {"type": "failed_payment", "value": 1, "threshold": 0}
    event = made(EventType.SIGNAL_OPENED, "Über", NOW, "failed_payment:1", **said)  # type: ignore[arg-type]  # JSON
    assert event.event_id == made(EventType.SIGNAL_OPENED, "Über", NOW, "failed_payment:1", **said).event_id  # type: ignore[arg-type]  # JSON
    row = InboxRow(number=1, source="sweep", event_id="x", type=event.type, customer="Über", body="", received_at=NOW)
    assert occurrence_of(row, event).name == "signal_opened:failed_payment"
    assert carried_of(EventType.SIGNAL_OPENED, event.data) == said
    with pytest.raises(ValueError, match=r"data\.type"):
        made(EventType.SIGNAL_OPENED, "C-1", NOW, "x", type="bad_mood")


def test_the_page_shows_every_event_with_its_fields_and_an_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = {one["type"]: one["data"] for one in map(json.loads, re.findall(r"^\{\"event_id.*\}$", page, re.M))}
    assert shown == EXAMPLES
    for kind in EXTERNAL:
        section = page.split(f"### `{kind}`")[1].split("\n### ")[0]
        for field in DATA[kind].model_fields:
            assert f"`{field}`" in section, (kind, field)
    for kind in INTERNAL:
        assert f"`{kind}`" in page
