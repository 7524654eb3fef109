"""The worked example of section 10.2 as data, with what it lacks added: baselines, dates, a stakeholder, a cadence.

Its three statuses follow no rule, so they are stated as overrides (S2). Its dates lie in the past: tests fix the day
(S4).
"""

from datetime import UTC, date, datetime

from models.enums import Role
from models.success_plan import (
    BusinessContext,
    Cadence,
    CriterionStatus,
    Direction,
    Initiative,
    InitiativeStatus,
    Owner,
    PlanTask,
    Stakeholder,
    StakeholderEngagement,
    StakeholderType,
    StatusOverride,
    SuccessCriterion,
    SuccessPlan,
)

CREATED = datetime(2025, 2, 1, 9, tzinfo=UTC)
BASELINE = date(2025, 2, 1)
DEADLINE = date(2025, 6, 30)
METRICS = frozenset({"avg_response_time_minutes", "automation_rate_percent", "csat_score"})


def criterion(
    id_: str, name: str, metric: str, current: float, target: float, status: CriterionStatus
) -> SuccessCriterion:
    return SuccessCriterion(
        id=id_,
        name=name,
        metric=metric,
        baseline_value=current,
        baseline_date=BASELINE,
        current_value=current,
        target_value=target,
        direction=Direction.UP if target > current else Direction.DOWN,
        deadline=DEADLINE,
        status_override=StatusOverride(status=status, author="csm", reason="as the example states", at=CREATED),
    )


EXAMPLE_SUCCESS_PLAN = SuccessPlan(
    customer="techstore",
    created_at=CREATED,
    updated_at=CREATED,
    business_context=BusinessContext(
        company="TechStore España",
        industry="E-commerce",
        size="50-100",
        challenges=(
            "Más de 500 consultas de clientes al día",
            "Equipo de soporte desbordado",
            "Respuesta más lenta de 2 horas",
        ),
        goals=(
            "Responder en menos de 5 minutos",
            "Automatizar el 60 % de las consultas repetidas",
            "CSAT de al menos 4,5",
        ),
    ),
    success_criteria=(
        criterion("sc1", "Response time", "avg_response_time_minutes", 120, 5, CriterionStatus.ON_TRACK),
        criterion("sc2", "Automation rate", "automation_rate_percent", 15, 60, CriterionStatus.ON_TRACK),
        criterion("sc3", "Customer satisfaction", "csat_score", 3.8, 4.5, CriterionStatus.AT_RISK),
    ),
    initiatives=(
        Initiative(
            id="init1",
            name="FAQ chatbot",
            description="A chatbot that answers frequent questions by itself",
            owner=Owner(role=Role.CSM),
            start_date=date(2025, 2, 1),
            end_date=date(2025, 2, 28),
            status=InitiativeStatus.IN_PROGRESS,
            linked_criteria=("sc1", "sc2"),
            tasks=(
                PlanTask(id="t1", name="Analyse present FAQs", completed=True),
                PlanTask(id="t2", name="Design conversation flows", completed=True),
                PlanTask(id="t3", name="Build and test"),
                PlanTask(id="t4", name="Launch in production"),
            ),
        ),
        Initiative(
            id="init2",
            name="Order system link",
            description="Link the chatbot to the order system (ERP) for order-status questions",
            owner=Owner(user="Technical"),
            start_date=date(2025, 3, 1),
            end_date=date(2025, 3, 31),
            linked_criteria=("sc2", "sc3"),
        ),
    ),
    stakeholders=(
        Stakeholder(
            name="Marta Gil",
            role="Head of support",
            email="marta@techstore.example",
            type=StakeholderType.CHAMPION,
            engagement=StakeholderEngagement.HIGH,
        ),
    ),
    review_cadence=Cadence.MONTHLY,
    next_review=date(2025, 2, 28),
)
