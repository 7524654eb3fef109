"""Where each source stands, and where it disagrees with us: the port ``Pulls``."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.facts import Feed
from models.pull import Discrepancy, Freshness, OurInvoice, OurMoney
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.customers import customer
from persistence.tables.identity import identity
from persistence.tables.measures import invoice, source_report
from persistence.tables.pulls import discrepancy, source_freshness
from persistence.types import UtcDateTime


class PullTable:
    """One row for each source, one for each disagreement."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def freshness(self, source: str) -> Freshness | None:
        """Where a source stands; None: it was never asked."""
        query = select(source_freshness).where(source_freshness.c.source == source)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return None if row is None else value_of(Freshness, row)

    async def all(self) -> list[Freshness]:
        """Every source that was ever asked."""
        rows = await self._connection.execute(select(source_freshness).order_by(source_freshness.c.source))
        return [value_of(Freshness, row) for row in rows.mappings()]

    async def advance(self, freshness: Freshness) -> None:
        """A page was read: its moments and cursor; ``records`` are added to those of before."""
        row = {**row_of(freshness), "failed_at": None, "error": ""}
        kept = {**row, "records": source_freshness.c.records + freshness.records}
        if freshness.covered_until is None:
            del kept["covered_until"]
        del kept["source"]
        await self._connection.execute(
            insert(self._connection, source_freshness)
            .values(**row)
            .on_conflict_do_update(index_elements=["source"], set_=kept)
        )

    async def failed(self, source: str, at: datetime, error: str) -> None:
        """It could not be read."""
        row = {"failed_at": at, "error": bounded(error)}
        await self._connection.execute(
            insert(self._connection, source_freshness)
            .values(source=source, records=0, **row)
            .on_conflict_do_update(index_elements=["source"], set_=row)
        )

    async def reset(self, source: str) -> bool:
        """Forget the cursor: the next reading begins from the beginning. False: it was never asked."""
        done = await self._connection.execute(
            update(source_freshness)
            .where(source_freshness.c.source == source)
            .values(cursor=None)
            .returning(source_freshness.c.source)
        )
        return done.scalar_one_or_none() is not None

    async def report(self, system: str, feed: Feed, at: datetime) -> None:
        """All that this system knew by then of the customers that it knows has been told: silence means nothing."""
        known = (
            select(identity.c.customer, literal(feed.value), literal(at, UtcDateTime()))
            .join(customer, customer.c.id == identity.c.customer)
            .where(identity.c.system == system)
            .distinct()
        )
        await self._connection.execute(
            insert(self._connection, source_report)
            .from_select(["customer", "feed", "at"], known)
            .on_conflict_do_nothing(index_elements=["customer", "feed", "at"])
        )

    async def money(self, system: str) -> dict[str, OurMoney]:
        """What we hold of each account of a billing system, by its external id."""
        rows = await self._connection.execute(
            select(identity.c.external_id, customer)
            .join(customer, customer.c.id == identity.c.customer)
            .where(identity.c.system == system)
        )
        return {
            row["external_id"]: OurMoney(
                customer=row["id"], status=row["subscription_status"], mrr=row["mrr"], currency=row["currency"]
            )
            for row in rows.mappings()
        }

    async def invoices(self, ids: Sequence[str]) -> dict[str, OurInvoice]:
        """What we hold of these invoices."""
        rows = await self._connection.execute(select(invoice).where(invoice.c.id.in_(ids)))
        return {row["id"]: value_of(OurInvoice, row) for row in rows.mappings()}

    async def found(self, disagreements: Sequence[Discrepancy]) -> None:
        """Disagreements that were found now: new ones are opened, known ones seen again; one that was over reopens."""
        for one in disagreements:
            row = row_of(one)
            del row["number"]
            row["ours"], row["theirs"] = bounded(one.ours), bounded(one.theirs)
            again = {name: row[name] for name in ("customer", "ours", "theirs", "seen_at")}
            await self._connection.execute(
                insert(self._connection, discrepancy)
                .values(**row)
                .on_conflict_do_update(index_elements=["source", "kind", "object"], set_={**again, "resolved_at": None})
            )

    async def resolve_unseen(self, source: str, before: datetime, at: datetime) -> int:
        """Disagreements of a source that were not seen since ``before`` are over; how many."""
        done = await self._connection.execute(
            update(discrepancy)
            .where(
                discrepancy.c.source == source,
                discrepancy.c.seen_at < before,
                discrepancy.c.resolved_at.is_(None),
            )
            .values(resolved_at=at)
            .returning(discrepancy.c.number)
        )
        return len(done.all())

    async def discrepancies(self, *, open_only: bool = True, limit: int = 1000) -> list[Discrepancy]:
        """Disagreements, newest first."""
        query: Select[*tuple[object, ...]] = select(discrepancy).order_by(discrepancy.c.number.desc()).limit(limit)
        if open_only:
            query = query.where(discrepancy.c.resolved_at.is_(None))
        rows = await self._connection.execute(query)
        return [value_of(Discrepancy, row) for row in rows.mappings()]
