"""A customer as it was at a moment.

What the customer's row says now counts only if it was there then (its stamp); where the past value is gone, it is
unknown. Days are ``floor((now - then) / 24 h)`` (section 0.1).
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue
from sqlalchemy import RowMapping, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Plan, Segment
from persistence.customers import subscription_events
from persistence.stamps import Stamps
from persistence.subscriptions import Subscription
from persistence.tables.book import subscription
from persistence.tables.customers import login, response, transition
from persistence.tables.work import success_plan
from rules.segments import segment_of

DAY = timedelta(days=1)

Reader = Callable[[], Awaitable[JsonValue]]


class Past:
    """Facts of one customer's row and of the rows about it, as of a moment."""

    def __init__(
        self,
        connection: AsyncConnection,
        row: RowMapping,
        *,
        as_of: datetime,
        since: datetime,
        has_kickoff: Callable[[Segment], bool],
    ) -> None:
        self._connection = connection
        self._row = row
        self._id = str(row["id"])
        self._as_of = as_of
        self._since = since
        self._has_kickoff = has_kickoff
        self._stamps = Stamps(row["stamps"])
        self._subscription: Subscription | None = None

    def readers(self) -> Mapping[str, Reader]:
        """How each fact is read."""
        return {
            "stage": self.stage,
            "plan": self.plan,
            "segment": self.segment,
            "subscription_status": self.subscription_status,
            "days_since_last_login": self.days_since_last_login,
            "trial_days_remaining": self.trial_days_remaining,
            "days_as_customer": self.days_as_customer,
            "has_csm": self.has_csm,
            "has_email": self.has_email,
            "has_kickoff": self.has_kickoff,
            "has_success_plan": self.has_success_plan,
            "still_no_login": self.still_no_login,
            "no_response": self.no_response,
        }

    async def stage(self) -> str | None:
        """That of the last change by then; without any, the imported one."""
        rows = await self._connection.execute(
            select(transition.c.from_stage, transition.c.to_stage, transition.c.at)
            .where(transition.c.customer == self._id)
            .order_by(transition.c.at, transition.c.number)
        )
        changes = rows.all()
        before = [change for change in changes if change.at <= self._as_of]
        if before:
            return str(before[-1].to_stage)
        if changes:
            # The stage before the first change is known, but not since when, unless the import says so.
            imported = self._row["imported_at"]
            there = imported is not None and imported <= self._as_of
            return changes[0].from_stage if there else None
        known_since = self._row["stage_since"] or self._row["imported_at"]
        return self._row["stage"] if known_since is not None and known_since <= self._as_of else None

    async def plan(self) -> str | None:
        """The plan; before the present one was known, that of the subscription span of the day."""
        if self._stamps.known_at("plan", self._as_of):
            return None if self._row["plan"] is None else str(self._row["plan"])
        today = self._as_of.date()
        rows = await self._connection.execute(
            select(subscription.c.plan)
            .where(
                subscription.c.customer == self._id,
                subscription.c.started <= today,
                or_(subscription.c.ended.is_(None), subscription.c.ended >= today),
                subscription.c.plan.is_not(None),
            )
            .order_by(subscription.c.started.desc(), subscription.c.id)
            .limit(1)
        )
        return rows.scalar_one_or_none()

    async def segment(self) -> str | None:
        """The stored one, else that of the plan (section 4.4)."""
        stored = self._row["segment"] if self._stamps.known_at("segment", self._as_of) else None
        plan = await self.plan()
        found = segment_of(Plan(plan) if plan is not None else None, Segment(stored) if stored is not None else None)
        return found.value if found is not None else None

    async def subscription_status(self) -> str | None:
        """State of the paid service."""
        status = (await self._folded()).status
        return status.value if status is not None else None

    async def trial_days_remaining(self) -> int | None:
        """Days left of the trial, negative when past."""
        ends = (await self._folded()).trial_ends_at
        return None if ends is None else (ends - self._as_of) // DAY

    async def days_as_customer(self) -> int | None:
        """Days since the first paid subscription of the cycle."""
        began = (await self._folded()).subscribed_at
        return None if began is None else (self._as_of - began) // DAY

    async def days_since_last_login(self) -> int | None:
        """Whole days since any user logged in."""
        rows = await self._connection.execute(
            select(func.max(login.c.at)).where(login.c.customer == self._id, login.c.at <= self._as_of)
        )
        last: datetime | None = rows.scalar_one()
        return None if last is None else (self._as_of - last) // DAY

    async def has_csm(self) -> bool | None:
        """A manager is assigned."""
        return self._has("csm_id")

    async def has_email(self) -> bool | None:
        """An address is known."""
        return self._has("email")

    async def has_kickoff(self) -> bool | None:
        """The segment's program has a kickoff."""
        segment = await self.segment()
        return None if segment is None else self._has_kickoff(Segment(segment))

    async def has_success_plan(self) -> bool:
        """A plan exists, draft or active."""
        rows = await self._connection.execute(
            select(success_plan.c.key).where(success_plan.c.customer == self._id, success_plan.c.at <= self._as_of)
        )
        return rows.scalar_one_or_none() is not None

    async def still_no_login(self) -> bool | None:
        """No login after ``since``; unknown for an imported account of which no login was ever told."""
        if await self._any(login, self._since):
            return False
        if self._row["imported_at"] is not None and not await self._any(login, None):
            return None
        return True

    async def no_response(self) -> bool:
        """No reply, booking, answer or decision after ``since``."""
        return not await self._any(response, self._since)

    def _has(self, field: str) -> bool | None:
        return self._row[field] is not None if self._stamps.known_at(field, self._as_of) else None

    async def _any(self, table: Table, after: datetime | None) -> bool:
        query = select(table.c.key).where(table.c.customer == self._id, table.c.at <= self._as_of)
        if after is not None:
            query = query.where(table.c.at > after)
        return (await self._connection.execute(query.limit(1))).scalar_one_or_none() is not None

    async def _folded(self) -> Subscription:
        if self._subscription is None:
            base = Subscription.from_json(self._row["base"])
            if base.at is not None and base.at > self._as_of:
                base = Subscription()  # what the import knew was not known yet
            events = await subscription_events(self._connection, self._id)
            self._subscription = base.fold(events, until=self._as_of)
        return self._subscription
