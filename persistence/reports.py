"""Reports, evidence and attestations: the port ``Reports``."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound
from models.evidence_record import Attestation, EvidenceRecord
from models.report import Published, Report
from persistence.rows import insert, row_of, value_of
from persistence.tables.honesty import attestation, evidence, report


class ReportTable:
    """See the port."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, made: Report) -> None:
        """Keep a draft."""
        row = row_of(made, title=made.content.title, author=made.content.author)
        await self._connection.execute(
            insert(self._connection, report).values(row).on_conflict_do_nothing(index_elements=["id"])
        )

    async def get(self, id_: str) -> Report:
        """That one."""
        rows = await self._connection.execute(select(report).where(report.c.id == id_))
        row = rows.mappings().one_or_none()
        if row is None:
            raise NotFound("no such report", field="report", value=id_)
        return value_of(Report, row)

    async def all(self, limit: int = 50) -> list[Report]:
        """The newest ones."""
        rows = await self._connection.execute(
            select(report).order_by(report.c.created_at.desc(), report.c.id).limit(limit)
        )
        return [value_of(Report, row) for row in rows.mappings()]

    async def publish(self, id_: str, published: Published, *, by: str, at: datetime) -> bool:
        """It went out, once."""
        done = await self._connection.execute(
            update(report)
            .where(report.c.id == id_, report.c.published_at.is_(None))
            .values(published_at=at, published_by=by, published=published.model_dump(mode="json"))
            .returning(report.c.id)
        )
        return done.scalar_one_or_none() is not None

    async def attest(self, said: Attestation) -> None:
        """Keep what a person says."""
        row = row_of(said)
        keys = ["report", "item", "sha256"]
        await self._connection.execute(
            insert(self._connection, attestation)
            .values(row)
            .on_conflict_do_update(
                index_elements=keys, set_={name: value for name, value in row.items() if name not in keys}
            )
        )

    async def attestations(self, id_: str) -> list[Attestation]:
        """What was attested of it."""
        rows = await self._connection.execute(
            select(attestation)
            .where(attestation.c.report == id_)
            .order_by(attestation.c.at, attestation.c.item, attestation.c.sha256)
        )
        return [value_of(Attestation, row) for row in rows.mappings()]

    async def add_evidence(self, record: EvidenceRecord) -> None:
        """Keep a record."""
        await self._connection.execute(
            insert(self._connection, evidence).values(row_of(record)).on_conflict_do_nothing(index_elements=["id"])
        )

    async def evidence(self, id_: str = "") -> list[EvidenceRecord]:
        """Of a report and of its claims, or all."""
        query = select(evidence).order_by(evidence.c.at, evidence.c.id)
        if id_:
            of = evidence.c.subject
            query = query.where((of == id_) | of.startswith(f"{id_}/", autoescape=True))
        return [value_of(EvidenceRecord, row) for row in (await self._connection.execute(query)).mappings()]
