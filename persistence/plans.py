"""Success plans: the port ``Plans`` (section 10 of the domain)."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.success_plan import PlanReview, PlanStatus, SuccessPlan
from persistence.fact_recorded import record
from persistence.rows import insert, row_of, value_of
from persistence.tables.work import success_plan, success_plan_review


class PlanTable:
    """One plan for each customer, and the reviews that were held."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, customer: str) -> SuccessPlan | None:
        """The plan, or None."""
        found = await self._all(select(success_plan).where(success_plan.c.customer == customer))
        return found[0] if found else None

    async def add(self, plan: SuccessPlan, key: str, program: str) -> bool:
        """A first plan; False if the customer already has one of another key."""
        await self._connection.execute(
            insert(self._connection, success_plan)
            .values(**_row(plan), key=key, program=program, at=plan.created_at)
            .on_conflict_do_nothing()
        )
        stored = await self._connection.execute(
            select(success_plan.c.key).where(success_plan.c.customer == plan.customer)
        )
        return bool(stored.scalar_one() == key)

    async def put(self, plan: SuccessPlan) -> None:
        """Insert or replace; a plan keeps the key and the program it was made with."""
        row = _row(plan)
        await self._connection.execute(
            insert(self._connection, success_plan)
            .values(**row, key=f"plan:{plan.customer}", program="", at=plan.created_at)
            .on_conflict_do_update(index_elements=["customer"], set_=row)
        )

    async def attained(self, customer: str, at: datetime, value: float | None) -> None:
        """Record the fact ``outcome_attainment`` as of then."""
        await record(self._connection, [(customer, "outcome_attainment", at, value)])

    async def to_review(self, by: date) -> list[SuccessPlan]:
        """Active plans whose review is due by that day, the oldest first."""
        plan = success_plan.c
        return await self._all(
            select(success_plan)
            .where(plan.status == PlanStatus.ACTIVE.value, plan.next_review <= by)
            .order_by(plan.next_review, plan.customer)
        )

    async def add_review(self, held: PlanReview) -> None:
        """A review was held; one for each day it was due."""
        await self._connection.execute(
            insert(self._connection, success_plan_review).values(**row_of(held)).on_conflict_do_nothing()
        )

    async def reviews(self, customer: str) -> list[PlanReview]:
        """Reviews that were held, oldest first."""
        review = success_plan_review.c
        rows = await self._connection.execute(
            select(success_plan_review).where(review.customer == customer).order_by(review.due)
        )
        return [value_of(PlanReview, row) for row in rows.mappings()]

    async def _all(self, query: Select[*tuple[object, ...]]) -> list[SuccessPlan]:
        rows = await self._connection.execute(query)
        return [
            SuccessPlan.model_validate(
                {
                    "customer": row["customer"],
                    "created_at": row["at"],
                    "updated_at": row["updated_at"] or row["at"],
                    "status": row["status"],
                    "business_context": row["business_context"],
                    "success_criteria": row["criteria"],
                    "initiatives": row["initiatives"],
                    "milestones": row["milestones"] or [],
                    "stakeholders": row["stakeholders"] or [],
                    "review_cadence": row["review_cadence"],
                    "next_review": row["next_review"],
                }
            )
            for row in rows.mappings()
        ]


def _row(plan: SuccessPlan) -> dict[str, object]:
    said = plan.model_dump(mode="json")
    return {
        "customer": plan.customer,
        "status": plan.status.value,
        "criteria": said["success_criteria"],
        "initiatives": said["initiatives"],
        "milestones": said["milestones"],
        "stakeholders": said["stakeholders"],
        "business_context": said["business_context"],
        "review_cadence": plan.review_cadence.value if plan.review_cadence else None,
        "next_review": plan.next_review,
        "updated_at": plan.updated_at,
    }
