"""Facts of the relationship: surveys, meetings, personal messages (section 0.3 of the domain)."""

from typing import Any

from sqlalchemy import Select, func, or_, select

from persistence.asked import Asked, Build
from persistence.fact_page import Columns, Page, share
from persistence.tables.measures import meeting, outreach_message


async def nps(page: Page) -> Columns:
    """The latest answer of the account, and how old it is."""
    score, age = page.unknown(), page.unknown()
    for owner, said, when, *_ in await page.answers():
        position = page.place[owner]
        score[position], age[position] = said, page.days_since(when)
    return {"nps_score": score, "days_since_nps": age}


async def meetings(page: Page) -> Columns:
    """Attended of those that were to take place; one of which nobody has said yet counts on neither side."""
    return {"meetings_attended": await _shares(page, _meetings)}


def _meetings(asked: Asked) -> Select[Any]:
    met = meeting.c
    return (
        select(met.customer, func.count().filter(met.attended), func.count())
        .where(
            asked.holds(met.customer),
            met.scheduled_at > asked.back(90),
            met.scheduled_at <= asked.now,
            met.booked_at <= asked.now,
            or_(met.cancelled_at.is_(None), met.cancelled_at > asked.now),
            met.attended.is_not(None),
            met.told_at <= asked.now,
        )
        .group_by(met.customer)
    )


async def outreach(page: Page) -> Columns:
    """Answered of sent personal messages."""
    return {"responses_to_outreach": await _shares(page, _outreach)}


def _outreach(asked: Asked) -> Select[Any]:
    sent = outreach_message.c
    return (
        select(sent.customer, func.count().filter(sent.answered_at <= asked.now), func.count())
        .where(asked.holds(sent.customer), sent.sent_at > asked.back(90), sent.sent_at <= asked.now)
        .group_by(sent.customer)
    )


async def _shares(page: Page, build: Build) -> list[Any]:
    found = page.unknown()
    for owner, part, whole in await page.rows(build):
        found[page.place[owner]] = share(part, whole)
    return found
