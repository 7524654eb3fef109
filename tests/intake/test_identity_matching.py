"""Whose an account is: what decides, in which order, and what is left to a person. On both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from intake import accounts, lexicon
from intake.domains import check_domain, company_domain
from intake.links import customer_token
from intake.vendors.taking import House, Taken, take
from models.clock import REAL
from models.errors import BadInput, NotFound, Refused
from models.events import Event, EventCustomer, EventType
from models.identity import CaseStatus, How, IdentityCase
from models.vendor import Notice, Ref
from persistence.store import SqlStore
from tests.intake import vendor_samples as samples
from tests.intake.vendor_samples import EVENTS_SECRET, WALL

HOUSE = House(REAL, "EUR", lexicon.supplied(), EVENTS_SECRET)


async def know(store: SqlStore, customer: str, **said: Any) -> None:
    """A customer that we have."""
    event = Event(
        event_id=f"signup-{customer}",
        type=EventType.SUBSCRIPTION_CREATED,
        occurred_at=WALL - timedelta(days=100),
        customer=EventCustomer.model_validate({"id": customer, "plan": "starter", **said}),
    )
    async with store.begin() as tx:
        await tx.customers.apply(event, currency="EUR")


async def tell(store: SqlStore, number: int, **invoice: Any) -> Taken:
    """Stripe says that a payment failed; the account has nothing of ours unless told."""
    obj = {**samples.INVOICE, "parent": None, "customer_email": None, "id": f"in_{number}", **invoice}
    body = samples.stripe("invoice.payment_failed", obj, id=f"evt_{number}")
    at = datetime.fromtimestamp(body["created"], UTC)
    notice = Notice(id=body["id"], kind=body["type"], at=at, body=body)
    return await take(store, "stripe", [notice], HOUSE, now=WALL)


async def cases(store: SqlStore, status: CaseStatus | None = CaseStatus.OPEN) -> list[IdentityCase]:
    """The doubts."""
    async with store.read() as tx:
        return await tx.identities.cases(status, limit=100)


def own(customer: str) -> dict[str, Any]:
    """Metadata that an administrator set in Stripe."""
    return {"metadata": {"steadfast_customer_id": customer}}


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        (own("C-1"), "C-1"),
        (own("C-404"), None),
        (own("not an id"), None),
        ({"customer_email": "ANA@sol.example"}, "C-1"),
        ({"customer_email": "both@twice.example"}, None),
        ({"customer_email": "new@sol.example"}, None),
        ({"customer_email": "new@mail.verified.example"}, "C-2"),
        ({"customer_email": "stranger@gmail.com"}, None),
        ({"customer_email": "nobody"}, None),
        ({}, None),
    ],
    ids=[
        "our own id", "our own id, of nobody", "no id of ours", "the same address", "the address of two",
        "a domain that nobody verified", "below a verified domain", "free mail", "no address", "nothing",
    ],
)  # fmt: skip
async def test_what_decides(store: SqlStore, told: dict[str, Any], whose: str | None) -> None:
    await know(store, "C-1", email="ana@sol.example")
    await know(store, "C-2", email="x@gmail.com")
    for one in ("C-3", "C-4"):
        await know(store, one, email="both@twice.example")
    async with store.begin() as tx:
        await accounts.verify_domain(tx, "verified.example", "C-2", by="marta", house=HOUSE, now=WALL)
    taken = await tell(store, 1, **told)
    assert [row.customer for row in taken.rows] == ([whose] if whose else [])
    assert len(await cases(store)) == (0 if whose else 1)
    again = await tell(store, 2)
    assert [row.customer for row in again.rows] == ([whose] if whose else []), "once decided, the id alone decides"


async def test_a_doubt_names_its_candidates(store: SqlStore) -> None:
    await know(store, "C-1", email="ana@sol.example")
    await tell(store, 1, customer_email="eva@sol.example")
    (case,) = await cases(store)
    assert [(one.customer, one.why) for one in case.candidates] == [("C-1", "has an address at sol.example")]
    assert (case.email, case.domain, case.name, case.waiting) == ("eva@sol.example", "sol.example", "Panadería Sol", 1)


async def test_accepting_applies_what_waited_in_one_go(store: SqlStore) -> None:
    await know(store, "C-1", email="ana@sol.example")
    await tell(store, 1, customer_email="eva@sol.example")
    await tell(store, 2, customer_email="eva@sol.example")
    async with store.begin() as tx:
        rows = await accounts.accept(tx, 1, None, by="marta", house=HOUSE, now=WALL)
    assert [(row.customer, row.type, row.event_id) for row in rows] == [
        ("C-1", "payment_failed", "evt_1"),
        ("C-1", "payment_failed", "evt_2"),
    ]
    (case,) = await cases(store, None)
    assert (case.status, case.customer, case.decided_by, case.waiting) == ("accepted", "C-1", "marta", 0)
    async with store.begin() as tx:
        assert await accounts.accept(tx, 1, None, by="marta", house=HOUSE, now=WALL) == [], "said twice"
        (known,) = await tx.identities.of("C-1")
    assert (known.how, known.by) == (How.ACCEPTED, "marta")


async def test_a_refused_account_changes_nothing_until_it_is_mapped_after_all(store: SqlStore) -> None:
    await know(store, "C-1")
    await tell(store, 1)
    async with store.begin() as tx:
        await accounts.refuse(tx, 1, by="marta", now=WALL)
    dropped = await tell(store, 2)
    assert (dropped.rows, dropped.counts) == ((), {"dropped": 1})
    assert await cases(store) == []
    async with store.begin() as tx:
        ref = Ref(system="stripe", id="customer:cus_1")
        rows = await accounts.map_account(tx, ref, "C-1", by="marta", house=HOUSE, now=WALL)
        with pytest.raises(Refused, match="was accepted as C-1"):
            await accounts.refuse(tx, 1, by="marta", now=WALL)
    assert [row.event_id for row in rows] == ["evt_1", "evt_2"], "nothing was lost"


async def test_a_domain_settles_the_doubts_that_it_answers(store: SqlStore) -> None:
    await know(store, "C-1", email="ana@gmail.com")
    await tell(store, 1, customer_email="eva@sol.example")
    await tell(store, 2, customer="cus_2", customer_email="juan@luna.example")
    async with store.begin() as tx:
        rows = await accounts.verify_domain(tx, "www.sol.example", "C-1", by="marta", house=HOUSE, now=WALL)
    assert [row.event_id for row in rows] == ["evt_1"]
    assert [case.domain for case in await cases(store)] == ["luna.example"]


async def test_what_a_person_says_wrongly_is_refused(store: SqlStore) -> None:
    await know(store, "C-1")
    await tell(store, 1)
    async with store.begin() as tx:
        with pytest.raises(BadInput, match="candidates: none"):
            await accounts.accept(tx, 1, None, by="marta", house=HOUSE, now=WALL)
        with pytest.raises(NotFound, match="no such customer"):
            await accounts.accept(tx, 1, "C-404", by="marta", house=HOUSE, now=WALL)
        with pytest.raises(NotFound, match="no such doubt"):
            await accounts.refuse(tx, 99, by="marta", now=WALL)
        with pytest.raises(BadInput, match="name is needed"):
            await accounts.accept(tx, 1, "C-1", by=" ", house=HOUSE, now=WALL)
        with pytest.raises(BadInput, match="belong to nobody"):
            await accounts.verify_domain(tx, "gmail.com", "C-1", by="marta", house=HOUSE, now=WALL)
    (case,) = await cases(store)
    assert case.waiting == 1


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ana@sol.example", "sol.example"),
        ("ana@mail.acme.co.uk", "acme.co.uk"),
        ("ana@GMAIL.com", None),
        ("ana@co.uk", None),
        ("acme.com.", "acme.com"),
        ("ana@pañería.example", "xn--paera-2saz.example"),
        ("ana@" + "x" * 70 + ".com", None),
        ("nobody", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_of_a_company(address: str | None, domain: str | None) -> None:
    assert company_domain(address) == domain


def test_a_domain_that_is_everybodys_is_refused() -> None:
    assert check_domain("https.acme.com") == "acme.com"
    with pytest.raises(BadInput, match="expected a company's domain"):
        check_domain("outlook.es")


async def test_a_subscription_with_our_id_brings_the_customer(store: SqlStore) -> None:
    body = samples.stripe("customer.subscription.created", samples.SUBSCRIPTION)
    notice = Notice(id="evt_1", kind=body["type"], at=WALL - timedelta(minutes=1), body=body)
    taken = await take(store, "stripe", [notice], HOUSE, now=WALL)
    assert [(row.type, row.customer) for row in taken.rows] == [("subscription_created", "C-1")]


async def test_an_introduction_lets_what_waited_through(store: SqlStore) -> None:
    """An invoice of a stranger, then the customer object with our id in its metadata."""
    await know(store, "C-1")
    await tell(store, 1)
    who = samples.stripe("customer.updated", {"id": "cus_1", "object": "customer", **own("C-1")}, id="evt_2")
    notice = Notice(id="evt_2", kind="customer.updated", at=WALL - timedelta(minutes=1), body=who)
    taken = await take(store, "stripe", [notice], HOUSE, now=WALL)
    assert [(row.event_id, row.customer) for row in taken.rows] == [("evt_1", "C-1")]
    assert taken.counts == {"introduced": 1}


async def test_a_token_of_another_purpose_is_nothing(store: SqlStore) -> None:
    await know(store, "C-1")
    value = customer_token(EVENTS_SECRET, "C-1")
    body = {"user": "U1", "name": "x", "action": {"action_id": "steadfast_yes", "value": value}}
    notice = Notice(id="U1:1", kind="block_actions", at=WALL, body=body)
    assert (await take(store, "slack", [notice], HOUSE, now=WALL)).counts == {"refused": 1}
