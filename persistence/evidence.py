"""What messages and alerts may say of a customer: the port ``Evidence`` (sections 7.2, 9 and 12 of the domain)."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.agreed_input import AgreedInputName
from models.customer_period import CustomerPeriod
from models.evidence import Answered, Cancellation, Limit, Mention, OpenTicket, UnpaidInvoice
from models.nps_figures import Period
from persistence.customer_periods import customer_period
from persistence.reviews import ReviewTable
from persistence.tables.book import ticket
from persistence.tables.measures import (
    cancellation_request,
    competitor_mention,
    invoice,
    limit_usage,
    survey_response,
)

_MOST_TICKETS = 20


class EvidenceTable:
    """Read only; nothing later than ``at`` is seen."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def unpaid_invoice(self, customer: str, at: datetime) -> UnpaidInvoice | None:
        """The latest invoice whose payment failed and that is neither paid nor voided."""
        one = invoice.c
        row = await self._first(
            select(one.id, one.amount, one.currency, one.failed_at)
            .where(one.customer == customer, one.failed_at <= at, _not_by(one.paid_at, at), _not_by(one.voided_at, at))
            .order_by(one.failed_at.desc(), one.id)
        )
        return None if row is None else UnpaidInvoice.model_validate(row)

    async def open_tickets(self, customer: str, at: datetime) -> list[OpenTicket]:
        """Open tickets, oldest first, at most twenty."""
        rows = await self._connection.execute(
            select(ticket.c.id, ticket.c.opened)
            .where(ticket.c.customer == customer, ticket.c.opened <= at, _not_by(ticket.c.closed, at))
            .order_by(ticket.c.opened, ticket.c.id)
            .limit(_MOST_TICKETS)
        )
        return [OpenTicket(id=row.id, opened=row.opened) for row in rows]

    async def tightest_limit(self, customer: str, at: datetime) -> Limit | None:
        """The limit of which the largest share is used, as last reported; an unlimited one is no limit."""
        one = limit_usage.c
        newest = func.row_number().over(partition_by=one.name, order_by=one.at.desc()).label("newest")
        latest = (
            select(one.name, one.used, one.allowed, newest).where(one.customer == customer, one.at <= at).subquery()
        )
        rows = await self._connection.execute(
            select(latest.c.name, latest.c.used, latest.c.allowed).where(latest.c.newest == 1, latest.c.allowed > 0)
        )
        found = [Limit(name=row.name, used=row.used, allowed=row.allowed) for row in rows]
        return max(found, key=lambda limit: (limit.share, limit.name), default=None)

    async def cancellation(self, customer: str, at: datetime) -> Cancellation | None:
        """The open request to cancel."""
        one = cancellation_request.c
        row = await self._first(
            select(one.id, one.requested_at, one.effective_at)
            .where(one.customer == customer, one.requested_at <= at, _not_by(one.closed_at, at))
            .order_by(one.requested_at.desc(), one.id)
        )
        return None if row is None else Cancellation.model_validate(row)

    async def nps_answer(self, customer: str, at: datetime) -> Answered | None:
        """The account's latest NPS answer."""
        one = survey_response.c
        row = await self._first(
            select(one.id, one.score, one.feedback, one.submitted_at, one.followed_up)
            .where(one.customer == customer, one.kind == "nps", one.submitted_at <= at)
            .order_by(one.submitted_at.desc(), one.id)
        )
        return None if row is None else Answered.model_validate(row)

    async def competitor_ticket(self, customer: str, at: datetime) -> Mention | None:
        """The ticket that last named a competitor."""
        one = competitor_mention.c
        row = await self._first(
            select(one.ticket, one.at)
            .where(one.customer == customer, one.at <= at, one.ticket.is_not(None))
            .order_by(one.at.desc())
        )
        return None if row is None else Mention.model_validate(row)

    async def period(self, customer: str, period: Period) -> CustomerPeriod:
        """Counts of a period."""
        return await customer_period(self._connection, customer, period)

    async def agreed_minutes(self, customer: str, at: datetime) -> Decimal | None:
        """Minutes that a conversation takes a person, as agreed by then; None: not agreed."""
        agreed = await ReviewTable(self._connection).agreed(customer, as_of=at)
        return next((one.value for one in agreed if one.name is AgreedInputName.MINUTES_PER_CONVERSATION), None)

    async def _first(self, query: Select[tuple[object, ...]]) -> dict[str, object] | None:
        row = (await self._connection.execute(query.limit(1))).mappings().first()
        return None if row is None else dict(row)


def _not_by(moment: ColumnElement[datetime], at: datetime) -> ColumnElement[bool]:
    return or_(moment.is_(None), moment > at)
