"""What is stuck, late, failing or capped, from the read model: what an operator looks at first (section 20)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import CommunicationStatus, DeliveryStatus, RunStatus
from models.run import StepStatus
from models.trouble import Kind, Trouble
from persistence.tables.messages import communication, webhook_delivery
from persistence.tables.operations import inbox
from persistence.tables.plays import run, run_step
from persistence.tables.vendor_deliveries import vendor_delivery
from persistence.tables.work import csm_task
from persistence.tasks import OPEN

LOOK_BACK = timedelta(days=7)
"""How far back failures and caps are told."""

LATE = timedelta(hours=1)
MOST = 200
"""Rows of one kind; the counts are of all."""


class TroubleView:
    """Reads only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def look(self, now: datetime) -> list[Trouble]:
        """Everything there is, by kind, the oldest first."""
        found: list[Trouble] = []
        for kind, query in _queries(now):
            rows = await self._connection.execute(query.limit(MOST))
            found += [Trouble(kind=kind, **row) for row in rows.mappings()]
        return found

    async def counts(self, now: datetime) -> dict[Kind, int]:
        """How many of each kind."""
        totals = dict.fromkeys(Kind, 0)
        for kind, query in _queries(now):
            counted = await self._connection.execute(select(func.count()).select_from(query.subquery()))
            totals[kind] += int(counted.scalar_one())
        return totals


def _queries(now: datetime) -> list[tuple[Kind, Select[Any]]]:
    since = now - LOOK_BACK
    step, one = run_step.c, run.c
    of_runs = select(
        one.customer, one.playbook, one.workflow_id, step.step_id.label("what"), step.reason.label("detail")
    ).join_from(run_step, run, run_step.c.workflow_id == run.c.workflow_id)
    running = one.status == RunStatus.RUNNING.value
    lately = step.ended >= since
    capped = step.reason.startswith("frequency cap")
    return [
        (
            Kind.HELD,
            of_runs.add_columns(step.due.label("since"))
            .where(running, step.status == StepStatus.HELD.value)
            .order_by(step.due),
        ),
        (
            Kind.LATE,
            of_runs.add_columns(step.due.label("since"))
            .where(running, step.status == StepStatus.PENDING.value, step.due < now - LATE, ~capped)
            .order_by(step.due),
        ),
        (
            Kind.FAILING,
            of_runs.add_columns(step.ended.label("since"))
            .where(step.status == StepStatus.FAILED.value, lately)
            .order_by(step.ended),
        ),
        (
            Kind.CAPPED,
            of_runs.add_columns(func.coalesce(step.ended, step.due).label("since"))
            .where(capped, or_(lately, step.ended.is_(None)))
            .order_by(step.due),
        ),
        (
            Kind.LATE,
            select(
                csm_task.c.customer,
                literal("").label("playbook"),
                csm_task.c.workflow_id,
                csm_task.c.title.label("what"),
                csm_task.c.assignee.label("detail"),
                csm_task.c.due.label("since"),
            )
            .where(
                csm_task.c.status == OPEN,
                csm_task.c.due < now,
                or_(csm_task.c.snoozed_until.is_(None), csm_task.c.snoozed_until <= now),
            )
            .order_by(csm_task.c.due),
        ),
        (
            Kind.STUCK,
            select(
                inbox.c.customer,
                literal("").label("playbook"),
                literal("").label("workflow_id"),
                inbox.c.type.label("what"),
                inbox.c.error.label("detail"),
                inbox.c.received_at.label("since"),
            )
            .where(inbox.c.delivered_at.is_(None), inbox.c.attempts > 0)
            .order_by(inbox.c.number),
        ),
        (
            Kind.STUCK,
            select(
                communication.c.customer,
                literal("").label("playbook"),
                literal("").label("workflow_id"),
                communication.c.template.label("what"),
                literal("its outcome is unknown: ask the mail server").label("detail"),
                communication.c.created_at.label("since"),
            )
            .where(communication.c.status == CommunicationStatus.UNKNOWN.value)
            .order_by(communication.c.created_at),
        ),
        (Kind.STUCK, _outside("pending").where(vendor_delivery.c.attempts > 0)),
        (Kind.FAILING, _outside("failed").where(vendor_delivery.c.created_at >= since)),
        (
            Kind.FAILING,
            select(
                webhook_delivery.c.customer,
                literal("").label("playbook"),
                literal("").label("workflow_id"),
                webhook_delivery.c.workflow.label("what"),
                webhook_delivery.c.response.label("detail"),
                webhook_delivery.c.created_at.label("since"),
            )
            .where(webhook_delivery.c.status == DeliveryStatus.FAILED.value, webhook_delivery.c.created_at >= since)
            .order_by(webhook_delivery.c.created_at),
        ),
    ]


def _outside(status: str) -> Select[Any]:
    """What an outside system was to be told."""
    one = vendor_delivery.c
    return (
        select(
            one.customer,
            literal("").label("playbook"),
            one.run.label("workflow_id"),
            (one.system + ": " + one.kind).label("what"),
            one.response.label("detail"),
            one.created_at.label("since"),
        )
        .where(one.status == status)
        .order_by(one.id)
    )
