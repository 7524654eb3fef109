"""The sample is invented, on addresses nobody owns, the same each time, and signed like any producer's events."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from models.clock import Clock
from models.enums import Plan
from models.errors import Rejected
from models.event_kinds import INTERNAL
from models.events import Event, EventType
from stack import sample

SECRET = SecretStr("whsec_c3RlYWRmYXN0LXRlc3Qtc2VjcmV0LTMyLWJ5dGVzISE=")
PRESENT = datetime(2025, 1, 1, 9, tzinfo=UTC)


class Door(ThreadingHTTPServer):
    """Takes signed events as the console does; ``answers`` are given first, then 202."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Knock)
        self.taken: list[Event] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Knock(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.answers.pop(0) if self.server.answers else 202
        if status == 202:
            Webhook(SECRET.get_secret_value()).verify(body.decode(), dict(self.headers.items()))
            event = Event.model_validate_json(body)
            assert (self.path, self.headers["webhook-id"]) == ("/events", event.event_id)
            self.server.taken.append(event)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_every_event_arrives_signed_and_in_order(door: Door) -> None:
    count = await sample.feed(door.url, SECRET, Clock(), present=PRESENT)
    assert door.taken == sample.events(PRESENT)
    assert count == len(door.taken)


async def test_feeding_twice_sends_the_very_same_events(door: Door) -> None:
    for _ in range(2):
        await sample.feed(door.url, SECRET, Clock(), present=PRESENT)
    half = len(door.taken) // 2
    assert door.taken[:half] == door.taken[half:]


async def test_a_console_that_is_not_yet_able_is_asked_again(door: Door) -> None:
    door.answers = [503]
    await sample.feed(door.url, SECRET, Clock(), present=PRESENT)
    assert door.taken == sample.events(PRESENT)


async def test_a_refusal_is_told_with_the_event(door: Door) -> None:
    door.answers = [422]
    with pytest.raises(Rejected, match="refused sample event sample-01: 422"):
        await sample.feed(door.url, SECRET, Clock(), present=PRESENT)


def test_there_are_customers_on_every_plan_on_addresses_that_nobody_owns() -> None:
    customers = [event.customer for event in sample.events(PRESENT)]
    assert {customer.plan for customer in customers} == set(Plan)
    assert all(customer.email is not None and customer.email.endswith(".example") for customer in customers)


def test_no_event_lies_in_the_future_and_no_id_comes_twice() -> None:
    events = sample.events(PRESENT)
    assert all(event.occurred_at <= PRESENT for event in events)
    assert len({event.event_id for event in events}) == len(events)


def test_a_renewal_comes_45_days_after_the_sample() -> None:
    terms = {event.customer.renewal_date for event in sample.events(PRESENT) if event.customer.renewal_date}
    assert (min(terms) - PRESENT.date()).days == 45


def test_the_sample_begins_with_trials_signups_steps_and_logins() -> None:
    assert {event.type for event in sample.events(PRESENT)} == {
        EventType.TRIAL_STARTED, EventType.SUBSCRIPTION_CREATED, EventType.ONBOARDING_STEP_COMPLETED,
        EventType.USER_LOGGED_IN,
    }  # fmt: skip


def test_the_story_is_told_in_order_and_shows_a_renewal_and_what_save_plays_are_for() -> None:
    told = sample.story(PRESENT)
    assert [event.occurred_at for event in told] == sorted(event.occurred_at for event in told)
    assert len({event.event_id for event in told}) == len(told)
    assert {
        EventType.RENEWAL_DECIDED, EventType.PAYMENT_FAILED, EventType.INVOICE_PAID, EventType.SURVEY_ANSWERED,
        EventType.TICKET_OPENED, EventType.CANCELLATION_REQUESTED, EventType.CANCELLATION_WITHDRAWN,
        EventType.CONVERSATIONS_REPORTED, EventType.USAGE_REPORTED,
    } <= {event.type for event in told}  # fmt: skip
    assert not {event.type for event in told} & INTERNAL
