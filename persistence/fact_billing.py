"""Facts of money owed and requests to cancel (section 0.3 of the domain)."""

from sqlalchemy import and_, func, or_, select

from models.facts import Feed
from persistence.fact_page import Columns, Page, known, share
from persistence.tables.measures import cancellation_request, invoice

LAST = 6
"""How many invoices tell of an account's payments."""


async def invoices(page: Page) -> Columns:
    """Of the last six that were charged or fell due, those paid at first attempt; and the failures not resolved.

    One that was paid, or failed, later is unpaid then.
    """
    bill, at = invoice.c, page.as_of
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
            page.holds(bill.customer),
            bill.issued_at <= at,
            or_(bill.voided_at.is_(None), bill.voided_at > at),
            or_(paid, failed, bill.due_at <= at),
        )
        .subquery()
    )
    recent = charged.c.newest <= LAST
    found = await page.by_customer(
        select(
            charged.c.customer,
            func.count().filter(recent).label("last"),
            func.count().filter(recent, charged.c.clean).label("clean"),
            func.count().filter(charged.c.owed).label("owed"),
        ).group_by(charged.c.customer)
    )
    reported = await page.reported(Feed.INVOICES)
    return {
        "payment_health": page.column(
            lambda each: share(found[each].clean, found[each].last) if each in found else None
        ),
        "failed_payments": page.column(known(reported, lambda each: found[each].owed if each in found else 0)),
    }


async def cancellations(page: Page) -> Columns:
    """Whether a request to cancel was open."""
    asked = cancellation_request.c
    found = await page.by_customer(
        select(asked.customer, func.count())
        .where(
            page.holds(asked.customer),
            asked.requested_at <= page.as_of,
            or_(asked.closed_at.is_(None), asked.closed_at > page.as_of),
        )
        .group_by(asked.customer)
    )
    reported = await page.reported(Feed.CANCELLATIONS)
    return {"cancellation_requested": page.column(known(reported, lambda each: each in found))}
