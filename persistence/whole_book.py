"""The whole book as a simulation needs it, read set by set: a statement for each kind of row, whatever the book's size.

Customers, texts sent of late and runs are as they are stored now; facts are as of the moment asked for.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.decisions import Memory
from models.enums import CommunicationStatus, MessageClass, RunStatus, Segment
from models.play import OnboardingRecord, StepRecord
from models.records import Csm, Customer, RunRow
from models.signals import ChurnSignal
from models.stages import RenewalStatus
from persistence.fact_columns import FactColumns, FactPage
from persistence.rows import value_of
from persistence.tables.customers import csm, customer
from persistence.tables.decisions import churn_signal, evaluation
from persistence.tables.measures import renewal_word, survey_send
from persistence.tables.messages import communication, suppression
from persistence.tables.plays import customer_onboarding, run, run_step
from rules.segments import guided

PAGE = 5_000
LATELY = timedelta(days=7)
REMEMBERED = timedelta(days=400)
"""How long ago a run may have ended to matter: longer than any cool-down and any term but the longest."""

_CAPPED = (MessageClass.RELATIONSHIP.value, MessageClass.MARKETING.value)


@dataclass(frozen=True)
class WholeBook:
    """Rows by customer; a customer without rows is not in a mapping."""

    customers: list[Customer]
    managers: list[Csm]
    facts: Mapping[str, Mapping[str, Any]]
    suppressed: Mapping[str, str]
    lately: Mapping[str, list[datetime]]
    signals: Mapping[str, list[ChurnSignal]]
    onboardings: Mapping[str, OnboardingRecord]
    runs: Mapping[str, list[RunRow]]
    """Open ones."""
    steps: Mapping[str, list[StepRecord]]
    """Of open runs, by workflow id."""
    past: Mapping[str, list[RunRow]]
    """Runs that ended within REMEMBERED, oldest first."""
    due_told: Mapping[str, dict[str, str]]
    """What the daily check has told, as it remembers it."""
    surveyed: Mapping[str, datetime]
    renewals: Mapping[tuple[str, date], str]
    """The latest word on each term: renewed or declined."""


async def read_book(
    connection: AsyncConnection,
    names: Collection[str],
    *,
    as_of: datetime,
    only: str | None = None,
    has_kickoff: Callable[[Segment], bool] = guided,
) -> WholeBook:
    """The book, or one customer of it. ``names``: the facts to read, as of the moment."""
    mine = select(customer).order_by(customer.c.id)
    rows = (await connection.execute(mine if only is None else mine.where(customer.c.id == only))).mappings()
    customers = [value_of(Customer, row) for row in rows]
    ids = [one.id for one in customers]
    facts: dict[str, Mapping[str, Any]] = {}
    columns = FactColumns(connection, has_kickoff)
    for start in range(0, len(ids), PAGE):
        page: FactPage = await columns.read(ids[start : start + PAGE], names, as_of=as_of)
        facts.update((each, page.of(position)) for position, each in enumerate(page.ids))
    open_runs = await _rows(connection, select(run).where(run.c.status == RunStatus.RUNNING.value))
    steps = await connection.execute(
        select(run_step)
        .join(run, run.c.workflow_id == run_step.c.workflow_id)
        .where(run.c.status == RunStatus.RUNNING.value)
    )
    by_run: dict[str, list[StepRecord]] = {}
    for row in steps.mappings():
        by_run.setdefault(row["workflow_id"], []).append(value_of(StepRecord, row))
    managers = await connection.execute(select(csm).order_by(csm.c.id))
    latest: dict[str, OnboardingRecord] = {}
    for row in await _rows(connection, select(customer_onboarding).order_by(customer_onboarding.c.cycle)):
        latest[row["customer"]] = value_of(OnboardingRecord, row)
    return WholeBook(
        customers=customers,
        managers=[value_of(Csm, row) for row in managers.mappings()],
        facts=facts,
        suppressed=await _suppressed(connection),
        lately=await _lately(connection, as_of),
        signals=_grouped(
            await _rows(
                connection,
                select(churn_signal).where(churn_signal.c.cleared_at.is_(None), churn_signal.c.backfill.is_(False)),
            ),
            lambda row: value_of(ChurnSignal, row),
        ),
        onboardings=latest,
        runs=_grouped(open_runs, lambda row: value_of(RunRow, row)),
        steps=by_run,
        past=_grouped(
            await _rows(
                connection,
                select(run).where(run.c.ended > as_of - REMEMBERED, run.c.ended <= as_of).order_by(run.c.started),
            ),
            lambda row: value_of(RunRow, row),
        ),
        due_told=await _due_told(connection),
        surveyed=await _surveyed(connection, as_of),
        renewals=await _renewals(connection, as_of),
    )


async def _rows(connection: AsyncConnection, query: Any) -> list[Any]:
    return list((await connection.execute(query)).mappings())


def _grouped(rows: list[Any], make: Callable[[Any], Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["customer"], []).append(make(row))
    return found


async def _suppressed(connection: AsyncConnection) -> dict[str, str]:
    rows: list[Row[Any]] = list(await connection.execute(select(suppression.c.address, suppression.c.reason)))
    return {row.address: row.reason for row in rows}


async def _lately(connection: AsyncConnection, as_of: datetime) -> dict[str, list[datetime]]:
    """Messages that count against the cap, of the week before the moment."""
    rows = await connection.execute(
        select(communication.c.customer, communication.c.created_at)
        .where(
            communication.c.created_at > as_of - LATELY,
            communication.c.created_at <= as_of,
            communication.c.message_class.in_(_CAPPED),
            communication.c.status != CommunicationStatus.FAILED.value,
        )
        .order_by(communication.c.created_at)
    )
    found: dict[str, list[datetime]] = {}
    for row in rows:
        found.setdefault(row.customer, []).append(row.created_at)
    return found


async def _due_told(connection: AsyncConnection) -> dict[str, dict[str, str]]:
    rows = await connection.execute(
        select(evaluation.c.customer, evaluation.c.memory).where(evaluation.c.backfill.is_(False))
    )
    return {row.customer: Memory.model_validate(row.memory).told for row in rows}


async def _surveyed(connection: AsyncConnection, as_of: datetime) -> dict[str, datetime]:
    rows = await connection.execute(
        select(survey_send.c.customer, func.max(survey_send.c.sent_at).label("at"))
        .where(survey_send.c.sent_at <= as_of)
        .group_by(survey_send.c.customer)
    )
    return {row.customer: row.at for row in rows}


async def _renewals(connection: AsyncConnection, as_of: datetime) -> dict[tuple[str, date], str]:
    said = {RenewalStatus.COMPLETED.value: "renewed", RenewalStatus.DECLINED.value: "declined"}
    rows = await connection.execute(
        select(renewal_word).where(renewal_word.c.at <= as_of).order_by(renewal_word.c.at, renewal_word.c.key)
    )
    return {(row.customer, row.term_end): said[row.status] for row in rows if row.status in said}
