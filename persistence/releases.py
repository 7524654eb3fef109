"""Releases of playbooks, what became of each run, and playbooks that are paused (section 20 of the domain)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.release import MoveLine, Pause, Release
from persistence.rows import bounded, insert, row_of, value_of
from persistence.tables.releases import playbook_pause, playbook_release, playbook_release_run


class ReleaseTable:
    """Releases, newest first; rows are added, never changed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, release: Release) -> None:
        """Keep one; again under its id changes nothing."""
        row = {**row_of(release), "document": release.document.model_dump(mode="json", by_alias=True)}
        await self._connection.execute(
            insert(self._connection, playbook_release).values(row).on_conflict_do_nothing(index_elements=["id"])
        )

    async def all(self, playbook: str | None = None) -> list[Release]:
        """Every release, or those of one playbook."""
        query = select(playbook_release).order_by(playbook_release.c.at.desc(), playbook_release.c.id.desc())
        if playbook is not None:
            query = query.where(playbook_release.c.playbook == playbook)
        return [value_of(Release, row) for row in (await self._connection.execute(query)).mappings()]

    async def became(self, release: str, lines: Sequence[MoveLine], at: datetime) -> None:
        """What became of runs; the last word of each run stays."""
        for line in lines:
            statement = insert(self._connection, playbook_release_run).values(
                release=release, workflow_id=line.workflow_id, outcome=line.outcome.value, notes=list(line.notes), at=at
            )
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["release", "workflow_id"],
                    set_={
                        "outcome": statement.excluded.outcome,
                        "notes": statement.excluded.notes,
                        "at": statement.excluded.at,
                    },
                )
            )


class PauseTable:
    """Playbooks that do nothing for now. A pause is closed and never removed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, playbook: str) -> Pause | None:
        """The open pause of a playbook, or None."""
        rows = await self._connection.execute(
            select(playbook_pause)
            .where(playbook_pause.c.playbook == playbook, playbook_pause.c.resumed_at.is_(None))
            .order_by(playbook_pause.c.number)
            .limit(1)
        )
        row = rows.mappings().one_or_none()
        return None if row is None else value_of(Pause, row)

    async def open(self) -> list[Pause]:
        """Every open pause, by playbook."""
        rows = await self._connection.execute(
            select(playbook_pause).where(playbook_pause.c.resumed_at.is_(None)).order_by(playbook_pause.c.playbook)
        )
        return [value_of(Pause, row) for row in rows.mappings()]

    async def pause(self, playbook: str, *, by: str, reason: str, at: datetime) -> Pause:
        """Pause it.

        Raises:
            Refused: it is paused already.
        """
        known = await self.of(playbook)
        if known is not None:
            raise Refused(f"paused by {known.by} since {known.at:%Y-%m-%d %H:%M}", field="playbook", value=playbook)
        await self._connection.execute(
            plain_insert(playbook_pause).values(playbook=playbook, by=bounded(by), reason=bounded(reason), at=at)
        )
        made = await self.of(playbook)
        assert made is not None, "just written"
        return made

    async def resume(self, playbook: str, *, by: str, at: datetime) -> Pause:
        """Resume it; returns the pause that ended, or the last one that did: resuming twice tells the runs twice.

        Raises:
            NotFound: it was never paused.
        """
        rows = await self._connection.execute(
            select(playbook_pause)
            .where(playbook_pause.c.playbook == playbook)
            .order_by(playbook_pause.c.number.desc())
            .limit(1)
        )
        row = rows.mappings().one_or_none()
        if row is None:
            raise NotFound("it was never paused", field="playbook", value=playbook)
        await self._connection.execute(
            update(playbook_pause)
            .where(playbook_pause.c.number == row["number"], playbook_pause.c.resumed_at.is_(None))
            .values(resumed_at=at, resumed_by=bounded(by))
        )
        return value_of(Pause, row)
