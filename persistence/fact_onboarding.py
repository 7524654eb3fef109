"""Facts of an onboarding as it was at a moment (sections 3.1 and 4.4 of the domain).

The page's cycle says which; cycle 0 is the latest that had started.
"""

from typing import Any

from sqlalchemy import Select, and_, func, select

from models.enums import OnboardingStatus
from persistence.asked import Asked
from persistence.fact_page import DAY, Columns, Page
from persistence.tables.plays import customer_onboarding, onboarding_progress


async def onboardings(page: Page) -> Columns:
    """How far, in what state, and whether (and how soon) the first value came.

    A stall falls between two moves, and the record does not say when: of a record that has moved on since, a stall in
    the past is not told. Without a record a customer of ours has ``not_started``; of an imported one it is unknown.
    """
    rows, at = await page.customers(), page.as_of
    found = await page.by_customer(_latest, page.cycle != 0)

    def status(each: str) -> str | None:
        if each not in found:
            return None if each not in rows or rows[each].imported_at is not None else _NOT_STARTED
        row = found[each]
        told = row.finished <= at if row.finished is not None else row.last_progress <= at
        return str(row.status) if told else OnboardingStatus.IN_PROGRESS.value

    def reached(each: str) -> bool | None:
        return None if each not in found else _reached(each)

    def _reached(each: str) -> bool:
        moment = found[each].first_value
        return moment is not None and moment <= at

    def soon(each: str) -> int | None:
        return (found[each].first_value - found[each].started) // DAY if reached(each) else None

    return {
        "onboarding_completion": page.column(lambda each: found[each].done if each in found else None),
        "onboarding_status": page.column(status),
        "first_value_reached": page.column(reached),
        "time_to_value": page.column(soon),
    }


_NOT_STARTED = OnboardingStatus.NOT_STARTED.value


def _latest(asked: Asked, of_cycle: bool) -> Select[Any]:
    record, moved = customer_onboarding.c, onboarding_progress.c
    progress = (
        select(moved.progress)
        .where(and_(moved.customer == record.customer, moved.cycle == record.cycle, moved.at <= asked.now))
        .order_by(moved.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        record.customer, record.status, record.started, record.last_progress, record.finished, record.first_value,
        progress.label("done"), func.row_number().over(partition_by=record.customer, order_by=record.cycle.desc())
        .label("newest"),
    ).where(asked.holds(record.customer), record.started <= asked.now)  # fmt: skip
    if of_cycle:
        query = query.where(record.cycle == asked.cycle)
    latest = query.subquery()
    return select(latest).where(latest.c.newest == 1)
