"""What vendors send, made from their documented schemas, and how each signs it; with what we hear in it."""

import base64
import copy
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pydantic import SecretStr
from standardwebhooks import Webhook

from intake.vendors import press

WALL = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
UNIX = int(WALL.timestamp()) - 60
ISO = "2026-05-04T11:59:00.000000Z"
EVENTS_SECRET = SecretStr("whsec_" + base64.b64encode(bytes(range(32))).decode())
N8N_SECRET = "whsec_" + base64.b64encode(b"an example of thirty-two bytes!!").decode()
SECRETS = {
    name: SecretStr(f"{name}-secret-for-tests")
    for name in (
        "stripe", "hubspot", "intercom", "zendesk", "freshdesk", "calendly", "typeform", "customerio", "slack",
    )
} | {"n8n": SecretStr(N8N_SECRET)}  # fmt: skip
PUBLIC = "https://cs.example.com"


def mac(vendor: str, message: bytes, digest: str = "sha256") -> "hmac.HMAC":
    return hmac.new(SECRETS[vendor].get_secret_value().encode(), message, digest)


def headers(vendor: str, body: bytes, wall: datetime = WALL) -> dict[str, str]:
    """The headers that the vendor sends with that body at that moment."""
    seconds = str(int(wall.timestamp()))
    match vendor:
        case "stripe":
            made = mac(vendor, seconds.encode() + b"." + body).hexdigest()
            return {"stripe-signature": f"t={seconds},v1={'0' * 64},v1={made},v0=00"}
        case "hubspot":
            millis = str(int(wall.timestamp() * 1000))
            signed = b"POST" + f"{PUBLIC}/webhooks/hubspot".encode() + body + millis.encode()
            made = base64.b64encode(mac(vendor, signed).digest()).decode()
            return {"x-hubspot-signature-v3": made, "x-hubspot-request-timestamp": millis}
        case "intercom":
            return {"x-hub-signature": f"sha1={mac(vendor, body, 'sha1').hexdigest()}"}
        case "zendesk":
            stamp = wall.isoformat().replace("+00:00", "Z")
            made = base64.b64encode(mac(vendor, stamp.encode() + body).digest()).decode()
            return {"x-zendesk-webhook-signature": made, "x-zendesk-webhook-signature-timestamp": stamp}
        case "freshdesk":
            return {"x-steadfast-secret": SECRETS[vendor].get_secret_value()}
        case "calendly":
            made = mac(vendor, seconds.encode() + b"." + body).hexdigest()
            return {"calendly-webhook-signature": f"t={seconds},v1={made}"}
        case "typeform":
            return {"typeform-signature": "sha256=" + base64.b64encode(mac(vendor, body).digest()).decode()}
        case "customerio":
            made = mac(vendor, b"v0:" + seconds.encode() + b":" + body).hexdigest()
            return {"x-cio-signature": made, "x-cio-timestamp": seconds}
        case "slack":
            made = mac(vendor, b"v0:" + seconds.encode() + b":" + body).hexdigest()
            return {"x-slack-signature": f"v0={made}", "x-slack-request-timestamp": seconds}
        case _:
            made = Webhook(N8N_SECRET).sign("msg_1", wall, body.decode("utf-8", "replace"))
            return {"webhook-id": "msg_1", "webhook-timestamp": seconds, "webhook-signature": made}


def encoded(vendor: str, value: object) -> bytes:
    """A body as the vendor sends it."""
    text = json.dumps(value, ensure_ascii=False)
    return urlencode({"payload": text}).encode() if vendor == "slack" else text.encode()


def _with(base: dict[str, Any], **changed: Any) -> dict[str, Any]:
    made = copy.deepcopy(base)
    for path, value in changed.items():
        *parents, last = path.split("__")
        where = made
        for name in parents:
            where = where[name]
        where[last] = value
    return made


def stripe(kind: str, obj: dict[str, Any], *, id: str = "evt_1", at: int = UNIX, before: Any = None) -> dict[str, Any]:
    """A Stripe event."""
    data: dict[str, Any] = {"object": obj}
    if before is not None:
        data["previous_attributes"] = before
    return {
        "id": id, "object": "event", "api_version": "2026-08-26.dahlia", "created": at, "type": kind, "data": data,
        "livemode": False, "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
    }  # fmt: skip


SUBSCRIPTION: dict[str, Any] = {
    "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "currency": "eur",
    "cancel_at": None, "cancel_at_period_end": False, "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "metadata": {"steadfast_customer_id": "C-1"}, "trial_start": None, "trial_end": None,
    "items": {"object": "list", "data": [{
        "id": "si_1", "object": "subscription_item", "quantity": 3, "current_period_end": UNIX + 30 * 86400,
        "price": {"id": "price_growth", "lookup_key": "growth", "product": "prod_1", "unit_amount": 4900,
                  "unit_amount_decimal": "4900", "currency": "eur", "metadata": {},
                  "recurring": {"interval": "month", "interval_count": 1}},
    }]},
}  # fmt: skip

INVOICE: dict[str, Any] = {
    "id": "in_1", "object": "invoice", "customer": "cus_1", "customer_email": "ana@sol.example",
    "customer_name": "Panadería Sol", "currency": "eur", "amount_due": 14700, "due_date": UNIX + 14 * 86400,
    "status": "open", "attempt_count": 1, "metadata": {},
    "parent": {"type": "subscription_details", "subscription_details": {
        "subscription": "sub_1", "metadata": {"steadfast_customer_id": "C-1"}}},
}  # fmt: skip


def hubspot(kind: str, name: str, value: str, object_id: int = 55, **more: Any) -> list[dict[str, Any]]:
    """A HubSpot batch of one."""
    return [{
        "eventId": 100, "subscriptionId": 138, "portalId": 62515, "appId": 54321, "occurredAt": UNIX * 1000,
        "subscriptionType": kind, "attemptNumber": 0, "objectId": object_id, "changeSource": "CRM_UI",
        "sourceId": "userId:7", "propertyName": name, "propertyValue": value, **more,
    }]  # fmt: skip


def intercom(topic: str, item: dict[str, Any], id: str = "notif_1") -> dict[str, Any]:
    """An Intercom notification."""
    return {
        "type": "notification_event", "app_id": "abc", "id": id, "topic": topic, "created_at": UNIX,
        "delivery_attempts": 1, "first_sent_at": UNIX,
        "data": {"type": "notification_event_data", "item": item},
    }  # fmt: skip


CONVERSATION: dict[str, Any] = {
    "type": "conversation", "id": "123", "created_at": UNIX, "state": "open", "priority": "not_priority",
    "source": {"type": "conversation", "subject": "", "body": "<p>It does not work</p>",
               "author": {"type": "user", "id": "5f1", "name": "Ana", "email": "ana@sol.example"}},
    "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "5f1", "external_id": "u-1"}]},
    "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": "bug"}]}, "conversation_rating": None,
}  # fmt: skip


def zendesk(kind: str, event: dict[str, Any], id: str = "01H-1", at: str = ISO, **detail: Any) -> dict[str, Any]:
    """A Zendesk event."""
    ticket = {
        "id": "35436", "created_at": "2026-05-04T10:00:00Z", "updated_at": at, "status": "OPEN", "priority": "HIGH",
        "subject": "Help", "description": "It does not work", "organization_id": "900", "requester_id": "901",
        "tags": ["billing", "urgent-customer"], "external_id": None, "type": "problem", "via": {"channel": "web"},
        **detail,
    }  # fmt: skip
    return {
        "type": f"zen:event-type:{kind}", "id": id, "time": at, "zendesk_event_version": "2022-11-06",
        "account_id": 22, "subject": "zen:ticket:35436", "event": event, "detail": ticket,
    }  # fmt: skip


LISTED: dict[str, Any] = {
    "ticket_id": "35436", "requester_email": "ana@sol.example", "company": "900", "external_id": None,
    "subject": "Help", "text": "It does not work", "status": "closed", "priority": "high", "tags": ["escalated"],
    "csat": 5, "created_at": "2026-05-04T10:00:00Z", "updated_at": ISO, "closed_at": ISO,
}  # fmt: skip
"""A ticket that was listed, as the reader of a help desk gives it."""

FRESHDESK: dict[str, Any] = {"freshdesk_webhook": {
    "ticket_id": 33, "ticket_subject": "Help", "ticket_description": "It does not work", "ticket_status": "Open",
    "ticket_priority": "Urgent", "triggered_event": "{ticket_action:created}", "requester_email": "ana@sol.example",
    "company_id": 71, "company_name": "Panadería Sol",
}}  # fmt: skip


def calendly(kind: str, at: str = ISO, **payload: Any) -> dict[str, Any]:
    """A Calendly event."""
    return {
        "event": kind, "created_at": at, "created_by": "https://api.calendly.com/users/U1",
        "payload": {
            "uri": "https://api.calendly.com/scheduled_events/E1/invitees/I1", "email": "ana@sol.example",
            "name": "Ana", "status": "active", "timezone": "Europe/Madrid", "rescheduled": False,
            "event": "https://api.calendly.com/scheduled_events/E1", "questions_and_answers": [],
            "tracking": {"utm_campaign": None, "utm_content": None, "salesforce_uuid": None},
            "scheduled_event": {"uri": "https://api.calendly.com/scheduled_events/E1", "name": "Kick-off (30 min)",
                                "start_time": "2026-05-10T09:00:00.000000Z", "end_time": "2026-05-10T09:30:00.000000Z"},
            **payload,
        },
    }  # fmt: skip


def typeform(number: int, ref: str = "nps", kind: str = "opinion_scale", **response: Any) -> dict[str, Any]:
    """A Typeform response."""
    field = {"id": "f1", "type": kind, "ref": ref}
    return {
        "event_id": "01J1", "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j", "token": "tok1", "landed_at": "2026-05-04T11:50:00Z",
            "submitted_at": "2026-05-04T11:59:00Z", "hidden": {},
            "definition": {"id": "lT4Z3j", "title": "NPS", "fields": [{**field, "title": "How likely"}]},
            "answers": [{"type": "number", "number": number, "field": field},
                        {"type": "text", "text": "Bien", "field": {"id": "f2", "type": "long_text", "ref": "why"}},
                        {"type": "email", "email": "ana@sol.example", "field": {"id": "f3", "type": "email"}}],
            **response,
        },
    }  # fmt: skip


def customerio(metric: str, kind: str = "email", id: str = "01E4", **data: Any) -> dict[str, Any]:
    """A Customer.io reporting event."""
    return {
        "event_id": id, "object_type": kind, "metric": metric, "timestamp": UNIX,
        "data": {"customer_id": "C-1", "identifiers": {"id": "C-1", "email": "ana@sol.example", "cio_id": "d9c"},
                 "delivery_id": "dgOq", "recipient": "ana@sol.example", "subject": "Hola", **data},
    }  # fmt: skip


def slack(value: str, action: str = "steadfast_answer") -> dict[str, Any]:
    """A press of a button."""
    return {
        "type": "block_actions", "team": {"id": "T1", "domain": "acme"}, "api_app_id": "A1", "token": "legacy",
        "user": {"id": "U1", "username": "marta", "team_id": "T1"}, "trigger_id": "12.34.ab",
        "response_url": "https://hooks.slack.com/actions/T1/1/x", "container": {"type": "message"},
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value,
                     "action_ts": f"{UNIX}.840180"}],
    }  # fmt: skip


def n8n(type: str, id: str = "cb-1", customer: str = "C-1", **data: Any) -> dict[str, Any]:
    """A callback."""
    return {
        "event_id": id, "type": type, "occurred_at": ISO, "customerId": customer, "workflow": "onboarding_kickoff",
        "in_reply_to": "stage:C-1:x", "data": data,
    }  # fmt: skip


PRESSED = press.button(EVENTS_SECRET, "renewal_decided", "C-1", {"decision": "renewed"})

GOOD: dict[str, Callable[[], Any]] = {
    "stripe": lambda: stripe("invoice.payment_failed", INVOICE),
    "hubspot": lambda: hubspot("company.propertyChange", "steadfast_growth_potential", "0.8"),
    "intercom": lambda: intercom("conversation.user.created", CONVERSATION),
    "zendesk": lambda: zendesk("ticket.created", {}),
    "freshdesk": lambda: FRESHDESK,
    "calendly": lambda: calendly("invitee.created"),
    "typeform": lambda: typeform(9),
    "customerio": lambda: customerio("bounced"),
    "slack": lambda: slack(PRESSED),
    "n8n": lambda: n8n("meeting_booked", meeting_id="m-1", kind="kickoff", scheduled_at="2026-05-10T09:00:00Z"),
}
"""One body of each vendor that says something."""

UNKNOWN: dict[str, Callable[[], Any]] = {
    "stripe": lambda: stripe("radar.early_fraud_warning.created", {"id": "issfr_1"}),
    "hubspot": lambda: hubspot("quasar.propertyChange", "x", "y"),
    "intercom": lambda: intercom("hologram.opened", {}),
    "zendesk": lambda: zendesk("spaceship.landed", {}),
    "calendly": lambda: calendly("invitee.teleported"),
    "typeform": lambda: {**typeform(9), "event_type": "form_hologram"},
    "customerio": lambda: customerio("teleported"),
    "slack": lambda: {**slack("x"), "type": "block_hologram"},
    "n8n": lambda: n8n("spaceship_landed"),
}
"""Bodies of a type that is not known here."""


class Sample(NamedTuple):
    """A body of a vendor and what is heard in it: None is an unknown type."""

    vendor: str
    body: Any
    heard: list[tuple[str, dict[str, Any]]] | None


def sub(**changed: Any) -> dict[str, Any]:
    """A Stripe subscription, changed."""
    return _with(SUBSCRIPTION, **changed)
