"""The success plan of day 1: a draft filled from the customer's onboarding program (section 10.1 of the domain, S3)."""

from datetime import datetime

from activities.ports import Playbooks, Transaction
from models.enums import Language
from models.errors import NotFound
from models.program import OnboardingProgram
from models.records import Customer
from models.success_plan import SuccessPlan
from rules import success_plan_draft
from rules.segments import segment_of


async def draft(
    tx: Transaction, playbooks: Playbooks, customer: Customer, key: str, language: Language, now: datetime
) -> bool:
    """Store it; False if the customer has a plan already. Without an onboarding there is nothing to fill it from."""
    record = await tx.onboardings.latest(customer.id)
    program = program_of(playbooks, record.program, customer) if record is not None else None
    if record is None or program is None:
        return await tx.plans.add(SuccessPlan(customer=customer.id, created_at=now, updated_at=now), key, "")
    plan = success_plan_draft.draft(
        customer.id, customer.name, program, started=record.started.date(), at=now, language=language
    )
    return await tx.plans.add(plan, key, record.program)


def program_of(playbooks: Playbooks, name: str, customer: Customer) -> OnboardingProgram | None:
    """The program of that name; None where it is no more."""
    try:
        return playbooks.by_id(name, segment_of(customer.plan, customer.segment)).program
    except NotFound:
        return None
