"""Who may decide a request for approval (section 16 of the domain, G20). Pure.

The domain wants a named person, and names no role: whoever did not ask may decide. Where a playbook names a role, only
that role decides, or one that stands above it on the escalation path (section 7.2).
"""

from collections.abc import Sequence

from models.approval import Approval
from models.enums import Role
from models.records import Csm

PATH = (Role.SUPPORT, Role.CSM, Role.CS_MANAGER, Role.EXECUTIVE)
"""Each is below the next; ``product`` stands beside, with nobody above."""


def refusal(asked: Approval, by: str, team: Sequence[Csm]) -> str:
    """Why ``by`` (an id, a name or an address) cannot decide it; empty: they can."""
    person = named(by, team)
    asker = named(asked.requested_by, team)
    if by.casefold() == asked.requested_by.casefold() or (person is not None and person == asker):
        return "whoever asked cannot decide"
    if not asked.only:
        return ""
    allowed = deciding(asked.role)
    if person is not None and set(roles_of(person, team)) & set(allowed):
        return ""
    who = " or ".join(allowed)
    holders = ", ".join(one.id for one in team if set(roles_of(one, team)) & set(allowed))
    if not holders:
        return f"only {who} decides this, and nobody of the team is one: name somebody under `roles` in the team file"
    theirs = f"they are {', '.join(roles_of(person, team))}" if person is not None else "they are not of the team"
    return f"only {who} decides this ({holders}); {theirs}"


def deciding(role: Role) -> tuple[Role, ...]:
    """The role and those above it."""
    return PATH[PATH.index(role) :] if role in PATH else (role,)


def roles_of(person: Csm, team: Sequence[Csm]) -> tuple[Role, ...]:
    """What the team file says; where it says nothing, a csm, and a cs_manager to whom others report."""
    if person.roles:
        return person.roles
    leads = any(one.manager_id == person.id for one in team)
    return (Role.CSM, Role.CS_MANAGER) if leads else (Role.CSM,)


def named(who: str, team: Sequence[Csm]) -> Csm | None:
    """The one of the team of that id, address or name; None where it is nobody's, or more than one's."""
    said = who.strip().casefold()
    exact = [one for one in team if said and said in (one.id.casefold(), one.email.casefold())]
    found = exact or [one for one in team if said and said == one.name.casefold()]
    return found[0] if len(found) == 1 else None
