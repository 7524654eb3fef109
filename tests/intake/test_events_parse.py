"""Lines of events from a file, and what a right event becomes."""

import io
import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.occurrence import occurrence_of
from intake.parse import parse, parse_lines
from models.errors import BadInput
from models.events import Event
from models.records import InboxRow

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def line(**changed: object) -> bytes:
    event = {
        "event_id": "e-1",
        "type": "trial_started",
        "occurred_at": "2026-02-28T23:30:00+01:00",
        "customer": {"id": "C-1", "mrr": "49.00"},
    }
    return json.dumps({**event, **changed}).encode()


def test_moments_are_kept_in_utc_and_amounts_exact() -> None:
    event = parse(line(), now=NOW, currency="EUR")
    assert event.occurred_at.isoformat() == "2026-02-28T22:30:00+00:00"
    assert str(event.customer.mrr) == "49.00"


def test_lines_are_numbered_and_empty_ones_passed_over() -> None:
    file = io.BytesIO(line() + b"\n\n  \n" + line(event_id="e-2") + b"\n")
    found = list(parse_lines(file, now=NOW, currency="EUR"))
    assert [(one.number, one.event.event_id) for one in found] == [(1, "e-1"), (4, "e-2")]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (b"{", "line 2: not JSON: expecting property name enclosed in double quotes at line 1, column 2"),
        (line(customer={"id": "C-1", "seats": "5"}), "line 2: customer.seats = '5': expected a valid integer"),
        (b" " * 99 + b"{}", "line 2: longer than 60 bytes"),
    ],
)
def test_a_bad_line_is_told_by_its_number(second: bytes, told: str) -> None:
    longest = 60 if second.startswith(b" ") else 10_000
    first = b"" if longest == 60 else line()
    with pytest.raises(BadInput) as caught:
        list(parse_lines([first, second], now=NOW, currency="EUR", longest=longest))
    assert str(caught.value) == told


@given(st.binary(max_size=300))
def test_any_bytes_are_an_event_or_bad_input(raw: bytes) -> None:
    with suppress(BadInput):
        parse(raw, now=NOW, currency="EUR")


def test_only_listed_data_reach_the_workflow_and_they_are_bounded() -> None:
    event = Event.model_validate_json(
        line(type="subscription_cancelled", data={"reason": "x" * 5000, "body": {"a": 1}, "email": "ana@sol.example"})
    )
    row = InboxRow(
        number=7, source="events", event_id="e-1", type=event.type, customer="C-1", body="", received_at=NOW
    )  # fmt: skip
    assert occurrence_of(row, event).data == {"reason": "x" * 200}
