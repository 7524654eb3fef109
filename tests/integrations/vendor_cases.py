"""One call of every adapter: how it is made, what the vendor must be asked, and what it answers."""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from integrations.calendly import Calendly
from integrations.churnzero import ChurnZero
from integrations.customerio import CustomerIo
from integrations.freshdesk import Freshdesk
from integrations.fullstory import FullStory
from integrations.gainsight import Gainsight
from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.mixpanel import Mixpanel
from integrations.notion import Notion
from integrations.planhat import Planhat
from integrations.slack import Slack
from integrations.stripe import Stripe
from integrations.totango import Totango
from integrations.typeform import Typeform
from integrations.vitally import Vitally
from integrations.zendesk import Zendesk
from models.enums import LifecycleStage, Plan, Priority
from models.message import OutgoingMail
from models.outside import Account, AddNote, AddTask, Button, PostChat, ReportPlay, SaveDeal, SavePage, ShowInApp
from tests.integrations.vendor_double import Reply

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
KEY = "sequence:C-1:low_usage:1|0|task"
SECRET = "the-secret-of-the-vendor"
ACCOUNT = Account(
    customer="C-1",
    name="Núñez & Cía",
    email="ana@nunez.example",
    first_name="Ana",
    plan=Plan.GROWTH,
    mrr=Decimal("490.00"),
    currency="EUR",
    stage=LifecycleStage.AT_RISK,
    health_score=38.5,
    health_grade="F",
    renewal_date=date(2026, 9, 1),
    plays=("engagement.low_usage_alert",),
)
MAPPED = ACCOUNT.model_copy(update={"external_id": "X-9"})
TASK = AddTask(
    type="call", title="Call Ana", text="Usage <fell>", due=NOON, priority=Priority.HIGH, owner_email="eva@us.example"
)
NOTE = AddNote(title="Low usage", text="Down 52 %", at=NOON)
DEAL = SaveDeal(
    number="renewal:C-1:2026-09-01",
    purpose="renewal",
    name="Renewal",
    amount=Decimal("5880"),
    currency="EUR",
    close_date=date(2026, 9, 1),
)
PLAY = ReportPlay(run="sequence:C-1:x:1", playbook="engagement.low_usage_alert", status="started", at=NOON)
SHOW = ShowInApp(title="Welcome <back>", text="Resume the import")
CHAT = PostChat(
    title="C-1 <!channel> asks",
    text="Refund?",
    buttons=(Button(label="Approve", action="approve", value="a-1", style="primary"),),
)
PAGE = SavePage(number="qbr:C-1:2026Q2", title="QBR", paragraphs=("One", "x" * 2500))
MAIL = OutgoingMail(
    key=KEY,
    message_id="<m@us.example>",
    to="ana@nunez.example",
    to_name="Ana",
    from_email="eva@us.example",
    from_name='Eva "CS"',
    subject="Hola",
    text="Hola",
    html="<p>Hola</p>",
    list_unsubscribe="https://us.example/unsubscribe/t",
)


@dataclass(frozen=True)
class Want:
    """One request that must come: method, path, and what its headers, query and body must hold."""

    method: str
    path: str
    reply: Reply
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)
    """Dotted path into the JSON body (or field of the form) to its value."""


@dataclass(frozen=True)
class Case:
    """A call, and the conversation it must be. ``decisive``: its request that matters; is it ``repeatable``?"""

    name: str
    make: Callable[[httpx.AsyncClient, str], Any]
    act: Callable[[Any], Awaitable[Any]]
    wants: tuple[Want, ...]
    auth: tuple[str, str]
    repeatable: bool = True
    decisive: int = -1
    read: bool = True
    """Whether anything of the decisive answer is decoded."""


def ok(body: Any = None, status: int = 200) -> Reply:
    return Reply(status, body)


async def _nothing() -> None:
    return None


async def _mail(vendor: Any) -> Any:
    return await vendor.send(MAIL, date=NOON, before_data=_nothing)


HUB = "/crm/objects/2026-09"
_UPSERT = Want(
    "POST",
    f"{HUB}/companies/batch/upsert",
    ok({"results": [{"id": "71", "properties": {}}], "status": "COMPLETE"}),
    holds={
        "inputs.0.id": "C-1",
        "inputs.0.idProperty": "steadfast_customer_id",
        "inputs.0.properties.steadfast_stage": "at_risk",
        "inputs.0.properties.steadfast_health_score": "38.5",
        "inputs.0.properties.name": "Núñez & Cía",
    },
)
_ASSOCIATE = ok({"completedAt": "2026-05-12T12:00:00Z"})


def _hubspot(client: httpx.AsyncClient, base: str) -> HubSpot:
    return HubSpot(client, token=SECRET, base=base)


def _intercom(client: httpx.AsyncClient, base: str) -> Intercom:
    return Intercom(client, token=SECRET, admin="814", base=base)


_FOUND = Want(
    "POST",
    "/contacts/search",
    ok({"type": "list", "data": [{"id": "c9"}]}),
    holds={"query.field": "external_id", "query.value": "C-1"},
)


def _slack(client: httpx.AsyncClient, base: str) -> Slack:
    return Slack(client, token=SECRET, channel="C0CS", base=base)


def _gainsight(client: httpx.AsyncClient, base: str) -> Gainsight:
    return Gainsight(client, key=SECRET, tenant="us", author="eva@us.example", base=base)


def _vitally(client: httpx.AsyncClient, base: str) -> Vitally:
    return Vitally(client, key=SECRET, base=base)


def _customerio(client: httpx.AsyncClient, base: str) -> CustomerIo:
    return CustomerIo(client, app_key=SECRET, site_id="site", track_key=SECRET, message="7", app=base, track=base)


def _stripe(client: httpx.AsyncClient, base: str) -> Stripe:
    return Stripe(client, key=SECRET, base=base)


_BEARER = ("authorization", f"Bearer {SECRET}")


def _basic(user: str, password: str) -> tuple[str, str]:
    return ("authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


CASES: tuple[Case, ...] = (
    Case(
        "hubspot account",
        _hubspot,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            _UPSERT,
            Want(
                "POST",
                f"{HUB}/contacts/batch/upsert",
                ok({"results": [{"id": "81"}]}),
                holds={"inputs.0.id": "ana@nunez.example", "inputs.0.idProperty": "email"},
            ),
            Want("PUT", f"{HUB}/contacts/81/associations/default/companies/71", _ASSOCIATE),
        ),
        _BEARER,
        read=False,
    ),
    Case(
        "hubspot mapped account",
        _hubspot,
        lambda v: v.save_account(MAPPED.model_copy(update={"email": None}), KEY),
        (Want("PATCH", f"{HUB}/companies/X-9", ok({"id": "X-9"}), holds={"properties.steadfast_health_grade": "F"}),),
        _BEARER,
    ),
    Case(
        "hubspot task",
        _hubspot,
        lambda v: v.add_task(ACCOUNT, TASK, KEY),
        (
            Want("POST", f"{HUB}/tasks/search", ok({"total": 0, "results": []}), holds={"limit": 1, "after": "0"}),
            Want(
                "POST",
                f"{HUB}/tasks",
                ok({"id": "91"}, 201),
                holds={
                    "properties.hs_task_subject": "Call Ana",
                    "properties.hs_task_priority": "HIGH",
                    "properties.hs_timestamp": "2026-05-12T12:00:00Z",
                    "associations": [],
                },
            ),
            _UPSERT,
            Want("PUT", f"{HUB}/tasks/91/associations/default/companies/71", _ASSOCIATE),
        ),
        _BEARER,
        repeatable=False,
        decisive=1,
    ),
    Case(
        "hubspot deal",
        _hubspot,
        lambda v: v.save_deal(ACCOUNT, DEAL, KEY),
        (
            _UPSERT,
            Want(
                "POST",
                f"{HUB}/deals/batch/upsert",
                ok({"results": [{"id": "61"}]}),
                holds={"inputs.0.properties.amount": "5880", "inputs.0.properties.pipeline": "default"},
            ),
            Want("PUT", f"{HUB}/deals/61/associations/default/companies/71", _ASSOCIATE),
        ),
        _BEARER,
        read=False,
    ),
    Case(
        "stripe portal",
        _stripe,
        lambda v: v.portal_link("cus_1", "https://app.example.com", KEY),
        (
            Want(
                "POST",
                "/v1/billing_portal/sessions",
                ok({"url": "https://billing.example/s"}),
                headers={
                    "stripe-version": "2026-08-26.dahlia",
                    "content-type": "application/x-www-form-urlencoded",
                    "idempotency-key": "*",
                },
                holds={"customer": "cus_1", "return_url": "https://app.example.com"},
            ),
        ),
        _BEARER,
    ),
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
        _BEARER,
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
        _BEARER,
        repeatable=False,
    ),
    Case(
        "intercom message",
        _intercom,
        lambda v: v.show(ACCOUNT, SHOW, KEY),
        (
            _FOUND,
            Want(
                "POST",
                "/messages",
                ok({"id": "m1"}),
                headers={"intercom-version": "2.16"},
                holds={
                    "message_type": "in_app",
                    "from.id": "814",
                    "from.type": "admin",
                    "to.id": "c9",
                    "to.type": "user",
                    "body": "<p><b>Welcome &lt;back&gt;</b></p><p>Resume the import</p>",
                },
            ),
        ),
        _BEARER,
        repeatable=False,
    ),
    Case(
        "intercom account",
        _intercom,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/companies",
                ok({"id": "co1"}),
                holds={"company_id": "C-1", "plan": "growth", "custom_attributes.steadfast_health_score": "38.5"},
            ),
            _FOUND,
            Want("POST", "/contacts/c9/companies", ok({"id": "co1"}), holds={"id": "co1"}),
        ),
        _BEARER,
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
        _BEARER,
        repeatable=False,
    ),
    Case(
        "customerio person",
        _customerio,
        lambda v: v.save_account(ACCOUNT, KEY),
        (Want("PUT", "/api/v1/customers/C-1", ok({}), holds={"plan": "growth", "steadfast_health_score": 38.5}),),
        _basic("site", SECRET),
        read=False,
    ),
    Case(
        "zendesk tickets",
        lambda c, base: Zendesk(c, subdomain="us", email="eva@us.example", token=SECRET, base=base),
        lambda v: v.tickets(NOON),
        (
            Want(
                "GET",
                "/incremental/tickets/cursor",
                ok({"tickets": [], "users": [], "organizations": [], "after_cursor": "abc", "end_of_stream": True}),
                query={"start_time": str(int(NOON.timestamp())), "per_page": "100", "include": "users,organizations"},
            ),
        ),
        _basic("eva@us.example/token", SECRET),
    ),
    Case(
        "zendesk organisation",
        lambda c, base: Zendesk(c, subdomain="us", email="eva@us.example", token=SECRET, base=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/organizations/create_or_update",
                ok({"organization": {"id": 5}}),
                holds={
                    "organization.external_id": "C-1",
                    "organization.organization_fields.steadfast_stage": "at_risk",
                },
            ),
        ),
        _basic("eva@us.example/token", SECRET),
    ),
    Case(
        "zendesk ticket",
        lambda c, base: Zendesk(c, subdomain="us", email="eva@us.example", token=SECRET, base=base),
        lambda v: v.create_ticket(ACCOUNT, "Subject", "Text", KEY),
        (
            Want(
                "POST",
                "/tickets",
                ok({"ticket": {"id": 6}}, 201),
                headers={"idempotency-key": "*"},
                holds={"ticket.subject": "Subject", "ticket.comment.public": False},
            ),
        ),
        _basic("eva@us.example/token", SECRET),
    ),
    Case(
        "freshdesk tickets",
        lambda c, base: Freshdesk(c, domain="us", key=SECRET, base=base),
        lambda v: v.tickets(NOON),
        (
            Want(
                "GET",
                "/tickets",
                ok([]),
                query={"updated_since": "2026-05-12T12:00:00Z", "per_page": "100", "page": "1"},
            ),
        ),
        _basic(SECRET, "X"),
    ),
    Case(
        "freshdesk company",
        lambda c, base: Freshdesk(c, domain="us", key=SECRET, base=base),
        lambda v: v.save_account(MAPPED, KEY),
        (
            Want(
                "PUT",
                "/companies/X-9",
                ok({"id": 9}),
                holds={"health_score": "At risk", "custom_fields.steadfast_stage": "at_risk"},
            ),
        ),
        _basic(SECRET, "X"),
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
        _BEARER,
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
        _basic("sa", SECRET),
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
        lambda v: v.answers(NOON),
        (
            Want(
                "GET",
                "/forms/F1/responses",
                ok({"items": []}),
                query={"since": "2026-05-12T12:00:00Z", "response_type": "completed", "page_size": "200"},
            ),
        ),
        _BEARER,
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
        _BEARER,
        repeatable=False,
    ),
    Case(
        "vitally account",
        _vitally,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/accounts",
                ok({"id": "v1"}),
                holds={"externalId": "C-1", "name": "Núñez & Cía", "traits.steadfast_health_score": 38.5},
            ),
        ),
        _basic(SECRET, ""),
    ),
    Case(
        "vitally task",
        _vitally,
        lambda v: v.add_task(MAPPED, TASK, KEY),
        (Want("POST", "/tasks", ok({"id": "t1"}), holds={"accountId": "X-9", "dueDate": "2026-05-12"}),),
        _basic(SECRET, ""),
    ),
    Case(
        "gainsight company",
        _gainsight,
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "POST",
                "/v1/data/objects/query/Company",
                ok({"result": True, "data": {"records": [{"Gsid": "g1"}]}}),
                holds={"where.conditions.0.value": ["C-1"]},
            ),
            Want(
                "PUT",
                "/v1/data/objects/Company",
                ok({"result": True, "data": {"records": [{"Gsid": "g1"}]}}),
                query={"keys": "Gsid"},
                holds={"records.0.Steadfast_Stage__gc": "at_risk", "records.0.Gsid": "g1"},
            ),
        ),
        ("accesskey", SECRET),
    ),
    Case(
        "gainsight call to action",
        _gainsight,
        lambda v: v.add_task(MAPPED, TASK, KEY),
        (
            Want(
                "POST",
                "/v2/cockpit/cta",
                ok({"result": True}),
                holds={"requests.0.record.CompanyId": "X-9", "requests.0.record.OwnerEmail": "eva@us.example"},
            ),
        ),
        ("accesskey", SECRET),
    ),
    Case(
        "churnzero attributes",
        lambda c, base: ChurnZero(c, app_key=SECRET, push=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "GET",
                "/i",
                ok(b"GIF"),
                query={
                    "appKey": SECRET,
                    "action": "setAttribute",
                    "entity": "account",
                    "accountExternalId": "C-1",
                    "attr_Steadfast Stage": "at_risk",
                },
            ),
        ),
        ("accept", "application/json"),
        read=False,
    ),
    Case(
        "churnzero event",
        lambda c, base: ChurnZero(c, app_key=SECRET, push=base),
        lambda v: v.report_play(ACCOUNT, PLAY, KEY),
        (Want("GET", "/i", ok(b"GIF"), query={"action": "trackEvent", "eventName": "Steadfast play"}),),
        ("accept", "application/json"),
        read=False,
        repeatable=False,
    ),
    Case(
        "totango task",
        lambda c, base: Totango(c, token=SECRET, service="SP-1", base=base, collector=base),
        lambda v: v.add_task(ACCOUNT, TASK, KEY),
        (
            Want(
                "POST",
                "/api/v3/tasks",
                ok({"id": 3}),
                holds={"account_id": "C-1", "title": "Call Ana", "priority": 1, "due_date": "2026-05-12"},
            ),
        ),
        ("app-token", SECRET),
        repeatable=False,
    ),
    Case(
        "planhat company",
        lambda c, base: Planhat(c, token=SECRET, base=base),
        lambda v: v.save_account(ACCOUNT, KEY),
        (
            Want(
                "PUT",
                "/companies",
                ok({"updated": 1, "updatesKeys": [{"_id": "ph1"}], "createdErrors": [], "updatedErrors": []}),
                holds={"0.externalId": "C-1", "0.phase": "at_risk", "0.custom.Steadfast health score": 38.5},
            ),
        ),
        _BEARER,
    ),
)
