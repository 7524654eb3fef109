"""The success plan created on day 1: a draft filled from the onboarding program (section 10.1, S3).

It says what the program promises and nothing that only discovery can tell: criteria, stakeholders and the review are
left to the manager, so a draft never becomes active by itself.
"""

from datetime import date, datetime, timedelta

from models.enums import Language, Role
from models.program import OnboardingProgram, ProgramMilestone, ProgramStep
from models.success_plan import (
    BusinessContext,
    Initiative,
    InitiativeStatus,
    Owner,
    PlanMilestone,
    PlanTask,
    SuccessPlan,
)


def draft(
    customer: str,
    company: str | None,
    program: OnboardingProgram,
    *,
    started: date,
    at: datetime,
    language: Language = Language.ES,
) -> SuccessPlan:
    """One initiative, the onboarding, with the program's steps as its tasks; and the program's milestones by their day.

    Args:
        customer: whose plan.
        company: its name; None if unknown.
        program: the onboarding program.
        started: first day of the onboarding, day 1 of its milestones.
        at: the moment of creation.
        language: of the names shown to the customer.
    """
    initiative = Initiative(
        id="onboarding",
        name="Puesta en marcha" if language is Language.ES else "Getting started",
        owner=Owner(role=Role.CSM),
        start_date=started,
        end_date=_day(started, program.duration_days),
        status=InitiativeStatus.IN_PROGRESS,
        tasks=tuple(PlanTask(id=step.id, name=_name(step, language)) for step in program.steps),
    )
    return SuccessPlan(
        customer=customer,
        created_at=at,
        updated_at=at,
        business_context=None if company is None else BusinessContext(company=company),
        initiatives=(initiative,),
        milestones=tuple(
            PlanMilestone(id=one.id, name=_name(one, language), target_date=_day(started, one.target_day))
            for one in program.milestones
        ),
    )


def _day(started: date, number: int) -> date:
    return started + timedelta(days=number - 1)


def _name(one: ProgramStep | ProgramMilestone, language: Language) -> str:
    return one.names.get(language, one.name)
