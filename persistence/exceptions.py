"""What the exception lists look at, of the whole book at once: the port ``Exceptions`` (section 16 of the domain)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import LifecycleStage, Plan, Role, Segment
from models.exception_list import AtRiskStanding, DetractorAnswer, OpenSignal, PlanStanding, QbrStanding, Quarter
from models.signals import ChurnSignal
from models.success_plan import PlanStatus
from persistence.rows import value_of
from persistence.tables.customers import customer
from persistence.tables.decisions import churn_signal
from persistence.tables.measures import meeting, survey_response
from persistence.tables.people import intervention
from persistence.tables.reviews import qbr
from persistence.tables.work import csm_task, notice, success_plan
from rules.segments import segment_of

_REVIEWED = (Segment.ENTERPRISE, Segment.MID_MARKET)
_QBR = "qbr"


class ExceptionTable:
    """Set-based: one statement for each list."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def signals(self) -> list[OpenSignal]:
        """Every open signal; handled is one with an intervention of its own, or a task made since it opened."""
        signal, play, task = churn_signal.c, intervention.c, csm_task.c
        handled = or_(
            exists().where(play.customer == signal.customer, play.signal == signal.type, play.closed_at.is_(None)),
            exists().where(
                play.customer == signal.customer, play.signal == signal.type, play.started_at >= signal.detected_at
            ),
            exists().where(task.customer == signal.customer, task.created_at >= signal.detected_at),
        )
        rows = await self._connection.execute(
            select(churn_signal, handled.label("handled"))
            .join(customer, customer.c.id == signal.customer)
            .where(signal.cleared_at.is_(None), signal.backfill.is_(False), customer.c.outreach_held.is_(False))
            .order_by(signal.detected_at, signal.customer, signal.type)
        )
        return [
            OpenSignal(row["customer"], value_of(ChurnSignal, row), bool(row["handled"])) for row in rows.mappings()
        ]

    async def detractors(self, at_most: int) -> list[DetractorAnswer]:
        """Answers of detractors that nobody has followed up, oldest first."""
        answer = survey_response.c
        rows = await self._connection.execute(
            select(answer.customer, answer.score, answer.submitted_at, answer.followed_up)
            .where(answer.kind == "nps", answer.score <= at_most, answer.followed_up.is_(False))
            .order_by(answer.submitted_at, answer.id)
        )
        return [DetractorAnswer(*row) for row in rows]

    async def growing(self) -> list[PlanStanding]:
        """Growing customers with a manager, and whether their plan is active."""
        rows = await self._connection.execute(
            select(customer.c.id, customer.c.stage, customer.c.csm_id, success_plan.c.status)
            .outerjoin(success_plan, success_plan.c.customer == customer.c.id)
            .where(customer.c.stage == LifecycleStage.GROWING.value, customer.c.csm_id.is_not(None))
            .order_by(customer.c.id)
        )
        return [
            PlanStanding(each, LifecycleStage(stage), csm, status == PlanStatus.ACTIVE.value)
            for each, stage, csm, status in rows
        ]

    async def reviewed(self) -> list[QbrStanding]:
        """Customers of the reviewed segments: since when, and the quarters whose review was held.

        An imported customer is reviewed from its import on: of the quarters before nothing is known.
        """
        held = await self._held()
        names = ("id", "stage", "plan", "segment", "subscribed_at", "imported_at")
        rows = await self._connection.execute(
            select(*(customer.c[name] for name in names))
            .where(customer.c.subscribed_at.is_not(None))
            .order_by(customer.c.id)
        )
        return [_standing(row, held.get(row.id, ())) for row in rows if _segment(row) in _REVIEWED]

    async def at_risk(self) -> list[tuple[AtRiskStanding, tuple[str, ...]]]:
        """Customers at risk since when, the roles told since; with the playbooks of their open interventions."""
        rows = await self._connection.execute(
            select(customer.c.id, customer.c.stage_since)
            .where(customer.c.stage == LifecycleStage.AT_RISK.value, customer.c.stage_since.is_not(None))
            .order_by(customer.c.id)
        )
        standing = [(each, since) for each, since in rows]
        told: dict[str, set[Role]] = {}
        plays: dict[str, list[str]] = {}
        notices = await self._connection.execute(
            select(notice.c.customer, notice.c.role)
            .join(customer, customer.c.id == notice.c.customer)
            .where(customer.c.stage == LifecycleStage.AT_RISK.value, notice.c.at >= customer.c.stage_since)
        )
        for each, role in notices:
            told.setdefault(each, set()).add(Role(role))
        running = await self._connection.execute(
            select(intervention.c.customer, intervention.c.playbook)
            .join(customer, customer.c.id == intervention.c.customer)
            .where(customer.c.stage == LifecycleStage.AT_RISK.value, intervention.c.closed_at.is_(None))
            .order_by(intervention.c.started_at)
        )
        for each, playbook in running:
            plays.setdefault(each, []).append(playbook)
        return [
            (AtRiskStanding(each, since, (), frozenset(told.get(each, ()))), tuple(plays.get(each, ())))
            for each, since in standing
        ]

    async def _held(self) -> dict[str, set[Quarter]]:
        found: dict[str, set[Quarter]] = {}
        reviews = await self._connection.execute(
            select(qbr.c.customer, qbr.c.held_on).where(qbr.c.held_on.is_not(None))
        )
        for each, day in reviews:
            # Held in a quarter, about the one before: it is the quarter of the meeting that has had its review.
            found.setdefault(each, set()).add(_quarter(day))
        meetings = await self._connection.execute(
            select(meeting.c.customer, meeting.c.scheduled_at).where(
                meeting.c.kind == _QBR, meeting.c.attended.is_(True), meeting.c.cancelled_at.is_(None)
            )
        )
        for each, at in meetings:
            found.setdefault(each, set()).add(_quarter(at))
        return found


def _segment(row: Row[Any]) -> Segment | None:
    plan = Plan(row.plan) if row.plan is not None else None
    return segment_of(plan, Segment(row.segment) if row.segment is not None else None)


def _standing(row: Row[Any], held: Iterable[Quarter]) -> QbrStanding:
    since = max(one for one in (row.subscribed_at, row.imported_at) if one is not None)
    stage = LifecycleStage(row.stage) if row.stage is not None else None
    return QbrStanding(row.id, stage, _segment(row), since.date(), frozenset(held))


def _quarter(at: date) -> Quarter:
    return Quarter(at.year, (at.month + 2) // 3)
