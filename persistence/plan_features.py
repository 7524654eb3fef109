"""What each plan offers, and since when: what ``feature_adoption`` is a share of (section 0.3 of the domain)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Plan
from persistence.rows import insert
from persistence.tables.measures import plan_feature


class PlanFeatureTable:
    """Rows are closed and never removed, so that a past day still knows what its plan offered."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def offered(self, day: date) -> dict[Plan, tuple[str, ...]]:
        """The features of each plan on a day."""
        one = plan_feature.c
        rows = await self._connection.execute(
            select(one.plan, one.feature)
            .where(one.since <= day, or_(one.until.is_(None), one.until > day))
            .order_by(one.plan, one.feature)
        )
        found: dict[Plan, list[str]] = {}
        for plan, feature in rows:
            found.setdefault(Plan(plan), []).append(feature)
        return {plan: tuple(features) for plan, features in found.items()}

    async def offer(self, plans: Mapping[Plan, tuple[str, ...]], *, since: date) -> None:
        """From that day on each of these plans offers exactly these features; the same twice changes nothing."""
        one = plan_feature.c
        before = await self.offered(since)
        for plan, features in plans.items():
            gone = [feature for feature in before.get(plan, ()) if feature not in features]
            await self._connection.execute(
                update(plan_feature)
                .where(and_(one.plan == plan.value, one.feature.in_(gone), one.until.is_(None)))
                .values(until=since)
            )
            for feature in features:
                statement = insert(self._connection, plan_feature).values(
                    plan=plan.value, feature=feature, since=since, until=None
                )
                # A feature that comes back is offered again from the first day it ever was: there is one row of it.
                await self._connection.execute(
                    statement.on_conflict_do_update(index_elements=["plan", "feature"], set_={"until": None})
                )
