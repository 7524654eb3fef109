"""The read model of runs: the port ``Runs``."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import RunStatus
from models.play import RunRecord, StepRecord
from models.records import RunRow
from persistence.locks import hold
from persistence.rows import Row, insert, row_of, value_of
from persistence.tables.plays import awaiting, run, run_occurrence, run_step


class RunTable:
    """Runs, their steps, what they wait for, and their numbers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self, record: RunRecord) -> None:
        """A run starts, or starts again in a later generation; a late retry does not open a closed one."""
        statement = insert(self._connection, run).values(**_columns(record))
        stored = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workflow_id"],
                set_=_columns(record),
                where=or_(
                    run.c.generation < record.generation,
                    (run.c.generation == record.generation) & (run.c.status == RunStatus.RUNNING.value),
                ),
            ).returning(run.c.workflow_id)
        )
        if stored.scalar_one_or_none() is None:
            return
        await self._steps(record)
        await self._await(record, record.wants)

    async def step(self, workflow_id: str, step: StepRecord) -> None:
        """One step settled or was held; what settled is not unsettled by a late retry."""
        row = {"workflow_id": workflow_id, **row_of(step)}
        statement = insert(self._connection, run_step).values(**row)
        later = or_(run_step.c.ended.is_(None), statement.excluded.ended.is_not(None))
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["workflow_id", "step_id"], set_=row_of(step), where=later)
        )

    async def close(self, record: RunRecord) -> None:
        """A run ended: final steps, no more awaiting rows. A later generation is not closed by an earlier one."""
        statement = insert(self._connection, run).values(**_columns(record))
        stored = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workflow_id"], set_=_columns(record), where=run.c.generation <= record.generation
            ).returning(run.c.workflow_id)
        )
        if stored.scalar_one_or_none() is None:
            return
        await self._steps(record)
        await self._await(record, ())

    async def forget_steps(self, workflow_id: str) -> None:
        """The steps are written anew, by a playbook that may have others. Results of effects stay."""
        await self._connection.execute(delete(run_step).where(run_step.c.workflow_id == workflow_id))

    async def next_occurrence(
        self, customer: str, playbook: str, cause: str, workflow_id_of: Callable[[int], str]
    ) -> int:
        """Reserve the number of the next run of this playbook; the same cause gets the same number."""
        await hold(self._connection, "occurrence", customer, playbook)
        mine = (run_occurrence.c.customer == customer) & (run_occurrence.c.playbook == playbook)
        stored = await self._connection.execute(select(run_occurrence.c.n).where(mine, run_occurrence.c.cause == cause))
        number: int | None = stored.scalar_one_or_none()
        if number is not None:
            return number
        highest = await self._connection.execute(select(func.coalesce(func.max(run_occurrence.c.n), 0)).where(mine))
        number = int(highest.scalar_one()) + 1
        await self._connection.execute(
            run_occurrence.insert().values(
                customer=customer, playbook=playbook, cause=cause, n=number, workflow_id=workflow_id_of(number)
            )
        )
        return number

    async def of(self, customer: str) -> list[RunRow]:
        """The customer's runs, newest first."""
        rows = await self._connection.execute(
            select(run).where(run.c.customer == customer).order_by(run.c.started.desc(), run.c.workflow_id)
        )
        return [value_of(RunRow, row) for row in rows.mappings()]

    async def open_of(self, playbook: str, *, other_than: str = "") -> list[str]:
        """Open runs of a playbook whose content has another fingerprint than this, by workflow id."""
        rows = await self._connection.execute(
            select(run.c.workflow_id)
            .where(
                run.c.playbook == playbook,
                run.c.status == RunStatus.RUNNING.value,
                run.c.fingerprint != other_than,
            )
            .order_by(run.c.workflow_id)
        )
        return list(rows.scalars())

    async def steps(self, workflow_id: str) -> list[StepRecord]:
        """The steps of a run, in the order they were due; those of unknown time last."""
        rows = await self._connection.execute(
            select(run_step)
            .where(run_step.c.workflow_id == workflow_id)
            .order_by(run_step.c.due.is_(None), run_step.c.due, run_step.c.ended.is_(None), run_step.c.ended)
            .order_by(run_step.c.step_id)
        )
        return [value_of(StepRecord, row) for row in rows.mappings()]

    async def awaited(self, customer: str, kind: str) -> bool:
        """Whether an open run of the customer wants events of this kind (or of this ``kind:subject``)."""
        bare, _, subject = kind.partition(":")
        wanted: ColumnElement[bool] = awaiting.c.kind.in_([kind, bare])
        if not subject:
            wanted = or_(wanted, awaiting.c.kind.startswith(f"{bare}:", autoescape=True))
        found = await self._connection.execute(
            select(awaiting.c.workflow_id).where(awaiting.c.customer == customer, wanted).limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def _steps(self, record: RunRecord) -> None:
        for step in record.steps:
            await self.step(record.workflow_id, step)

    async def _await(self, record: RunRecord, wants: tuple[str, ...]) -> None:
        await self._connection.execute(delete(awaiting).where(awaiting.c.workflow_id == record.workflow_id))
        rows = [
            {"customer": record.customer, "kind": kind, "workflow_id": record.workflow_id}
            for kind in dict.fromkeys(wants)
        ]
        if rows:
            await self._connection.execute(awaiting.insert(), rows)


def _columns(record: RunRecord) -> Row:
    row = row_of(record)
    return {name: row[name] for name in row if name in run.c}
