"""What a manager's customers look like now: engagement and open opportunities, as stored (sections 6.3 and 8.3)."""

from sqlalchemy import and_, or_, select

from models.engagement import Engagement, EngagementLevel
from models.enums import LifecycleStage
from models.errors import NotFound
from models.expansion import Opportunity, OpportunityStatus
from persistence.engine import Database
from persistence.rows import value_of
from persistence.tables.customers import csm, customer
from persistence.tables.decisions import evaluation, expansion_opportunity


class ManagerBook:
    """Pure reads; nothing is detected or evaluated here (X7)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def engagement(self, csm_id: str) -> list[Engagement]:
        """The last engagement of each of the manager's customers that have not left; unknown where never evaluated.

        Raises:
            NotFound: no such manager, and nobody's customers have one of that id.
        """
        query = (
            select(customer.c.id, evaluation.c.engagement, evaluation.c.engagement_level)
            .outerjoin(evaluation, and_(evaluation.c.customer == customer.c.id, evaluation.c.backfill.is_(False)))
            .where(
                customer.c.csm_id == csm_id,
                or_(customer.c.stage.is_(None), customer.c.stage != LifecycleStage.CHURNED.value),
            )
            .order_by(customer.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                known = await connection.execute(select(csm.c.id).where(csm.c.id == csm_id))
                if known.scalar_one_or_none() is None:
                    raise NotFound("no such manager", field="CSM", value=csm_id)
        return [
            Engagement(
                customer=row[0],
                score=row[1],
                level=None if row[2] is None else EngagementLevel(row[2]),
                coverage=0 if row[1] is None else 1,
            )
            for row in rows
        ]

    async def opportunities(self, csm_id: str) -> list[Opportunity]:
        """The open opportunities of the manager's customers."""
        table = expansion_opportunity
        query = (
            select(table)
            .join(customer, customer.c.id == table.c.customer)
            .where(
                customer.c.csm_id == csm_id,
                table.c.status == OpportunityStatus.OPEN.value,
                table.c.backfill.is_(False),
            )
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [value_of(Opportunity, row) for row in rows.mappings()]
