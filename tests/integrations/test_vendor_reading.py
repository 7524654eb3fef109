"""What is read of desks, surveys and analytics: pages, cursors, and foreign answers as values of ours."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest

from integrations.calendly import Calendly
from integrations.freshdesk import Freshdesk
from integrations.fullstory import FullStory
from integrations.gainsight import Gainsight
from integrations.intercom import Intercom
from integrations.mixpanel import Mixpanel
from integrations.planhat import Planhat
from integrations.slack import Slack
from integrations.totango import Totango
from integrations.typeform import Typeform
from integrations.zendesk import Zendesk
from models.errors import Misconfigured, Rejected, Retryable
from models.outside import Account, AddTask
from tests.integrations.vendor_double import Reply, double
from tests.integrations.vendor_kit import ACCOUNT, CHAT, KEY, NOON, SECRET, TASK

HOUR = "2026-05-12T11:00:00Z"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as made:
        yield made


async def test_zendesk_tickets_know_their_people_and_go_on_by_cursor(client: httpx.AsyncClient) -> None:
    ticket = {
        "id": 35,
        "requester_id": 7,
        "organization_id": 8,
        "subject": "Broken",
        "description": "x" * 9000,
        "status": "solved",
        "priority": "urgent",
        "tags": ["a"],
        "satisfaction_rating": {"score": "bad"},
        "created_at": HOUR,
        "updated_at": HOUR,
    }
    body = {
        "tickets": [ticket, {**ticket, "id": 36, "status": "deleted"}, {**ticket, "id": 37, "status": "open"}],
        "users": [{"id": 7, "email": "ana@nunez.example", "external_id": None}],
        "organizations": [{"id": 8, "external_id": "C-1"}],
        "after_cursor": "c2",
    }
    async with double(Reply(200, body)) as vendor:
        zendesk = Zendesk(client, subdomain="us", email="e@us.example", token=SECRET, base=vendor.base)
        page = await zendesk.tickets(NOON)
        await zendesk.tickets(NOON, page.next)
    assert vendor.asked[1].query == {"per_page": "100", "include": "users,organizations", "cursor": "c2"}
    closed, opened = page.items
    assert (closed.status, closed.csat, closed.external_id, closed.requester_email) == (
        "closed",
        1,
        "C-1",
        "ana@nunez.example",
    )
    assert (opened.ticket_id, opened.status, opened.closed_at) == ("37", "open", None)
    assert len(closed.text) == 8000


async def test_freshdesk_pages_by_number_and_starts_again_before_its_last_page(client: httpx.AsyncClient) -> None:
    one = {"id": 1, "status": 5, "priority": 4, "created_at": HOUR, "updated_at": HOUR, "stats": {"closed_at": HOUR}}
    async with double(Reply(200, [one] * 100)) as vendor:
        freshdesk = Freshdesk(client, domain="us", key=SECRET, base=vendor.base)
        page = await freshdesk.tickets(NOON)
        assert page.next == "2026-05-12T12:00:00Z|2"
        assert (await freshdesk.tickets(NOON, "2026-05-12T12:00:00Z|300")).next == f"{HOUR}|1"
        vendor.replies = [Reply(200, [one])]
        assert (await freshdesk.tickets(NOON, page.next)).next is None
    assert vendor.asked[2].query["page"] == "2"
    assert (page.items[0].status, page.items[0].priority) == ("closed", "urgent")
    assert page.items[0].closed_at == datetime(2026, 5, 12, 11, tzinfo=UTC)


async def test_intercom_tickets_go_on_by_cursor(client: httpx.AsyncClient) -> None:
    one = {
        "id": "t1",
        "ticket_attributes": {"_default_title_": "Broken"},
        "contacts": {"contacts": [{"external_id": "C-1"}]},
        "ticket_state": {"category": "resolved"},
        "created_at": 1778583600,
        "updated_at": 1778583600,
    }
    body = {"tickets": [one], "pages": {"next": {"starting_after": "s2"}}}
    async with double(Reply(200, body)) as vendor:
        intercom = Intercom(client, token=SECRET, admin="1", base=vendor.base)
        page = await intercom.tickets(NOON)
        await intercom.tickets(NOON, page.next)
    assert vendor.asked[1].json["pagination"] == {"per_page": 50, "starting_after": "s2"}
    assert (page.items[0].external_id, page.items[0].status) == ("C-1", "closed")


async def test_an_intercom_contact_that_is_there_without_our_id_gets_it(client: httpx.AsyncClient) -> None:
    none, there = Reply(200, {"data": []}), Reply(200, {"data": [{"id": "old"}]})
    ended = Reply(200, {"id": "co"})
    replies = (ended, none, Reply(409, {"errors": [{"message": "exists"}]}), there, Reply(200, {"id": "old"}), ended)
    async with double(*replies) as vendor:
        await Intercom(client, token=SECRET, admin="1", base=vendor.base).save_account(ACCOUNT, KEY)
    paths = [f"{asked.method} {asked.path}" for asked in vendor.asked]
    assert paths[4:] == ["PUT /contacts/old", "POST /contacts/old/companies"]
    assert vendor.asked[4].json == {"external_id": "C-1"}


async def test_typeform_answers_and_links(client: httpx.AsyncClient) -> None:
    item = {
        "token": "r1",
        "submitted_at": HOUR,
        "hidden": {"survey": "s1"},
        "answers": [
            {"type": "number", "number": 9, "field": {"type": "nps"}},
            {"type": "text", "text": "fine"},
            {"type": "email", "email": "ana@nunez.example"},
        ],
    }
    async with double(Reply(200, {"items": [item]}), Reply(200, {"items": [item] * 200})) as vendor:
        form = Typeform(client, token=SECRET, form="F1", base=vendor.base, whose=lambda who: f"signed-{who}")
        page = await form.events(created_from=NOON)
        assert page.items == ({"event_type": "form_response", "form_response": item},)
        assert page.next is None
        assert (await form.events("r9", created_from=NOON)).next == "r1", "a full page has one before it"
    assert vendor.asked[1].query["before"] == "r9"
    assert form.link("C-1", "s 1", "es") == "https://form.typeform.com/to/F1#steadfast=signed-C-1&survey=s+1"


async def test_mixpanel_leaves_out_strangers_and_refuses_half_an_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"C-1": {"2026-05-10": 3}, "undefined": {"2026-05-10": 5}}
    async with double(Reply(200, {"data": {"values": values}})) as vendor:
        mixpanel = Mixpanel(client, user="u", secret=SECRET, project=7, query=vendor.base)
        [day] = await mixpanel.usage("Chat", date(2026, 5, 10), date(2026, 5, 10))
        assert (day.customer, day.day, day.count) == ("C-1", date(2026, 5, 10), 3)
        monkeypatch.setattr("integrations.mixpanel._MOST_VALUES", 2)
        with pytest.raises(Rejected, match="not whole"):
            await mixpanel.usage("Chat", date(2026, 5, 10), date(2026, 5, 10))


async def test_a_single_use_link_brings_its_token_back(client: httpx.AsyncClient) -> None:
    replies = (
        Reply(200, {"resource": {"uri": "me"}}),
        Reply(200, {"collection": [{"uri": "E"}]}),
        Reply(201, {"resource": {"booking_url": "https://calendly.example/d/1"}}),
    )
    async with double(*replies) as vendor:
        link = await Calendly(client, token=SECRET, base=vendor.base).link("tok.en", "help_call", KEY)
    assert link == "https://calendly.example/d/1?utm_source=steadfast&utm_campaign=help_call&utm_content=tok.en"


async def test_recorded_visits(client: httpx.AsyncClient) -> None:
    body = {"sessions": [{"fsUrl": "https://app.fullstory.example/s", "createdTime": "1778583600"}]}
    async with double(Reply(200, body)) as vendor:
        [session] = await FullStory(client, key=SECRET, base=vendor.base).sessions(email="ana@nunez.example")
    assert session.at == datetime.fromtimestamp(1778583600, UTC)
    assert vendor.asked[0].query["email"] == "ana@nunez.example"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("invalid_auth", Misconfigured),
        ("missing_scope", Misconfigured),
        ("ratelimited", Retryable),
        ("channel_not_found", Rejected),
    ],
)
async def test_a_200_of_slack_may_be_a_refusal(
    client: httpx.AsyncClient, error: str, expected: type[Exception]
) -> None:
    async with double(Reply(200, {"ok": False, "error": error})) as vendor:
        with pytest.raises(expected, match=error):
            await Slack(client, token=SECRET, channel="C0", base=vendor.base).post(CHAT, KEY)


async def test_a_200_of_gainsight_and_planhat_may_be_a_refusal(client: httpx.AsyncClient) -> None:
    async with double(Reply(200, {"result": False, "errorCode": "GS_1", "errorDesc": "no field"})) as vendor:
        with pytest.raises(Rejected, match="GS_1"):
            await Gainsight(client, key=SECRET, tenant="t", author="a", base=vendor.base).save_account(ACCOUNT, KEY)
        vendor.replies = [Reply(200, {"createdErrors": [{"message": "no phase"}]})]
        with pytest.raises(Rejected, match="no phase"):
            await Planhat(client, token=SECRET, base=vendor.base).save_account(ACCOUNT, KEY)


async def test_accounts_of_platforms_go_on_where_a_page_was_full(client: httpx.AsyncClient) -> None:
    hits = {"response": {"accounts": {"hits": [{"name": "C-1", "display_name": "Sol"}] * 1000}}}
    async with double(Reply(200, hits)) as vendor:
        totango = Totango(client, token=SECRET, base=vendor.base)
        page = await totango.accounts()
        assert (page.next, page.items[0].customer) == ("1000", "C-1")
        vendor.replies = [Reply(200, [{"_id": "p1", "externalId": "C-1", "name": "Sol"}])]
        planhat = Planhat(client, token=SECRET, base=vendor.base)
        assert (await planhat.accounts("4000")).next is None
    assert vendor.asked[1].query["offset"] == "4000"


async def test_a_task_without_an_owner_goes_to_the_author(client: httpx.AsyncClient) -> None:
    nobody: AddTask = TASK.model_copy(update={"owner_email": None})
    async with double(Reply(200, {"result": True})) as vendor:
        gainsight = Gainsight(client, key=SECRET, tenant="t", author="eva@us.example", base=vendor.base)
        await gainsight.add_task(Account(customer="C-1", external_id="g1"), nobody, KEY)
    assert vendor.asked[0].json["requests"][0]["record"]["OwnerEmail"] == "eva@us.example"
