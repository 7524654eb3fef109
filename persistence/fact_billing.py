"""Facts of money owed and requests to cancel (section 0.3 of the domain)."""

from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from models.facts import Feed
from persistence.asked import Asked
from persistence.fact_page import Columns, Page, share, where
from persistence.tables.measures import cancellation_request, invoice

LAST = 6
"""How many invoices tell of an account's payments."""


async def invoices(page: Page) -> Columns:
    """Of the last six that were charged or fell due, those paid at first attempt; and the failures not resolved.

    One that was paid, or failed, later is unpaid then.
    """
    failures, health = where(await page.heard(Feed.INVOICES), 0), page.unknown()
    for owner, last, clean, owed in await page.rows(_invoices):
        position = page.place[owner]
        health[position], failures[position] = share(clean, last), owed
    return {"payment_health": health, "failed_payments": failures}


def _invoices(asked: Asked) -> Select[Any]:
    bill, at = invoice.c, asked.now
    paid, failed = bill.paid_at <= at, bill.failed_at <= at
    never_failed = or_(bill.failed_at.is_(None), bill.failed_at > at)
    unpaid = or_(bill.paid_at.is_(None), bill.paid_at > at)
    newest = (
        func.row_number()
        .over(partition_by=bill.customer, order_by=(bill.issued_at.desc(), bill.id.desc()))
        .label("newest")
    )
    charged = (
        select(
            bill.customer,
            func.coalesce(and_(paid, never_failed), False).label("clean"),
            func.coalesce(and_(failed, unpaid), False).label("owed"),
            newest,
        )
        .where(
            asked.holds(bill.customer),
            bill.issued_at <= at,
            or_(bill.voided_at.is_(None), bill.voided_at > at),
            or_(paid, failed, bill.due_at <= at),
        )
        .subquery()
    )
    recent = charged.c.newest <= LAST
    return select(
        charged.c.customer,
        func.count().filter(recent),
        func.count().filter(recent, charged.c.clean),
        func.count().filter(charged.c.owed),
    ).group_by(charged.c.customer)


async def cancellations(page: Page) -> Columns:
    """Whether a request to cancel was open."""
    asked_for = where(await page.heard(Feed.CANCELLATIONS), False)
    for (owner,) in await page.rows(_cancellations):
        asked_for[page.place[owner]] = True
    return {"cancellation_requested": asked_for}


def _cancellations(asked: Asked) -> Select[Any]:
    request = cancellation_request.c
    return (
        select(request.customer)
        .where(
            asked.holds(request.customer),
            request.requested_at <= asked.now,
            or_(request.closed_at.is_(None), request.closed_at > asked.now),
        )
        .distinct()
    )
