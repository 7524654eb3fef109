"""The portfolio as the console lists it: pages of customers with what runs for each."""

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from models.base import Carried, Instant
from models.enums import LifecycleStage, Plan, RunStatus, Segment, SubscriptionStatus
from models.errors import BadInput
from persistence.engine import Database
from persistence.rows import value_of
from persistence.tables.customers import csm, customer
from persistence.tables.plays import customer_onboarding, run
from rules.segments import segment_of

MOST = 200
"""Customers of one page."""


class PortfolioRow(Carried):
    """One customer in the list. ``progress`` 0 to 100, None without an onboarding."""

    id: str
    name: str | None
    plan: Plan | None
    segment: Segment | None
    stage: LifecycleStage | None
    stage_since: Instant | None
    subscription_status: SubscriptionStatus | None
    csm_id: str | None
    csm_name: str | None
    outreach_held: bool
    running: int
    progress: int | None
    onboarding_status: str | None


class PortfolioPage(Carried):
    """One page; ``after`` is the key of the next one, None at the end."""

    rows: tuple[PortfolioRow, ...]
    after: str | None = None


class Portfolio:
    """Read queries for pages; each sees one consistent state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        *,
        limit: int = 50,
        after: str | None = None,
        stage: LifecycleStage | None = None,
        csm_id: str | None = None,
        search: str = "",
    ) -> PortfolioPage:
        """Customers by id, from the one after ``after``; ``search`` is part of a name or the beginning of an id.

        Raises:
            BadInput: a limit that is not from 1 to 200.
        """
        if not 1 <= limit <= MOST:
            raise BadInput(f"expected 1 to {MOST}", field="limit", value=limit)
        only: list[ColumnElement[bool]] = []
        if after is not None:
            only.append(customer.c.id > after)
        if stage is not None:
            only.append(customer.c.stage == stage.value)
        if csm_id is not None:
            only.append(customer.c.csm_id == csm_id)
        if search:
            only.append(
                or_(
                    customer.c.name.icontains(search, autoescape=True),
                    customer.c.id.startswith(search, autoescape=True),
                )
            )
        async with self._database.read() as connection:
            found = (await connection.execute(_listed().where(*only).limit(limit + 1))).mappings().all()
        rows = tuple(_effective(value_of(PortfolioRow, row)) for row in found[:limit])
        return PortfolioPage(rows=rows, after=rows[-1].id if len(found) > limit else None)

    async def stages(self) -> dict[str, int]:
        """How many customers are in each stage; ``unknown`` for those without one."""
        query = select(customer.c.stage, func.count()).group_by(customer.c.stage)
        async with self._database.read() as connection:
            return {stage or "unknown": count for stage, count in await connection.execute(query)}

    async def customers(self) -> int:
        """How many customers there are."""
        async with self._database.read() as connection:
            return (await connection.execute(select(func.count()).select_from(customer))).scalar_one()

    async def running(self) -> int:
        """How many runs are open."""
        query = select(func.count()).where(run.c.status == RunStatus.RUNNING.value)
        async with self._database.read() as connection:
            return (await connection.execute(query)).scalar_one()


def _listed() -> Select[*tuple[object, ...]]:
    running = (
        select(func.count())
        .where(run.c.customer == customer.c.id, run.c.status == RunStatus.RUNNING.value)
        .correlate(customer)
        .scalar_subquery()
    )
    highest = (
        select(func.max(customer_onboarding.c.cycle))
        .where(customer_onboarding.c.customer == customer.c.id)
        .correlate(customer)
        .scalar_subquery()
    )
    onboarding = customer_onboarding.alias("onboarding")
    return (
        select(
            customer,
            csm.c.name.label("csm_name"),
            running.label("running"),
            onboarding.c.progress,
            onboarding.c.status.label("onboarding_status"),
        )
        .outerjoin(csm, csm.c.id == customer.c.csm_id)
        .outerjoin(onboarding, and_(onboarding.c.customer == customer.c.id, onboarding.c.cycle == highest))
        .order_by(customer.c.id)
    )


def _effective(row: PortfolioRow) -> PortfolioRow:
    return row.model_copy(update={"segment": segment_of(row.plan, row.segment)})
