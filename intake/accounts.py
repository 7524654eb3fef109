"""A person says whose an account of another system is; what waited for that is applied in the same transaction."""

from datetime import datetime

from activities.ports import Transaction
from intake.domains import check_domain
from intake.vendors.taking import House, apply_waiting
from models.errors import BadInput, NotFound, Refused
from models.identity import CaseStatus, How, IdentityCase
from models.records import InboxRow
from models.vendor import Ref, VendorStatus


async def map_account(
    tx: Transaction, ref: Ref, customer: str, *, by: str, house: House, now: datetime, how: How = How.MAPPED
) -> list[InboxRow]:
    """This account is this customer's, whatever was thought before. Returns what is to be delivered now.

    Raises:
        NotFound: there is no such customer.
        BadInput: nobody says so.
    """
    if not by.strip():
        raise BadInput("a person's name is needed", field="by")
    if await tx.customers.get(customer) is None:
        raise NotFound("no such customer", field="customer", value=customer)
    winner = await tx.merges.winner_of(customer)
    await tx.identities.put(ref, winner, how, now, by)
    await tx.identities.decide(ref, CaseStatus.ACCEPTED, winner, now, by)
    return await apply_waiting(tx, (ref,), winner, house, now=now)


async def accept(
    tx: Transaction, number: int, customer: str | None, *, by: str, house: House, now: datetime
) -> list[InboxRow]:
    """Close a doubt: it is this customer, or the only candidate.

    Raises:
        NotFound: no such doubt or customer.
        BadInput: there is not exactly one candidate, and none was named.
    """
    case = await _case(tx, number)
    if customer is None:
        if len(case.candidates) != 1:
            told = ", ".join(one.customer for one in case.candidates) or "none"
            raise BadInput(f"say which customer it is; candidates: {told}", field="CUSTOMER")
        customer = case.candidates[0].customer
    ref = Ref(system=case.system, id=case.external_id)
    return await map_account(tx, ref, customer, by=by, house=house, now=now, how=How.ACCEPTED)


async def refuse(tx: Transaction, number: int, *, by: str, now: datetime) -> None:
    """The account is nobody's: what it says is kept aside and changes nothing, until somebody maps it after all.

    Raises:
        NotFound: no such doubt.
        Refused: it was accepted before.
    """
    if not by.strip():
        raise BadInput("a person's name is needed", field="by")
    case = await _case(tx, number)
    if case.status is CaseStatus.ACCEPTED:
        raise Refused(f"was accepted as {case.customer}; map it to somebody else", field="NUMBER", value=number)
    ref = Ref(system=case.system, id=case.external_id)
    await tx.identities.decide(ref, CaseStatus.REFUSED, None, now, by)
    await tx.vendor_events.settle(ref.system, ref.id, VendorStatus.DROPPED, None)


async def verify_domain(
    tx: Transaction, domain: str, customer: str, *, by: str, house: House, now: datetime
) -> list[InboxRow]:
    """Accounts of this domain are this customer's; open doubts that it settles are settled.

    Raises:
        BadInput: it is no company's domain.
        NotFound: there is no such customer.
    """
    verified = check_domain(domain)
    if not by.strip():
        raise BadInput("a person's name is needed", field="by")
    if await tx.customers.get(customer) is None:
        raise NotFound("no such customer", field="customer", value=customer)
    winner = await tx.merges.winner_of(customer)
    await tx.identities.verify_domain(verified, winner, now, by)
    rows: list[InboxRow] = []
    for case in await tx.identities.at_domain(verified):
        ref = Ref(system=case.system, id=case.external_id)
        await tx.identities.put(ref, winner, How.DOMAIN, now, by)
        await tx.identities.decide(ref, CaseStatus.ACCEPTED, winner, now, by)
        rows += await apply_waiting(tx, (ref,), winner, house, now=now)
    return rows


async def _case(tx: Transaction, number: int) -> IdentityCase:
    case = await tx.identities.numbered(number)
    if case is None:
        raise NotFound("no such doubt", field="NUMBER", value=number)
    return case
