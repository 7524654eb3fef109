"""What was told of use and of what the plan allows: the port ``UsageTold`` (section 0.3 of the domain)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import Feed
from models.told import Told
from persistence.rows import insert
from persistence.tables.book import usage_event
from persistence.tables.customers import login
from persistence.tables.measures import (
    blocked_attempt,
    conversation_day,
    growth_potential,
    limit_usage,
    seat_count,
    source_report,
)
from persistence.tables.reviews import lead_day
from persistence.told import greatest, newest


class UsageToldTable:
    """Rows of usage, conversations, limits, blocked features, seats, growth potential and reports of sources."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def usage(
        self, told: Told, day: date, feature: str, *, count: int, duration_seconds: int | None, errors: int | None
    ) -> None:
        """How often a feature was used on a day; a later report replaces an earlier one."""
        statement = insert(self._connection, usage_event).values(
            id=told.customer,
            subscription="",
            day=day,
            feature=feature,
            customer=told.customer,
            count=count,
            duration_seconds=duration_seconds,
            errors=errors,
            stated_at=told.at,
            stated_by=told.key,
        )
        await self._connection.execute(newest(statement, usage_event, ["count", "duration_seconds", "errors"]))

    async def conversations(
        self, told: Told, day: date, *, handled: int, automated: int | None, response_seconds: int | None
    ) -> None:
        """Conversations of a day; a later report replaces an earlier one."""
        statement = insert(self._connection, conversation_day).values(
            customer=told.customer,
            day=day,
            handled=handled,
            automated=automated,
            response_seconds=response_seconds,
            stated_at=told.at,
            stated_by=told.key,
        )
        await self._connection.execute(
            newest(statement, conversation_day, ["handled", "automated", "response_seconds"])
        )

    async def leads(self, told: Told, day: date, captured: int) -> None:
        """Leads captured on a day; a later report replaces an earlier one."""
        statement = insert(self._connection, lead_day).values(
            customer=told.customer, day=day, captured=captured, stated_at=told.at, stated_by=told.key
        )
        await self._connection.execute(newest(statement, lead_day, ["captured"]))

    async def limit(self, told: Told, name: str, used: int, allowed: int | None) -> None:
        """How much of a limit was used at that moment."""
        statement = insert(self._connection, limit_usage).values(
            customer=told.customer, name=name, at=told.at, used=used, allowed=allowed
        )
        await self._connection.execute(greatest(statement, limit_usage, ["used", "allowed"]))

    async def blocked(self, told: Told, feature: str) -> None:
        """Somebody tried a feature that the plan does not have."""
        await self._connection.execute(
            insert(self._connection, blocked_attempt)
            .values(customer=told.customer, key=told.key, feature=feature, at=told.at)
            .on_conflict_do_nothing()
        )

    async def seats(self, told: Told, seats: int) -> None:
        """How many seats at that moment."""
        statement = insert(self._connection, seat_count).values(customer=told.customer, at=told.at, seats=seats)
        await self._connection.execute(greatest(statement, seat_count, ["seats"]))

    async def growth(self, told: Told, value: float, by: str) -> None:
        """What somebody thinks of the account's growth, 0 to 1."""
        statement = insert(self._connection, growth_potential).values(
            customer=told.customer, at=told.at, value=value, actor=by
        )
        # The actor goes with the value; of two that said the same at one moment the first stays.
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer", "at"],
                set_={"value": statement.excluded.value, "actor": statement.excluded.actor},
                where=growth_potential.c.value < statement.excluded.value,
            )
        )

    async def source(self, told: Told, feed: Feed) -> None:
        """The source has told all it knew by then."""
        await self._connection.execute(
            insert(self._connection, source_report)
            .values(customer=told.customer, feed=feed.value, at=told.at)
            .on_conflict_do_nothing()
        )

    async def login(self, told: Told, user_id: str | None) -> float | None:
        """A user logged in; idempotent per key. Days since the latest earlier login, None when there was none."""
        await self._connection.execute(
            insert(self._connection, login)
            .values(customer=told.customer, key=told.key, at=told.at, user_id=user_id)
            .on_conflict_do_nothing(index_elements=["customer", "key"])
        )
        before = await self._connection.execute(
            select(login.c.at)
            .where(login.c.customer == told.customer, login.c.at <= told.at, login.c.key != told.key)
            .order_by(login.c.at.desc())
            .limit(1)
        )
        last = before.scalar_one_or_none()
        return None if last is None else (told.at - last).total_seconds() / 86400
