"""Random books for sweeps, sweeping them without a server, and everything that was decided, to be compared."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from temporalio.testing import ActivityEnvironment

from composition.deciding import Deciding
from models.standing import Evaluated
from models.sweep import SweepBegin, SweepClaim, SweepPages, SweepProgress
from persistence.store import SqlStore
from persistence.tables import METADATA
from persistence.tables.customers import customer
from tests.persistence.fact_histories import DAY, NOW, History, distinct, history, keep

DECIDED = (
    "health_score", "engagement_score", "churn_signal", "alert", "expansion_opportunity", "evaluation",
    "computed_metric", "transition", "blocker", "csm_task", "notice", "inbox", "sweep_change",
)  # fmt: skip
DAY_OF_NOW = NOW.date()
STAGES = ("trial", "onboarding", "adopting", "growing", "renewing", "expanding", "advocating", "at_risk", "churned")


async def book(store: SqlStore, seed: int, customers: int = 25) -> History:
    """A book whose customers stand in every stage since long ago."""
    rows = distinct(history(seed, customers))
    await fill(store, rows)
    return rows


async def fill(store: SqlStore, rows: History) -> None:
    """Put it there; stages are of the present, the history of facts is whatever it is."""
    async with store.begin() as tx:
        await keep(tx.connection, rows)
        for number, row in enumerate(rows["customer"]):
            stage = STAGES[number % len(STAGES)]
            await tx.connection.execute(
                update(customer)
                .where(customer.c.id == row["id"])
                .values(stage=stage, stage_since=NOW - 40 * DAY, segment="enterprise" if number % 3 else None)
            )


async def sweep(
    store: SqlStore,
    at: datetime = NOW,
    *,
    by: str = "sweep one",
    page: int = 7,
    again: bool = True,
    day: date | None = None,
    deciding: Deciding | None = None,
) -> SweepProgress:
    """A whole sweep of one day, each activity called as a worker would."""
    acts, env = (deciding or Deciding.of()).sweep(store, page=page), ActivityEnvironment()
    claim: SweepClaim = await env.run(
        acts.begin_sweep, SweepBegin(by=by, day=day or at.date(), at=at, now=max(at, NOW), again=again)
    )
    assert claim.mine
    pages = SweepPages(by=by, day=claim.day, as_of=claim.as_of, now=max(at, NOW))
    progress = SweepProgress(by=by, day=claim.day, as_of=claim.as_of)
    while not progress.done:
        progress = await env.run(acts.sweep_pages, pages)
    async with store.begin() as tx:
        await tx.sweeps.finish(claim.day, by, at + timedelta(minutes=1))
    return progress


async def dump(store: SqlStore, *tables: str, without: tuple[str, ...] = ("number",)) -> dict[str, list[Any]]:
    """Every row of what was decided."""
    found: dict[str, list[Any]] = {}
    async with store.read() as tx:
        for name in tables or DECIDED:
            table = METADATA.tables[name]
            columns = [column for column in table.c if column.name not in without]
            rows = (await tx.connection.execute(select(*columns))).all()
            found[name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def sizes(found: dict[str, list[Any]]) -> dict[str, int]:
    """How many rows of each."""
    return {name: len(rows) for name, rows in found.items()}


def decided_of(one: Evaluated | None) -> tuple[object, ...]:
    """What an evaluation decides, without what tells a daily check from an event."""
    assert one is not None
    return (one.health, one.opened, one.cleared, one.opportunities, one.alerts, one.verdict, one.evaluation.score)
