"""Who of our people is meant by a role, for a customer (section 0.2 of the domain, G14)."""

from typing import NamedTuple

from activities.ports import Transaction
from models.enums import Role
from models.records import Csm, Customer

TEAM = "team"
"""The team queue: tasks and notices of customers without a manager."""


class Colleague(NamedTuple):
    """The queue or the id of the person, and the person if we know one."""

    queue: str
    person: Csm | None = None


async def colleague(tx: Transaction, customer: Customer, role: Role) -> Colleague:
    """The manager of the customer, the manager's own manager, or the queue of the role.

    Nobody assigned is the team queue; a manager whose own manager is unknown is the role's queue.
    """
    csm = await tx.customers.csm(customer.csm_id) if customer.csm_id else None
    if role is Role.CSM:
        return Colleague(customer.csm_id or TEAM, csm)
    if role is Role.CS_MANAGER and csm is not None and csm.manager_id:
        return Colleague(csm.manager_id, await tx.customers.csm(csm.manager_id))
    return Colleague(role.value)
