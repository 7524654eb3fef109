"""Cases of what else is read of a system: accounts, tickets, billing, people, visits, pages; and two more writes."""

from typing import Any

import httpx

from integrations.churnzero import ChurnZero
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
from integrations.vitally import Vitally
from tests.integrations.vendor_kit import BEARER, KEY, MAPPED, NOON, SECRET, Case, Want, alone, basic, ok

_SINCE = str(int(NOON.timestamp()))
_NONE: dict[str, Any] = {"data": [], "has_more": False}


def _stripe(client: httpx.AsyncClient, base: str) -> Stripe:
    return Stripe(client, key=SECRET, base=base)


STRIPE: tuple[Case, ...] = (
    alone(
        "stripe subscriptions",
        _stripe,
        lambda v: v.subscriptions("sub_9"),
        Want("GET", "/v1/subscriptions", ok(_NONE), query={"status": "all", "limit": "100", "starting_after": "sub_9"}),
        BEARER,
    ),
    alone(
        "stripe invoices",
        _stripe,
        lambda v: v.invoices(created_from=NOON),
        Want("GET", "/v1/invoices", ok(_NONE), query={"created[gte]": _SINCE}),
        BEARER,
    ),
    alone(
        "stripe events",
        _stripe,
        lambda v: v.events(created_from=NOON),
        Want("GET", "/v1/events", ok(_NONE), query={"created[gte]": _SINCE}),
        BEARER,
    ),
    alone(
        "stripe page of an invoice",
        _stripe,
        lambda v: v.invoice_link("in_1"),
        Want(
            "GET", "/v1/invoices/in_1", ok({"id": "in_1", "status": "open", "hosted_invoice_url": "https://x.example"})
        ),
        BEARER,
    ),
    alone(
        "stripe metadata",
        _stripe,
        lambda v: v.save_account(MAPPED, KEY),
        Want(
            "POST",
            "/v1/customers/X-9",
            ok({"id": "X-9"}),
            headers={"idempotency-key": "*", "stripe-version": "2026-08-26.dahlia"},
            holds={"metadata[steadfast_customer_id]": "C-1", "metadata[steadfast_stage]": "at_risk"},
        ),
        BEARER,
    ),
)

ACCOUNTS: tuple[Case, ...] = (
    alone(
        "hubspot accounts",
        lambda c, base: HubSpot(c, token=SECRET, base=base),
        lambda v: v.accounts("next"),
        Want("GET", "/crm/objects/2026-09/companies", ok({"results": []}), query={"limit": "100", "after": "next"}),
        BEARER,
    ),
    alone(
        "vitally accounts",
        lambda c, base: Vitally(c, key=SECRET, base=base),
        lambda v: v.accounts("next"),
        Want("GET", "/accounts", ok({"results": []}), query={"limit": "100", "from": "next"}),
        basic(SECRET, ""),
    ),
    alone(
        "gainsight accounts",
        lambda c, base: Gainsight(c, key=SECRET, tenant="us", author="eva@us.example", base=base),
        lambda v: v.accounts("1000"),
        Want(
            "POST",
            "/v1/data/objects/query/Company",
            ok({"result": True, "data": {"records": []}}),
            holds={"limit": 1000, "offset": 1000},
        ),
        ("accesskey", SECRET),
    ),
    alone(
        "churnzero accounts",
        lambda c, base: ChurnZero(c, app_key="app", push=base, rest=base, user="us", key=SECRET),
        lambda v: v.accounts("t2"),
        Want("GET", "/Account", ok({"value": []}), query={"$top": "100", "$skiptoken": "t2"}),
        basic("us", SECRET),
    ),
    alone(
        "totango accounts",
        lambda c, base: Totango(c, token=SECRET, service="SP-1", base=base, collector=base),
        lambda v: v.accounts(),
        Want("POST", "/api/v1/search/accounts", ok({"response": {"accounts": {"hits": []}}})),
        ("app-token", SECRET),
    ),
    alone(
        "planhat accounts",
        lambda c, base: Planhat(c, token=SECRET, base=base),
        lambda v: v.accounts("2000"),
        Want("GET", "/companies", ok([]), query={"limit": "2000", "offset": "2000"}),
        BEARER,
    ),
)

CASES: tuple[Case, ...] = (
    *STRIPE,
    *ACCOUNTS,
    alone(
        "intercom tickets",
        lambda c, base: Intercom(c, token=SECRET, admin="814", base=base),
        lambda v: v.tickets(NOON, "next"),
        Want(
            "POST",
            "/tickets/search",
            ok({"tickets": []}),
            holds={"query.field": "updated_at", "query.value": int(_SINCE), "pagination.starting_after": "next"},
        ),
        BEARER,
    ),
    alone(
        "mixpanel group",
        lambda c, base: Mixpanel(c, user="sa", secret="other", project=77, token=SECRET, query=base, ingest=base),
        lambda v: v.save_account(MAPPED, KEY),
        Want(
            "POST",
            "/groups",
            ok({"status": 1}),
            query={"verbose": "1"},
            holds={"0.$token": SECRET, "0.$group_id": "C-1", "0.$set.steadfast_health_score": 38.5},
        ),
        ("accept", "application/json"),
    ),
    alone(
        "slack person behind a press",
        lambda c, base: Slack(c, token=SECRET, channel="C0CS", base=base),
        lambda v: v.email_of("U1"),
        Want("POST", "/users.info", ok({"ok": True, "user": {"profile": {}}}), holds={"user": "U1"}),
        BEARER,
    ),
    alone(
        "fullstory visits",
        lambda c, base: FullStory(c, key=SECRET, base=base),
        lambda v: v.sessions(uid="C-1"),
        Want("GET", "/v2/sessions", ok({"results": []}), query={"uid": "C-1", "limit": "5"}),
        ("authorization", f"Basic {SECRET}"),
    ),
    alone(
        "notion pages",
        lambda c, base: Notion(c, token=SECRET, data_source="ds1", base=base),
        lambda v: v.pages("C-1"),
        Want(
            "POST",
            "/data_sources/ds1/query",
            ok({"results": []}),
            headers={"notion-version": "2026-03-11"},
            holds={"filter.rich_text.starts_with": "C-1/", "page_size": 100},
        ),
        BEARER,
    ),
)
