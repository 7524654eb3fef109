"""``starter.py identity``, ``sources`` and ``deliveries`` as people use them: what they print, and what they refuse."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from intake import lexicon
from intake.vendors.taking import House, take
from models.clock import REAL, utc_now
from models.enums import DeliveryStatus
from models.events import Event, EventCustomer, EventType
from models.pull import Discrepancy, Freshness
from models.records import WebhookDelivery
from models.vendor import Notice
from persistence.store import SqlStore
from tests.cli.kit import Run
from tests.intake import vendor_samples as samples

HOUSE = House(REAL, "EUR", lexicon.supplied())


async def _seed(url: str) -> None:
    """A customer, an unknown account of its domain with an invoice, a broken event, a source, and a delivery."""
    store, now = SqlStore.open(url), utc_now()
    who = EventCustomer.model_validate({"id": "C-1", "plan": "starter", "email": "ana@sol.example"})
    at = now - timedelta(days=9)
    event = Event(event_id="s", type=EventType.SUBSCRIPTION_CREATED, occurred_at=at, customer=who)
    stranger = {**samples.INVOICE, "parent": None, "customer_email": "eva@sol.example"}
    told = [
        samples.stripe("invoice.payment_failed", stranger, id="evt_1"),
        samples.stripe("invoice.paid", {**stranger, "id": None}, id="evt_2"),
    ]
    notices = [Notice(id=one["id"], kind=one["type"], at=now - timedelta(minutes=1), body=one) for one in told]
    try:
        async with store.begin() as tx:
            await tx.customers.apply(event, currency="EUR")
        await take(store, "stripe", notices, HOUSE, now=now)
        async with store.begin() as tx:
            covered = now - timedelta(hours=3)
            await tx.pulls.advance(Freshness(source="zendesk", read_at=now, covered_until=covered, records=7))
            found = Discrepancy(
                source="stripe_books", kind="mrr", object="customer:cus_1", ours="49.00", theirs="50.00",
                found_at=now, seen_at=now,
            )  # fmt: skip
            await tx.pulls.found([found])
            failed = WebhookDelivery(
                key="k", customer="C-1", workflow="assign_csm", target="cs_events", payload={},
                status=DeliveryStatus.PENDING, created_at=now,
            )  # fmt: skip
            number = (await tx.outbox.add(failed)).id
            await tx.outbox.mark(number, DeliveryStatus.FAILED, at=now, response="HTTP 401 not signed")
    finally:
        await store.close()


@pytest.fixture
def seeded(sqlite_url: str, run: Run) -> Run:
    """Commands on a database with all that."""
    asyncio.run(_seed(sqlite_url))
    return run


def told(run: Run, *arguments: str) -> Any:
    """A command's document."""
    said = run(*arguments, "--json")
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_a_doubt_is_listed_accepted_and_gone(seeded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")  # nobody there: what is applied waits for the worker
    (case,) = told(seeded, "identity", "list")
    assert (case["system"], case["external_id"], case["waiting"]) == ("stripe", "customer:cus_1", 1)
    assert case["candidates"] == [{"customer": "C-1", "why": "has an address at sol.example"}]
    shown = seeded("identity", "list").out
    assert "stripe/customer:cus_1" in shown
    assert "C-1 (has an address at sol.example)" in shown
    assert told(seeded, "identity", "accept", "1", "--by", "marta") == {"applied": 1}
    assert told(seeded, "identity", "list") == []
    (known,) = told(seeded, "identity", "of", "C-1")["accounts"]
    assert (known["external_id"], known["how"], known["by"]) == ("customer:cus_1", "accepted", "marta")
    (applied,) = told(seeded, "sources", "events", "--status", "applied")
    assert (applied["customer"], applied["says"]) == ("C-1", ["payment_failed"])
    assert "body" not in applied


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("identity", "accept", "99", "--by", "marta"), 1, "NUMBER = 99: no such doubt"),
        (("identity", "accept", "1", "C-404", "--by", "marta"), 1, "customer = 'C-404': no such customer"),
        (("identity", "accept", "1", "--by", " "), 2, "by: a person's name is needed"),
        (("identity", "domain", "gmail.com", "C-1", "--by", "m"), 2, "DOMAIN = 'gmail.com': expected a company's"),
        (("identity", "map", "stripe", "cus_1", "C-1", "--by", "m"), 2, "EXTERNAL_ID = 'cus_1': expected an id"),
        (("identity", "unmerge", "5", "--by", "m"), 1, "merge = 5: no such merge"),
        (("sources", "reset", "mixpanel"), 1, "SOURCE = 'mixpanel': was never read"),
        (("sources", "reset", "delighted"), 2, "Invalid value for 'source'"),
        (("deliveries", "list", "--status", "lost"), 2, "Invalid value for '--status'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(seeded: Run, arguments: tuple[str, ...], code: int, line: str) -> None:
    said = seeded(*arguments)
    assert (said.code, said.out) == (code, "")
    assert line in said.err
    assert said.err.count("\n") == 1


def test_sources_say_how_current_they_are_and_what_came_in(seeded: Run) -> None:
    stands = told(seeded, "sources", "status")
    assert [(one["source"], one["records"]) for one in stands["sources"]] == [("zendesk", 7)]
    assert stands["events"] == [
        {"vendor": "stripe", "status": "parked", "events": 1},
        {"vendor": "stripe", "status": "refused", "events": 1},
    ]
    shown = seeded("sources", "status").out
    assert "3.0 h" in shown
    assert "waits for somebody to say which customer it is about" in shown
    (refused,) = told(seeded, "sources", "events", "--vendor", "stripe", "--status", "refused")
    assert refused["reason"] == "data.object.id: is missing"
    assert told(seeded, "sources", "replay") == {"refused": 1}, "what is wrong stays wrong, and stays kept"
    (found,) = told(seeded, "sources", "discrepancies")
    assert (found["kind"], found["ours"], found["theirs"]) == ("mrr", "49.00", "50.00")


def test_deliveries_are_listed_with_what_the_receiver_said(seeded: Run) -> None:
    (failed,) = told(seeded, "deliveries", "list", "--status", "failed", "--customer", "C-1")
    assert (failed["workflow"], failed["attempts"], failed["response"]) == ("assign_csm", 1, "HTTP 401 not signed")
    assert told(seeded, "deliveries", "list", "--status", "delivered") == []
    assert "HTTP 401 not signed" in seeded("deliveries", "list").out
