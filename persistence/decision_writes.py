"""A page of evaluations written in one transaction: only what is new or differs, and who is to be told of it.

What a customer is told goes through the inbox, like any event, under an id of its own: written twice, it is told once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row as Stored
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import TriggeredBy
from models.event_making import made_body, made_id
from models.standing import Evaluated, Tell
from persistence import decision_rows as rows_of
from persistence.asked import Asked
from persistence.fact_page import Page
from persistence.fact_recorded import record
from persistence.rows import Row, row_of
from persistence.tables import decisions as tables
from persistence.tables.customers import customer, transition
from persistence.tables.operations import inbox
from persistence.tables.work import blocker, csm_task, notice


def _event_id(tell: Tell, one: Evaluated) -> str:
    return made_id(tell.kind, one.customer, tell.ident)


async def write(
    connection: AsyncConnection,
    found: Sequence[Evaluated],
    *,
    source: str,
    now: datetime,
    stages: bool,
) -> frozenset[str]:
    """Store them; returns the customers that something else moved since they were read, of whom nothing is stored.

    ``source``: under which the inbox is told. ``now`` is when, virtual. ``stages``: whether stage changes are made
    here; otherwise whoever asked makes them.
    """
    moved = await _moved(connection, found)
    kept = [one for one in found if one.customer not in moved]
    await _scores(connection, kept)
    await _lives(connection, kept)
    await _remembered(connection, kept)
    live = [one for one in kept if one.live]
    if stages:
        await _stages(connection, live, source)
    await _work(connection, live)
    await _tell(connection, live, source, now, stages=stages)
    return moved


async def _moved(connection: AsyncConnection, found: Sequence[Evaluated]) -> frozenset[str]:
    """Locks the customers; a stage or an evaluation that is not the one read means that these decisions are of old."""
    if not found:
        return frozenset()
    page = Page(connection, [one.customer for one in found], as_of=found[0].at)
    rows = await page.by_customer(_locked)
    last = {(owner, backfill): at for owner, backfill, at in await page.rows(_evaluated)}
    return frozenset(
        one.customer
        for one in found
        if one.customer not in rows
        or last.get((one.customer, not one.live)) != one.before
        or (one.live and _stage_moved(one, rows[one.customer]))
    )


def _locked(asked: Asked) -> Select[Any]:
    return (
        select(customer.c.id, customer.c.stage, customer.c.stage_since)
        .where(asked.holds(customer.c.id))
        .order_by(customer.c.id)
        .with_for_update(key_share=True)
    )


def _evaluated(asked: Asked) -> Select[Any]:
    table = tables.evaluation
    return select(table.c.customer, table.c.backfill, table.c.at).where(asked.holds(table.c.customer))


def _stage_moved(one: Evaluated, row: Stored[Any]) -> bool:
    stage = one.stage.value if one.stage is not None else None
    return bool(row.stage != stage or row.stage_since != one.stage_since)


async def _scores(connection: AsyncConnection, found: Iterable[Evaluated]) -> None:
    health, engagement = [], []
    for one in found:
        if one.health.document is not None:
            health.append({**one.health.document, "customer": one.customer, "at": one.at, "backfill": not one.live})
        if one.engagement is not None:
            engagement.append(rows_of.engagement_row(one.engagement, not one.live))
    await rows_of.keep(connection, tables.health_score, health)
    await rows_of.keep(connection, tables.engagement_score, engagement)


async def _lives(connection: AsyncConnection, found: Sequence[Evaluated]) -> None:
    """Signals, opportunities and alerts; what closes first, so that the same may open again."""
    closed = [rows_of.signal_row(one.customer, each, not one.live) for one in found for each in one.cleared]
    opened = [rows_of.signal_row(one.customer, each, not one.live) for one in found for each in one.opened]
    await rows_of.put(connection, tables.churn_signal, closed)
    await rows_of.put(connection, tables.churn_signal, opened)
    offers = [rows_of.opportunity_row(each, not one.live) for one in found for each in one.opportunities]
    await rows_of.put(connection, tables.expansion_opportunity, [row for row in offers if row["closed_at"]])
    await rows_of.put(connection, tables.expansion_opportunity, [row for row in offers if not row["closed_at"]])
    alerts = [rows_of.alert_row(one.customer, each, not one.live) for one in found for each in one.alerts]
    await rows_of.keep(connection, tables.alert, alerts)


async def _remembered(connection: AsyncConnection, found: Sequence[Evaluated]) -> None:
    await rows_of.put(
        connection,
        tables.evaluation,
        [rows_of.evaluation_row(one.evaluation, not one.live) for one in found if not one.settled],
    )
    # Facts of the past are not rewritten: what a backfill computes is in its own rows only.
    await record(
        connection,
        [(one.customer, name, one.at, value) for one in found if one.live for name, value in one.recorded.items()],
    )


async def _stages(connection: AsyncConnection, found: Iterable[Evaluated], source: str) -> None:
    """The changes, and the stages with them: whoever is in ``found`` is locked and still stands where it stood."""
    changes, stages = [], []
    for one in found:
        review = next((tell for tell in one.tells if _changes_stage(tell)), None)
        if one.verdict is None or review is None:
            continue
        to = one.verdict.to.value
        changes.append(
            {
                "customer": one.customer,
                "from_stage": None if one.stage is None else one.stage.value,
                "to_stage": to,
                "at": one.at,
                "rule": one.verdict.rule,
                "reason": one.verdict.reason,
                "triggered_by": TriggeredBy.AUTOMATIC.value,
                "actor": "",
                # As intake.occurrence names it: the process finds the change that this occurrence has made.
                "cause": f"{source}:{_event_id(review, one)}",
                "facts": one.verdict.facts,
            }
        )
        stages.append({"who": one.customer, "to": to, "since": one.at})
    await rows_of.keep(connection, transition, changes, keys=("customer", "cause"))
    if stages:
        await connection.execute(
            update(customer)
            .where(customer.c.id == bindparam("who"))
            .values(stage=bindparam("to"), stage_since=bindparam("since")),
            stages,
        )


async def _work(connection: AsyncConnection, found: Sequence[Evaluated]) -> None:
    cleared = [{"who": one.customer, "what": name} for one in found for name in one.unblocked]
    if cleared:
        await connection.execute(
            update(blocker)
            .where(blocker.c.customer == bindparam("who"), blocker.c.name == bindparam("what"))
            .values(cleared=True),
            cleared,
        )
    await rows_of.keep(connection, blocker, [row_of(each, cleared=False) for one in found for each in one.blocked])
    await rows_of.keep(connection, csm_task, [row_of(each) for one in found for each in one.tasks])
    await rows_of.keep(connection, notice, [row_of(each) for one in found for each in one.notices])


async def _tell(
    connection: AsyncConnection, found: Iterable[Evaluated], source: str, now: datetime, *, stages: bool
) -> None:
    rows = [
        _inbox_row(tell, one, source, now) for one in found for tell in one.tells if stages or not _changes_stage(tell)
    ]
    await rows_of.keep(connection, inbox, rows, keys=("source", "event_id"))


def _changes_stage(tell: Tell) -> bool:
    return tell.kind == "stage_review" and "rule" in tell.data


def _inbox_row(tell: Tell, one: Evaluated, source: str, now: datetime) -> Row:
    event_id = _event_id(tell, one)
    return {
        "source": source,
        "event_id": event_id,
        "type": tell.kind,
        "customer": one.customer,
        "body": made_body(tell.kind, event_id, one.customer, one.at, tell.data),
        "received_at": now,
        "attempts": 0,
        "error": "",
    }
