"""Sources that are read: against vendors on real sockets, on the real server; killed and begun again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from temporalio.testing import ActivityEnvironment

from activities.connected import Connected
from activities.pull import PullActivities
from activities.pull_readers import UsagePull
from composition import pulling
from intake.links import customer_token
from intake.vendors import typeform
from intake.vendors.sink import VendorSink
from intake.vendors.taking import take_in
from integrations.freshdesk import Freshdesk
from integrations.intercom import Intercom
from integrations.mixpanel import Mixpanel
from integrations.stripe import Stripe
from integrations.typeform import Typeform
from integrations.zendesk import Zendesk
from models.clock import REAL, utc_now
from models.events import Event, EventCustomer, EventType
from models.identity import How
from models.ids import new_id
from models.outside import System
from models.pull import Discrepancy, Freshness, PulledPage, PullInput, Source, pull_queue
from models.vendor import Ref
from tests.harness import Company
from tests.intake import vendor_samples as samples
from tests.integrations.vendor_double import Reply, double
from workflows.pull import SourcePull
from workflows.pull_schedules import schedule_id

NOW = utc_now()
UNIX = int(NOW.timestamp()) - 60
ISO = NOW.isoformat().replace("+00:00", "Z")


@asynccontextmanager
async def reading(company: Company, connected: Connected) -> AsyncIterator[None]:
    """A worker that reads, without Schedules."""
    async with pulling.build_worker(company.client, company.store, connected, _settings(company), REAL):
        yield


def _settings(company: Company) -> Any:
    return company.settings.model_copy(update={"task_queue": company.task_queue, "usage_events": "Login,Bot Created"})


async def pull(company: Company, source: Source) -> PulledPage:
    """Read it once."""
    return await company.client.execute_workflow(
        SourcePull.run,
        PullInput(source=source),
        id=new_id("pull"),
        task_queue=pull_queue(company.task_queue),
    )


async def know(company: Company, customer: str, **said: Any) -> None:
    """A customer that we have."""
    who = EventCustomer.model_validate({"id": customer, "plan": "growth", **said})
    at = NOW - timedelta(days=90)
    event = Event(event_id=f"s-{customer}", type=EventType.SUBSCRIPTION_CREATED, occurred_at=at, customer=who)
    async with company.store.begin() as tx:
        await tx.customers.apply(event, currency="EUR")


async def inbox(company: Company) -> list[tuple[str, str]]:
    """Type and customer of what came into the inbox."""
    async with company.store.read() as tx:
        rows = await tx.inbox.undelivered(before=utc_now() + timedelta(days=1), limit=1000)
    return [(row.type, row.customer) for row in rows]


async def stands(company: Company, source: Source) -> Freshness:
    """Where the source stands."""
    async with company.store.read() as tx:
        found = await tx.pulls.freshness(source)
    assert found is not None
    return found


def ticket(number: int, status: str = "open", at: str = ISO) -> dict[str, Any]:
    """As Zendesk exports it."""
    return {
        "id": number, "status": status, "priority": "high", "subject": "Help", "description": "Broken", "tags": [],
        "created_at": at, "updated_at": at, "requester_id": 1, "organization_id": 900,
    }  # fmt: skip


def export(tickets: list[dict[str, Any]], cursor: str) -> Reply:
    """A page of the export."""
    sides = {"users": [{"id": 1, "email": "eva@sol.example"}], "organizations": [{"id": 900, "external_id": "C-1"}]}
    return Reply(body={"tickets": tickets, "after_cursor": cursor, "end_of_stream": not tickets, **sides})


async def test_tickets_are_read_page_by_page_and_go_on_where_they_were(dev_company: Company) -> None:
    """A vendor that fails on the second page: what was stored stays, the cursor goes on, nothing is told twice."""
    await know(dev_company, "C-1")
    pages = (
        export([ticket(1), ticket(2, "solved")], "c1"),
        Reply(status=503, headers={"retry-after": "0"}),
        export([ticket(3)], "c2"),
        export([], "c2"),
        export([ticket(3)], "c3"),
        export([], "c3"),
    )
    async with double(*pages) as desk, httpx.AsyncClient() as http:
        zendesk = Zendesk(http, subdomain="x", email="e@x.example", token="token-1", base=desk.base)
        async with reading(dev_company, Connected(tickets=(System.ZENDESK, zendesk))):
            first = await pull(dev_company, Source.ZENDESK)
            again = await pull(dev_company, Source.ZENDESK)
        asked = [one.query.get("cursor") for one in desk.asked]
    assert asked == [None, "c1", "c1", "c2", "c2", "c3"]
    assert first == PulledPage(records=3, new=7)
    assert again == PulledPage(records=1, new=0), "the same ticket again is the same event"
    told = await inbox(dev_company)
    assert {customer for _, customer in told} == {"C-1"}
    assert sorted(kind for kind, _ in told) == ["ticket_closed", *["ticket_opened"] * 3, *["ticket_updated"] * 3]
    fresh = await stands(dev_company, Source.ZENDESK)
    assert (fresh.records, fresh.error) == (4, "")
    assert fresh.covered_until is not None
    async with dev_company.store.read() as tx:
        facts = await tx.facts.read("C-1", ["escalations"], as_of=utc_now(), since=NOW)
    assert facts == {"escalations": 0}, "the source has told all that it knew: none is none, not unknown"


def at_intercom(number: int, state: str = "submitted") -> dict[str, Any]:
    """As Intercom's search finds it."""
    return {
        "id": str(number), "ticket_state": {"category": state}, "created_at": UNIX, "updated_at": UNIX,
        "ticket_attributes": {"_default_title_": "Help", "_default_description_": "Broken"},
        "contacts": {"contacts": [{"id": "c-9", "external_id": "C-1"}]},
    }  # fmt: skip


async def test_tickets_of_intercom_are_read_page_by_page_and_again_from_before_the_end(dev_company: Company) -> None:
    await know(dev_company, "C-1")
    pages = (
        Reply(
            body={"tickets": [at_intercom(1), at_intercom(2, "resolved")], "pages": {"next": {"starting_after": "p2"}}}
        ),
        Reply(body={"tickets": [at_intercom(3)], "pages": {}}),
        Reply(body={"tickets": [at_intercom(3)], "pages": {}}),
    )
    async with double(*pages) as desk, httpx.AsyncClient() as http:
        intercom = Intercom(http, token="token-1", admin="1", base=desk.base)
        async with reading(dev_company, Connected(tickets=(System.INTERCOM, intercom))):
            first = await pull(dev_company, Source.INTERCOM)
            again = await pull(dev_company, Source.INTERCOM)
        asked = [one.json for one in desk.asked]
    assert [one["pagination"].get("starting_after") for one in asked] == [None, "p2", None]
    assert asked[2]["query"]["value"] > asked[0]["query"]["value"], "an hour before the last reading began"
    assert (first.records, first.new, again) == (3, 7, PulledPage(records=1, new=0))
    told = await inbox(dev_company)
    assert {customer for _, customer in told} == {"C-1"}
    assert sorted(kind for kind, _ in told) == ["ticket_closed", *["ticket_opened"] * 3, *["ticket_updated"] * 3]
    async with dev_company.store.read() as tx:
        facts = await tx.facts.read("C-1", ["escalations"], as_of=utc_now(), since=NOW)
    assert facts == {"escalations": None}, "conversations are not read: none of these is not none at all"


async def test_answers_that_a_webhook_lost_are_read_and_told_once(dev_company: Company) -> None:
    await know(dev_company, "C-1")
    whose = customer_token(samples.EVENTS_SECRET, "C-1")
    lost = samples.typeform(3, submitted_at=ISO, token="tok-lost", hidden={"steadfast": whose})["form_response"]
    told = samples.typeform(9, submitted_at=ISO, token="tok-told", hidden={"steadfast": whose})
    dev_company.settings = dev_company.settings.model_copy(update={"events_secret": samples.EVENTS_SECRET})
    house = pulling.house(_settings(dev_company), REAL)
    async with dev_company.store.begin() as tx:
        assert len((await take_in(tx, "typeform", [typeform.record(told)], house, now=utc_now())).rows) == 1
    both = Reply(body={"items": [told["form_response"], lost]})
    async with double(both) as form, httpx.AsyncClient() as http:
        reader = Typeform(http, token="token-1", form="F1", base=form.base)
        async with reading(dev_company, Connected(answers=(System.TYPEFORM, reader))):
            assert await pull(dev_company, Source.TYPEFORM) == PulledPage(records=2, new=1)
            assert await pull(dev_company, Source.TYPEFORM) == PulledPage(records=2, new=0)
    assert await inbox(dev_company) == [("survey_answered", "C-1")] * 2


async def test_a_worker_that_is_killed_loses_nothing(dev_company: Company) -> None:
    """Killed after a page was stored, and killed before it was: the next one begins at the last stored cursor."""
    await know(dev_company, "C-1")
    pages = (export([ticket(1)], "c1"), export([ticket(2)], "c2"), export([ticket(2)], "c2"), export([], "c2"))
    async with double(*pages) as desk, httpx.AsyncClient() as http:
        zendesk = Zendesk(http, subdomain="x", email="e@x.example", token="token-1", base=desk.base)
        connected = Connected(tickets=(System.ZENDESK, zendesk))
        readers = pulling.readers(connected, ())
        asked = PullInput(source=Source.ZENDESK)
        sink = VendorSink(dev_company.store, pulling.house(dev_company.settings, REAL))
        stored = PullActivities(dev_company.store, sink, readers)
        assert await ActivityEnvironment().run(stored.pull_page, asked) == PulledPage(records=1, new=2, more=True)

        class Killed(VendorSink):
            async def take(self, *_args: Any, **_kept: Any) -> int:
                raise asyncio.CancelledError

        cut = PullActivities(dev_company.store, Killed(dev_company.store, sink._house), readers)
        with pytest.raises(asyncio.CancelledError):
            await cut.pull_page(asked)
        assert await inbox(dev_company) == [("ticket_opened", "C-1"), ("ticket_updated", "C-1")]
        async with reading(dev_company, connected):
            assert await pull(dev_company, Source.ZENDESK) == PulledPage(records=1, new=2)
        assert [one.query.get("cursor") for one in desk.asked] == [None, "c1", "c1", "c2"]


async def test_stripes_events_fill_what_webhooks_lost_and_repeat_nothing(dev_company: Company) -> None:
    await know(dev_company, "C-1")
    whose = {"metadata": {"steadfast_customer_id": "C-1"}, "parent": None}
    events = [
        samples.stripe("invoice.payment_failed", {**samples.INVOICE, **whose}, id="evt_2", at=UNIX),
        samples.stripe("invoice.finalized", {**samples.INVOICE, **whose}, id="evt_1", at=UNIX - 60),
    ]
    pages = (
        Reply(body={"data": events[:1], "has_more": True}),
        Reply(body={"data": events[1:], "has_more": False}),
        Reply(body={"data": events, "has_more": False}),
    )
    async with double(*pages) as vendor, httpx.AsyncClient() as http:
        stripe = Stripe(http, key="rk_test_1", base=vendor.base)
        async with reading(dev_company, Connected(billing=(System.STRIPE, stripe))):
            assert await pull(dev_company, Source.STRIPE_EVENTS) == PulledPage(records=2, new=2)
            assert await pull(dev_company, Source.STRIPE_EVENTS) == PulledPage(records=2, new=0)
        first, second, third = vendor.asked
    assert (first.path, first.query["limit"]) == ("/v1/events", "100")
    assert second.query["starting_after"] == "evt_2"
    overlap = int(third.query["created[gte]"]) - int(first.query["created[gte]"])
    assert 29 * 86_400 < overlap < 30 * 86_400, "from the beginning of the last reading, an hour before"


async def test_stripes_books_are_compared_with_ours(dev_company: Company) -> None:
    await know(dev_company, "C-1", mrr="49.00")
    async with dev_company.store.begin() as tx:
        await tx.identities.put(Ref(system="stripe", id="customer:cus_1"), "C-1", How.MAPPED, NOW, "marta")
    dear = {**samples.SUBSCRIPTION, "start_date": UNIX, "metadata": {}}
    stranger = {**dear, "id": "sub_9", "customer": "cus_9"}
    none = Reply(body={"data": [], "has_more": False})
    right = samples.sub(start_date=UNIX, metadata={})
    right["items"]["data"][0]["quantity"] = 1
    pages = (
        Reply(body={"data": [dear], "has_more": True}),
        Reply(body={"data": [stranger], "has_more": False}),
        none,
        Reply(body={"data": [right], "has_more": False}),
        none,
    )
    async with double(*pages) as vendor, httpx.AsyncClient() as http:
        stripe = Stripe(http, key="rk_test_1", base=vendor.base)
        async with reading(dev_company, Connected(billing=(System.STRIPE, stripe))):
            assert (await pull(dev_company, Source.STRIPE_BOOKS)).new == 2
            found = await _disagreements(dev_company)
            assert [(one.kind, one.object, one.customer, one.ours, one.theirs) for one in found] == [
                ("unknown_account", "customer:cus_9", None, "no customer", "147.00 EUR"),
                ("mrr", "customer:cus_1", "C-1", "49.00", "147.00 EUR"),
            ]
            assert (await pull(dev_company, Source.STRIPE_BOOKS)).new == 0
    assert await _disagreements(dev_company) == []
    assert all(one.resolved_at is not None for one in await _disagreements(dev_company, every=True))


async def _disagreements(company: Company, *, every: bool = False) -> list[Discrepancy]:
    async with company.store.read() as tx:
        return sorted(await tx.pulls.discrepancies(open_only=not every), key=lambda one: one.kind, reverse=True)


async def test_usage_is_read_event_by_event_and_counted_again_where_it_came_late(dev_company: Company) -> None:
    await know(dev_company, "C-1")
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()

    def counts(count: int, account: str = "C-1") -> Reply:
        return Reply(body={"data": {"series": [day], "values": {account: {day: count}}}})

    async with double(counts(5), counts(2), counts(6), counts(2)) as vendor, httpx.AsyncClient() as http:
        mixpanel = Mixpanel(http, user="u", secret="secret-1", project=7, query=vendor.base, ingest=vendor.base)
        async with reading(dev_company, Connected(usage=(System.MIXPANEL, mixpanel))):
            assert await pull(dev_company, Source.MIXPANEL) == PulledPage(records=2, new=2)
            assert await pull(dev_company, Source.MIXPANEL) == PulledPage(records=2, new=1), "one count has changed"
        assert [one.query["event"] for one in vendor.asked] == ["Login", "Bot Created"] * 2
    assert await inbox(dev_company) == [("usage_reported", "C-1")] * 3


async def test_a_reading_of_usage_goes_on_with_the_event_it_had_come_to() -> None:
    cursor = json.dumps({"event": "b", "first": "2026-05-01", "last": "2026-05-03", "done": None})
    asked: list[tuple[str, str, str]] = []

    class Reader:
        async def usage(self, event: str, first: Any, last: Any) -> tuple[()]:
            asked.append((event, str(first), str(last)))
            return ()

    page = await UsagePull(Reader(), ("a", "b")).page(cursor, now=NOW)
    assert (asked, page.more) == ([("b", "2026-05-01", "2026-05-03")], False)
    assert json.loads(page.cursor or "") == {"done": "2026-05-03"}
    assert page.covered == datetime(2026, 5, 4, tzinfo=UTC)


async def test_a_vendor_that_refuses_us_is_told_as_the_sources_failure(dev_company: Company) -> None:
    async with double(Reply(status=401, body={"message": "bad key"})) as vendor, httpx.AsyncClient() as http:
        desk = Freshdesk(http, domain="x", key="key-12345", base=vendor.base)
        async with reading(dev_company, Connected(tickets=(System.FRESHDESK, desk))):
            with pytest.raises(Exception, match="Workflow execution failed"):
                await pull(dev_company, Source.FRESHDESK)
    fresh = await stands(dev_company, Source.FRESHDESK)
    assert fresh.failed_at is not None
    assert "STEADFAST_FRESHDESK_KEY" in fresh.error
    assert "key-12345" not in fresh.error


async def test_there_is_a_schedule_for_each_source_and_for_no_other(dev_company: Company) -> None:
    async with double(export([], "c1")) as desk, httpx.AsyncClient() as http:
        zendesk = Zendesk(http, subdomain="x", email="e@x.example", token="token-1", base=desk.base)
        connected = Connected(tickets=(System.ZENDESK, zendesk))
        settings = _settings(dev_company)
        for _ in range(2):
            async with pulling.reading(dev_company.client, dev_company.store, connected, settings, REAL) as wanted:
                assert wanted == {Source.ZENDESK}
                handle = dev_company.client.get_schedule_handle(schedule_id(Source.ZENDESK))
                assert (await handle.describe()).schedule.spec.intervals[0].every == timedelta(minutes=15)
                await handle.pause(note="too much")
        assert (await handle.describe()).schedule.state.paused, "what an operator paused stays paused"
        async with pulling.reading(dev_company.client, dev_company.store, Connected(), settings, REAL) as wanted:
            assert wanted == frozenset()
        with pytest.raises(Exception, match="not found"):
            await handle.describe()
