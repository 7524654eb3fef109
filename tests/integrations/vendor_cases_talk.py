"""Cases of slack, customerio, calendly, mixpanel, fullstory, typeform, notion."""

from datetime import date
from typing import Any

import httpx

from integrations.calendly import Calendly
from integrations.customerio import CustomerIo
from integrations.fullstory import FullStory
from integrations.mixpanel import Mixpanel
from integrations.notion import Notion
from integrations.slack import Slack
from integrations.typeform import Typeform
from tests.integrations.vendor_kit import ACCOUNT, BEARER, CHAT, KEY, MAIL, NOON, PAGE, SECRET, Case, Want, basic, ok


async def _nothing() -> None:
    return None


async def _mail(vendor: Any) -> Any:
    return await vendor.send(MAIL, date=NOON, before_data=_nothing)


def _slack(client: httpx.AsyncClient, base: str) -> Slack:
    return Slack(client, token=SECRET, channel="C0CS", base=base)


def _customerio(client: httpx.AsyncClient, base: str) -> CustomerIo:
    return CustomerIo(client, app_key=SECRET, site_id="site", track_key=SECRET, message="7", app=base, track=base)


CASES: tuple[Case, ...] = (
    Case(
        "slack channel",
        _slack,
        lambda v: v.post(CHAT, KEY),
        (
            Want(
                "POST",
                "/chat.postMessage",
                ok({"ok": True, "channel": "C0CS", "ts": "1.2"}),
                holds={
                    "channel": "C0CS",
                    "text": "C-1 &lt;!channel&gt; asks\nRefund?",
                    "blocks.1.elements.0.action_id": "approve",
                    "blocks.1.elements.0.value": "a-1",
                    "blocks.1.elements.0.style": "primary",
                },
            ),
        ),
        BEARER,
        repeatable=False,
    ),
    Case(
        "slack person",
        _slack,
        lambda v: v.post(CHAT.model_copy(update={"to_email": "eva@us.example"}), KEY),
        (
            Want(
                "POST",
                "/users.lookupByEmail",
                ok({"ok": True, "user": {"id": "U1"}}),
                holds={"email": "eva@us.example"},
            ),
            Want("POST", "/conversations.open", ok({"ok": True, "channel": {"id": "D1"}}), holds={"users": "U1"}),
            Want("POST", "/chat.postMessage", ok({"ok": True, "channel": "D1", "ts": "1.3"}), holds={"channel": "D1"}),
        ),
        BEARER,
        repeatable=False,
    ),
    Case(
        "customerio mail",
        _customerio,
        _mail,
        (
            Want(
                "POST",
                "/v1/send/email",
                ok({"delivery_id": "d1", "queued_at": 1}),
                holds={
                    "to": "ana@nunez.example",
                    "from": '"Eva \\"CS\\"" <eva@us.example>',
                    "identifiers.email": "ana@nunez.example",
                    "transactional_message_id": "7",
                    "body_plain": "Hola",
                    "headers.List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
            ),
        ),
        BEARER,
        repeatable=False,
    ),
    Case(
        "customerio person",
        _customerio,
        lambda v: v.save_account(ACCOUNT, KEY),
        (Want("PUT", "/api/v1/customers/C-1", ok({}), holds={"plan": "growth", "steadfast_health_score": 38.5}),),
        basic("site", SECRET),
        read=False,
    ),
    Case(
        "calendly link",
        lambda c, base: Calendly(c, token=SECRET, event_type="https://api.calendly.com/event_types/E", base=base),
        lambda v: v.link("C-1", "help_call", KEY),
        (
            Want(
                "POST",
                "/scheduling_links",
                ok({"resource": {"booking_url": "https://calendly.example/d/x"}}, 201),
                holds={
                    "max_event_count": 1,
                    "owner": "https://api.calendly.com/event_types/E",
                    "owner_type": "EventType",
                },
            ),
        ),
        BEARER,
    ),
    Case(
        "mixpanel usage",
        lambda c, base: Mixpanel(
            c, user="sa", secret=SECRET, project=77, token="mixpanel-token", query=base, ingest=base
        ),
        lambda v: v.usage("Chat handled", date(2026, 5, 10), date(2026, 5, 11)),
        (
            Want(
                "GET",
                "/segmentation",
                ok({"data": {"series": [], "values": {"C-1": {"2026-05-10": 3, "2026-05-11": 0}}}, "legend_size": 1}),
                query={
                    "project_id": "77",
                    "event": "Chat handled",
                    "from_date": "2026-05-10",
                    "to_date": "2026-05-11",
                    "on": 'properties["customer_id"]',
                    "unit": "day",
                    "type": "general",
                },
            ),
        ),
        basic("sa", SECRET),
    ),
    Case(
        "fullstory user",
        lambda c, base: FullStory(c, key=SECRET, base=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/v2/users",
                ok({"id": "f1"}),
                headers={"idempotency-key": "*"},
                holds={"uid": "C-1", "properties.steadfast_stage": "at_risk"},
            ),
        ),
        ("authorization", f"Basic {SECRET}"),
    ),
    Case(
        "typeform answers",
        lambda c, base: Typeform(c, token=SECRET, form="F1", base=base),
        lambda v: v.events(created_from=NOON),
        (
            Want(
                "GET",
                "/forms/F1/responses",
                ok({"items": []}),
                query={"since": "2026-05-12T12:00:00Z", "response_type": "completed", "page_size": "200"},
            ),
        ),
        BEARER,
    ),
    Case(
        "notion page",
        lambda c, base: Notion(c, token=SECRET, data_source="ds1", base=base),
        lambda v: v.save_page(ACCOUNT, PAGE, KEY),
        (
            Want(
                "POST",
                "/data_sources/ds1/query",
                ok({"results": []}),
                holds={"filter.rich_text.equals": "qbr:C-1:2026Q2"},
            ),
            Want(
                "POST",
                "/pages",
                ok({"id": "p1"}),
                headers={"notion-version": "2026-03-11"},
                holds={"parent.data_source_id": "ds1", "children.1.type": "paragraph"},
            ),
        ),
        BEARER,
        repeatable=False,
    ),
)
