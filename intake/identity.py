"""Whose is this account? By what was said before, by our own id, by address or verified domain; else a person decides.

Nothing is guessed: several customers of one address, an address that somebody typed into a form, a domain nobody
verified and an id of ours that does not exist are doubts. What an account of a doubt said waits (``vendor_parked``) and
is applied when the doubt is over, whichever way it is.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from activities.ports import Transaction
from intake.domains import company_domain
from models.identity import Candidate, CaseStatus, How, IdentityCase
from models.ids import check_customer_id
from models.vendor import Ref, Said

Subject = Callable[[str], str | None]
"""The customer of a token that we signed; None: it is none of ours."""

_PASSING = ("response", "invitee", "ticket", "conversation")
"""Kinds of ids that belong to one thing that happened, and not to an account."""


class Found(NamedTuple):
    """The customer; or the doubt."""

    customer: str | None
    case: IdentityCase | None = None


async def whose(tx: Transaction, said: Said, *, subject: Subject, now: datetime) -> Found:
    """Decide, remember what was decided, or open a doubt."""
    token = subject(said.token) if said.token else None
    if token is not None:
        return Found(await _learn(tx, said.refs[-1], token, How.TOKEN, now))
    known = await tx.identities.find(said.refs)
    if known is not None:
        return Found(await tx.merges.winner_of(known.customer))
    own = _own(said.customer)
    if own is not None and (said.creates or await tx.customers.get(own) is not None):
        return Found(await _learn(tx, said.refs[0], own, How.OWN_ID, now))
    candidates: list[Candidate] = []
    named = _own(said.token)
    if named is not None and await tx.customers.get(named) is not None:
        candidates.append(Candidate(customer=named, why="named in a link, unsigned: anybody could have written it"))
    if said.email is not None:
        same = await tx.identities.customers_with_email(said.email)
        if len(same) == 1 and not said.email_claimed:
            return Found(await _learn(tx, said.refs[-1], same[0], How.EMAIL, now))
        why = "typed this address into a form" if said.email_claimed else "has the same address as another"
        candidates += [Candidate(customer=one, why=why) for one in same]
    domain = company_domain(said.domain or said.email)
    if domain is not None:
        owner = await tx.identities.domain_owner(domain)
        if owner is not None and not said.email_claimed:
            return Found(await _learn(tx, said.refs[0], owner, How.DOMAIN, now))
        there = [owner] if owner is not None else await tx.identities.customers_at(domain)
        known_already = {one.customer for one in candidates}
        why = f"domain {domain}, verified" if owner is not None else f"has an address at {domain}"
        candidates += [Candidate(customer=one, why=why) for one in there if one not in known_already]
    case = await tx.identities.doubt(said.refs[0], candidates, now, email=said.email, domain=domain, name=said.name)
    return Found(None, case)


def _own(text: str | None) -> str | None:
    """Our own id, where what they keep could be one at all."""
    if text is None:
        return None
    try:
        return check_customer_id(text)
    except ValueError:
        return None


async def _learn(tx: Transaction, ref: Ref, customer: str, how: How, now: datetime) -> str:
    winner = await tx.merges.winner_of(customer)
    if ref.id.partition(":")[0] not in _PASSING and ref.system != "slack":
        await tx.identities.put(ref, winner, how, now)
        await tx.identities.decide(ref, CaseStatus.ACCEPTED, winner, now, "")
    return winner
