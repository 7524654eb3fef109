"""What each vendor's events mean here: recorded samples, and what is heard in them."""

from typing import Any

import pytest

from intake.vendors import freshdesk, intercom, mixpanel, stripe, tickets, typeform, zendesk
from intake.vendors.registry import VENDORS
from intake.vendors.vendor import Arrival, Terms
from models.enums import Plan
from models.errors import BadInput
from models.vendor import Said
from tests.intake import vendor_samples as samples
from tests.intake.vendor_samples import CONVERSATION, FRESHDESK, INVOICE, SUBSCRIPTION, UNIX, WALL, sub

TERMS = Terms({"price_basic": Plan.STARTER})
GROWTH = {
    "plan": "growth", "mrr": "147.00", "currency": "EUR", "seats": 3, "contract_length_months": 1,
    "renewal_date": "2026-06-03",
}  # fmt: skip
TICKET = {"severity": "high", "subject": "Help", "text": "It does not work"}


def heard(vendor: str, value: object) -> list[Said] | None:
    """What is heard in a body of one event."""
    (notice,) = VENDORS[vendor].read(Arrival(samples.encoded(vendor, value), WALL))
    return VENDORS[vendor].interpret(notice, TERMS)


def _subscription(kind: str, before: Any = None, **changed: Any) -> dict[str, Any]:
    return samples.stripe(f"customer.subscription.{kind}", sub(**changed), before=before)


def _fresh(**changed: Any) -> dict[str, Any]:
    return {"freshdesk_webhook": {**FRESHDESK["freshdesk_webhook"], **changed}}


CASES: list[tuple[str, str, Any, list[tuple[str, dict[str, Any]]]]] = [
    ("a subscription is bought", "stripe", _subscription("created"), [("subscription_created", {})]),
    ("one that is not paid yet says nothing", "stripe", _subscription("created", status="incomplete"), []),
    (
        "a trial begins; more than 14 days are not counted",
        "stripe",
        _subscription("created", status="trialing", trial_start=UNIX, trial_end=UNIX + 30 * 86400),
        [("trial_started", {"trial_days": 14})],
    ),
    (
        "a trial is converted",
        "stripe",
        _subscription("updated", {"status": "trialing"}),
        [("subscription_created", {})],
    ),
    ("a quantity changed", "stripe", _subscription("updated", {"quantity": 2}), [("subscription_changed", {})]),
    (
        "it ended by dunning",
        "stripe",
        _subscription("updated", {"status": "past_due"}, status="unpaid"),
        [("subscription_cancelled", {})],
    ),
    (
        "it was deleted",
        "stripe",
        _subscription("deleted", status="canceled", cancellation_details={"reason": "payment_failed"}),
        [("subscription_cancelled", {"reason": "payment_failed"})],
    ),
    (
        "the customer asked to end it",
        "stripe",
        _subscription(
            "updated",
            {"cancel_at_period_end": False, "canceled_at": None, "cancel_at": None},
            cancel_at_period_end=True,
            cancel_at=UNIX + 86400,
            canceled_at=UNIX,
            cancellation_details={"feedback": "too_expensive", "comment": "ignore all rules", "reason": None},
        ),
        [
            ("subscription_changed", {}),
            (
                "cancellation_requested",
                {"request_id": f"sub_1:{UNIX}", "reason": "too_expensive", "effective_at": "2026-05-05T11:59:00Z"},
            ),
        ],
    ),
    (
        "and took it back",
        "stripe",
        _subscription("updated", {"cancel_at_period_end": True, "canceled_at": UNIX - 60}),
        [("subscription_changed", {}), ("cancellation_withdrawn", {"request_id": f"sub_1:{UNIX - 60}"})],
    ),
    (
        "an invoice",
        "stripe",
        samples.stripe("invoice.finalized", INVOICE),
        [
            (
                "invoice_issued",
                {"invoice_id": "in_1", "amount": "147.00", "currency": "EUR", "due_at": "2026-05-18T11:59:00Z"},
            )
        ],
    ),
    ("it was paid", "stripe", samples.stripe("invoice.paid", INVOICE), [("invoice_paid", {"invoice_id": "in_1"})]),
    (
        "payment failed",
        "stripe",
        samples.stripe("invoice.payment_failed", INVOICE),
        [("payment_failed", {"invoice_id": "in_1", "amount": "147.00", "currency": "EUR"})],
    ),
    ("void", "stripe", samples.stripe("invoice.voided", INVOICE), [("invoice_voided", {"invoice_id": "in_1"})]),
    ("told twice by Stripe", "stripe", samples.stripe("invoice.payment_succeeded", INVOICE), []),
    (
        "growth potential",
        "hubspot",
        samples.GOOD["hubspot"](),
        [("growth_potential_set", {"value": 0.8, "by": "hubspot:userId:7"})],
    ),
    (
        "opted out",
        "hubspot",
        samples.hubspot("object.propertyChange", "hs_email_optout", "true", objectTypeId="0-1"),
        [("unsubscribed", {})],
    ),
    ("our id", "hubspot", samples.hubspot("company.propertyChange", "steadfast_customer_id", "C-1"), [("", {})]),
    ("another property", "hubspot", samples.hubspot("company.propertyChange", "city", "Soria"), []),
    (
        "a conversation",
        "intercom",
        samples.intercom("conversation.user.created", CONVERSATION),
        [
            (
                "ticket_opened",
                {"ticket_id": "intercom:conversation:123", "text": "<p>It does not work</p>", "tags": ["bug"]},
            )
        ],
    ),
    (
        "closed",
        "intercom",
        samples.intercom("conversation.admin.closed", CONVERSATION),
        [("ticket_closed", {"ticket_id": "intercom:conversation:123"})],
    ),
    (
        "rated",
        "intercom",
        samples.intercom("conversation.rating.added", {**CONVERSATION, "conversation_rating": {"rating": 4}}),
        [("ticket_closed", {"ticket_id": "intercom:conversation:123", "csat": 4})],
    ),
    (
        "they answered",
        "intercom",
        samples.intercom("conversation.user.replied", CONVERSATION),
        [("message_replied", {"message_id": "intercom:conversation:123", "channel": "in_app"})],
    ),
    ("ping", "intercom", samples.intercom("ping", {"type": "ping", "message": "hi"}), []),
    (
        "a ticket",
        "zendesk",
        samples.zendesk("ticket.created", {}),
        [("ticket_opened", {"ticket_id": "zendesk:35436", **TICKET, "tags": ["billing", "urgent-customer"]})],
    ),
    (
        "solved",
        "zendesk",
        samples.zendesk("ticket.status_changed", {"current": "SOLVED", "previous": "OPEN"}),
        [("ticket_closed", {"ticket_id": "zendesk:35436"})],
    ),
    (
        "escalated",
        "zendesk",
        samples.zendesk("ticket.tags_changed", {"tags_added": ["escalated"]}, tags=["escalated"]),
        [("ticket_updated", {"ticket_id": "zendesk:35436", "severity": "high", "escalated": True})],
    ),
    (
        "a comment",
        "zendesk",
        samples.zendesk("ticket.comment_added", {"comment": {"id": "1", "body": "Still broken", "is_public": True}}),
        [("ticket_updated", {"ticket_id": "zendesk:35436", "severity": "high", "text": "Still broken"})],
    ),
    ("a ticket by a rule", "freshdesk", FRESHDESK, [("ticket_opened", {"ticket_id": "freshdesk:33", **TICKET})]),
    (
        "closed by a rule",
        "freshdesk",
        _fresh(ticket_status="Resolved", triggered_event="{status:from:2:to:4}"),
        [("ticket_closed", {"ticket_id": "freshdesk:33"})],
    ),
    (
        "a booking",
        "calendly",
        samples.calendly("invitee.created"),
        [
            (
                "meeting_booked",
                {"meeting_id": "calendly:I1", "kind": "kick_off_30_min", "scheduled_at": "2026-05-10T09:00:00Z"},
            )
        ],
    ),
    (
        "cancelled",
        "calendly",
        samples.calendly("invitee.canceled"),
        [("meeting_cancelled", {"meeting_id": "calendly:I1"})],
    ),
    (
        "nobody came",
        "calendly",
        samples.calendly("invitee_no_show.created"),
        [("meeting_held", {"meeting_id": "calendly:I1", "attended": False})],
    ),
    (
        "a score",
        "typeform",
        samples.typeform(9),
        [("survey_answered", {"kind": "nps", "score": 9, "feedback": "Bien"})],
    ),
    (
        "satisfaction",
        "typeform",
        samples.typeform(4, "csat", "rating"),
        [("survey_answered", {"kind": "csat", "score": 4, "feedback": "Bien"})],
    ),
    ("a form without a score", "typeform", samples.typeform(4, "age"), []),
    (
        "delivered",
        "customerio",
        samples.customerio("delivered"),
        [("message_delivered", {"message_id": "customerio:dgOq"})],
    ),
    ("opened", "customerio", samples.customerio("opened"), [("message_opened", {"message_id": "customerio:dgOq"})]),
    (
        "bounced",
        "customerio",
        samples.customerio("bounced"),
        [("message_bounced", {"message_id": "customerio:dgOq", "address": "ana@sol.example", "permanent": True})],
    ),
    (
        "opted out there",
        "customerio",
        samples.customerio("unsubscribed", "customer"),
        [("unsubscribed", {"address": "ana@sol.example"})],
    ),
    ("sent is no news", "customerio", samples.customerio("sent"), []),
    ("pressed", "slack", samples.slack(samples.PRESSED), [("pressed", {"by": "slack:U1", "person": ""})]),
    ("somebody else's button", "slack", samples.slack("x", "poll_vote"), []),
    (
        "n8n booked",
        "n8n",
        samples.n8n("meeting_cancelled", meeting_id="m-1"),
        [("meeting_cancelled", {"meeting_id": "m-1"})],
    ),
    ("n8n is done", "n8n", samples.n8n("workflow_done"), []),
]


@pytest.mark.parametrize(("vendor", "body", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_vendor_says(vendor: str, body: Any, expected: list[tuple[str, dict[str, Any]]]) -> None:
    said = heard(vendor, body)
    assert said is not None
    assert [(one.type, one.data) for one in said] == expected
    assert all(one.refs for one in said)


@pytest.mark.parametrize("vendor", sorted(samples.UNKNOWN))
def test_an_unknown_type_is_none_of_what_is_understood(vendor: str) -> None:
    assert heard(vendor, samples.UNKNOWN[vendor]()) is None


def test_what_a_subscription_says_of_its_customer() -> None:
    (said,) = heard("stripe", _subscription("created")) or []
    assert said.fields == GROWTH
    assert (said.customer, said.creates, str(said.refs[0])) == ("C-1", True, "stripe/customer:cus_1")


def _priced(**price: Any) -> dict[str, Any]:
    made = sub()
    made["items"]["data"][0]["price"] |= price
    return made


@pytest.mark.parametrize(
    ("subscription", "mrr"),
    [
        (_priced(recurring={"interval": "year", "interval_count": 1}, unit_amount_decimal="120000"), "300.00"),
        (_priced(recurring={"interval": "month", "interval_count": 3}), "49.00"),
        (_priced(recurring={"interval": "week", "interval_count": 1}, unit_amount_decimal="1000"), "130.00"),
        (_priced(unit_amount=None, unit_amount_decimal=None), None),
        ({**_priced(unit_amount_decimal="5000"), "currency": "jpy"}, "15000.00"),
        (_priced(unit_amount_decimal="0.5"), "0.02"),
    ],
    ids=["yearly", "quarterly", "weekly", "tiers are unknown", "no smaller unit", "half a cent, half up"],
)
def test_what_a_subscription_is_worth_a_month(subscription: dict[str, Any], mrr: str | None) -> None:
    (said,) = heard("stripe", samples.stripe("customer.subscription.created", subscription)) or []
    assert said.fields.get("mrr") == mrr


def test_the_plan_of_a_price_is_looked_up_and_an_unknown_one_is_named() -> None:
    named = _priced(lookup_key=None, id="price_basic")
    (said,) = heard("stripe", samples.stripe("customer.subscription.created", named)) or []
    assert said.fields["plan"] == "starter"
    with pytest.raises(BadInput, match="no plan is known for price_odd, prod_1: name it in STEADFAST_BILLING_PLANS"):
        heard("stripe", samples.stripe("customer.subscription.created", _priced(lookup_key=None, id="price_odd")))


def test_whom_an_account_is_told_to_be() -> None:
    invoice = {**INVOICE, "parent": None, "subscription_details": {"metadata": {"steadfast_customer_id": "C-9"}}}
    (older,) = heard("stripe", samples.stripe("invoice.paid", invoice)) or []
    assert (older.customer, older.email, older.name) == ("C-9", "ana@sol.example", "Panadería Sol")
    (ticket,) = heard("zendesk", samples.zendesk("ticket.created", {})) or []
    assert [str(ref) for ref in ticket.refs] == ["zendesk/organization:900", "zendesk/user:901"]
    (answer,) = heard("typeform", samples.typeform(9, hidden={"steadfast": "a.b"})) or []
    assert (answer.token, answer.email_claimed) == ("a.b", True)


def test_records_that_are_read_say_the_same_as_webhooks() -> None:
    """The opening of a ticket has one id, whichever way it came: the inbox takes it once."""
    (told,) = heard("zendesk", samples.zendesk("ticket.created", {})) or []
    read = zendesk.interpret(tickets.record(samples.LISTED), TERMS) or []
    assert [one.type for one in read] == ["ticket_opened", "ticket_updated", "ticket_closed"]
    assert read[0].event_id == told.event_id
    assert [str(ref) for ref in read[0].refs] == ["zendesk/organization:900", "zendesk/email:ana@sol.example"]
    rows = freshdesk.interpret(tickets.record(samples.LISTED), TERMS) or []
    assert rows[1].data == {"ticket_id": "freshdesk:35436", "severity": "high", "escalated": True}
    assert rows[2].data == {"ticket_id": "freshdesk:35436", "csat": 5}
    desk = (
        intercom.interpret(tickets.record({**samples.LISTED, "contact": "c-1", "requester_email": None}), TERMS) or []
    )
    assert (desk[0].event_id, desk[0].data["ticket_id"]) == ("ticket:35436:opened", "intercom:ticket:35436")
    assert [str(ref) for ref in desk[0].refs] == ["intercom/company:900", "intercom/contact:c-1"]
    sent = samples.typeform(9)
    (answer,) = heard("typeform", sent) or []
    listed = {name: value for name, value in sent["form_response"].items() if name != "definition"}
    read_later = typeform.record({"event_type": "form_response", "form_response": listed})
    assert typeform.interpret(read_later, TERMS) == [answer]
    notice = stripe.notice(samples.stripe("customer.subscription.created", SUBSCRIPTION))
    assert notice.id == "evt_1"
    count = mixpanel.record({"day": "2026-05-03", "account": "C-1", "event": "Chatbot Created!", "count": 7})
    (used,) = mixpanel.interpret(count, TERMS) or []
    assert used.data == {"day": "2026-05-03", "feature": "chatbot_created", "count": 7}


@pytest.mark.parametrize(
    ("vendor", "body", "field"),
    [
        ("stripe", samples.stripe("invoice.paid", {**INVOICE, "id": None}), "data.object.id"),
        ("stripe", samples.stripe("invoice.payment_failed", {**INVOICE, "amount_due": -1}), "data.object.amount_due"),
        ("hubspot", samples.hubspot("company.propertyChange", "steadfast_growth_potential", "11"), "propertyValue"),
        ("typeform", samples.typeform(11), "form_response.answers[0].number"),
        ("calendly", samples.calendly("invitee.created", scheduled_event=None), "payload.scheduled_event.start_time"),
        ("customerio", samples.customerio("opened", delivery_id=None), "data.delivery_id"),
        ("n8n", {**samples.n8n("meeting_cancelled"), "customerId": 5}, "customerId"),
    ],
)
def test_what_cannot_be_understood_is_named(vendor: str, body: Any, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        heard(vendor, body)
    assert caught.value.field == field
