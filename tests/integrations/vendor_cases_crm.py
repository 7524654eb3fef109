"""Cases of hubspot, intercom, zendesk, freshdesk."""

import httpx

from integrations.freshdesk import Freshdesk
from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.zendesk import Zendesk
from tests.integrations.hubspot_answers import ASSOCIATED, HUB, stored, upserted
from tests.integrations.vendor_kit import (
    ACCOUNT,
    BEARER,
    DEAL,
    KEY,
    MAPPED,
    NOON,
    SECRET,
    SHOW,
    TASK,
    Case,
    Want,
    basic,
    ok,
)

_UPSERT = Want(
    "POST",
    f"{HUB}/companies/batch/upsert",
    ok(upserted("71")),
    holds={
        "inputs.0.id": "C-1",
        "inputs.0.idProperty": "steadfast_customer_id",
        "inputs.0.properties.steadfast_stage": "at_risk",
        "inputs.0.properties.steadfast_health_score": "38.5",
        "inputs.0.properties.name": "Núñez & Cía",
    },
)


_FOUND = Want(
    "POST",
    "/contacts/search",
    ok({"type": "list", "data": [{"id": "c9"}]}),
    holds={"query.field": "external_id", "query.value": "C-1"},
)


def _hubspot(client: httpx.AsyncClient, base: str) -> HubSpot:
    return HubSpot(client, token=SECRET, base=base)


def _intercom(client: httpx.AsyncClient, base: str) -> Intercom:
    return Intercom(client, token=SECRET, admin="814", base=base)


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
                ok(upserted("81")),
                holds={"inputs.0.id": "ana@nunez.example", "inputs.0.idProperty": "email"},
            ),
            Want("PUT", f"{HUB}/contacts/81/associations/default/companies/71", ASSOCIATED),
        ),
        BEARER,
        read=False,
    ),
    Case(
        "hubspot mapped account",
        _hubspot,
        lambda v: v.save_account(MAPPED.model_copy(update={"email": None}), KEY),
        (Want("PATCH", f"{HUB}/companies/X-9", ok(stored("X-9")), holds={"properties.steadfast_health_grade": "F"}),),
        BEARER,
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
                ok(stored("91"), 201),
                holds={
                    "properties.hs_task_subject": "Call Ana",
                    "properties.hs_task_priority": "HIGH",
                    "properties.hs_timestamp": "2026-05-12T12:00:00Z",
                    "associations": [],
                },
            ),
            _UPSERT,
            Want("PUT", f"{HUB}/tasks/91/associations/default/companies/71", ASSOCIATED),
        ),
        BEARER,
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
                ok(upserted("61")),
                holds={"inputs.0.properties.amount": "5880", "inputs.0.properties.pipeline": "default"},
            ),
            Want("PUT", f"{HUB}/deals/61/associations/default/companies/71", ASSOCIATED),
        ),
        BEARER,
        read=False,
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
        BEARER,
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
        BEARER,
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
        basic("eva@us.example/token", SECRET),
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
        basic("eva@us.example/token", SECRET),
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
        basic("eva@us.example/token", SECRET),
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
        basic(SECRET, "X"),
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
        basic(SECRET, "X"),
    ),
)
