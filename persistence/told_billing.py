"""What was told of invoices, requests to cancel and renewals: the port ``BillingTold`` (sections 0.3, 3.4, 14.1)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.stages import RenewalStatus
from models.told import RenewalWord, Told
from persistence.rows import insert
from persistence.tables.book import churn_event
from persistence.tables.customers import subscription_event
from persistence.tables.measures import cancellation_request, invoice, renewal_word
from persistence.told import earliest, own, state

WITHDRAWN = "(withdrawn)"
"""Reason of the row that stands for a withdrawal of every request until then: it is never open."""

_INVOICE, _REQUEST = "data.invoice_id", "data.request_id"


class BillingToldTable:
    """Each moment of an invoice or a request happens once: the earliest told counts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def issued(
        self, told: Told, ident: str, amount: Decimal | None, currency: str | None, due_at: datetime | None
    ) -> None:
        """An invoice, or news of one: the latest news of its amount and due day counts."""
        await self._invoice(told, ident)
        values = {"due_at": due_at} if amount is None else {"due_at": due_at, "amount": amount, "currency": currency}
        await state(self._connection, invoice, ident, told, values)

    async def paid(self, told: Told, ident: str) -> None:
        """It was paid."""
        await self._invoice(told, ident)
        await earliest(self._connection, invoice, ident, "paid_at", told.at)

    async def failed(self, told: Told, ident: str, amount: Decimal | None, currency: str | None) -> None:
        """An attempt failed. What it says of the amount counts only where no invoice says it."""
        await self._invoice(told, ident)
        await earliest(self._connection, invoice, ident, "failed_at", told.at)
        if amount is not None:
            await self._connection.execute(
                update(invoice)
                .where(invoice.c.id == ident, invoice.c.amount.is_(None))
                .values(amount=amount, currency=currency)
            )

    async def voided(self, told: Told, ident: str) -> None:
        """It need not be paid."""
        await self._invoice(told, ident)
        await earliest(self._connection, invoice, ident, "voided_at", told.at)

    async def cancel(self, told: Told, ident: str | None, reason: str | None, effective_at: datetime | None) -> str:
        """A request to cancel; returns its id. One that was withdrawn or carried out already is closed."""
        request = told.row_id(ident)
        await self._request(told, request)
        await state(
            self._connection, cancellation_request, request, told, {"reason": reason, "effective_at": effective_at}
        )
        for moment in (await self._withdrawn_after(told), await self._ended_after(told)):
            if moment is not None:
                await earliest(self._connection, cancellation_request, request, "closed_at", moment)
        return request

    async def withdraw(self, told: Told, ident: str | None) -> None:
        """The request is taken back; without an id every one until then is."""
        if ident is not None:
            await self._request(told, ident)
            await earliest(self._connection, cancellation_request, ident, "closed_at", told.at)
            return
        mark = told.row_id()
        await own(
            self._connection, cancellation_request, mark, told, _REQUEST,
            requested_at=told.at, closed_at=told.at, reason=WITHDRAWN,
        )  # fmt: skip
        await self.close_requests(told)

    async def close_requests(self, told: Told) -> None:
        """Every request until then is settled: withdrawn, or carried out."""
        asked = cancellation_request.c
        await self._connection.execute(
            update(cancellation_request)
            .where(
                asked.customer == told.customer,
                asked.requested_at <= told.at,
                func.coalesce(asked.closed_at > told.at, True),
            )
            .values(closed_at=told.at)
        )

    async def renewal(self, told: Told, term_end: date, status: str) -> None:
        """What became of the term that ends then; every word is kept, the latest counts."""
        await self._connection.execute(
            insert(self._connection, renewal_word)
            .values(customer=told.customer, term_end=term_end, at=told.at, key=told.key, status=status)
            .on_conflict_do_nothing()
        )

    async def renewals(self, customer: str) -> list[RenewalWord]:
        """What was told of the customer's renewals, oldest first."""
        word = renewal_word.c
        rows = await self._connection.execute(
            select(word.term_end, word.at, word.key, word.status)
            .where(word.customer == customer)
            .order_by(word.at, word.key)
        )
        return [RenewalWord(term, at, key, RenewalStatus(status)) for term, at, key, status in rows]

    async def churned(self, told: Told, day: date, reason: str | None) -> None:
        """The service ended, and why; kept with the churn events of imported books."""
        await self._connection.execute(
            insert(self._connection, churn_event)
            .values(id=told.row_id(), customer=told.customer, day=day, reason=reason, feedback="")
            .on_conflict_do_nothing()
        )

    async def _invoice(self, told: Told, ident: str) -> None:
        await own(self._connection, invoice, ident, told, _INVOICE, issued_at=told.at)
        await earliest(self._connection, invoice, ident, "issued_at", told.at)

    async def _request(self, told: Told, ident: str) -> None:
        await own(self._connection, cancellation_request, ident, told, _REQUEST, requested_at=told.at)
        await earliest(self._connection, cancellation_request, ident, "requested_at", told.at)

    async def _withdrawn_after(self, told: Told) -> datetime | None:
        asked = cancellation_request.c
        found = await self._connection.execute(
            select(asked.requested_at)
            .where(asked.customer == told.customer, asked.reason == WITHDRAWN, asked.requested_at >= told.at)
            .order_by(asked.requested_at)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def _ended_after(self, told: Told) -> datetime | None:
        ends = subscription_event.c
        found = await self._connection.execute(
            select(ends.at)
            .where(ends.customer == told.customer, ends.kind == "subscription_cancelled", ends.at >= told.at)
            .order_by(ends.at)
            .limit(1)
        )
        return found.scalar_one_or_none()
