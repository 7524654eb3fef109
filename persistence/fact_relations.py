"""Facts of the relationship: surveys, meetings, personal messages (section 0.3 of the domain)."""

from sqlalchemy import func, or_, select

from persistence.fact_page import Columns, Page, share
from persistence.tables.measures import meeting, outreach_message, survey_response

NPS = "nps"
"""The kind of survey whose answers are Net Promoter scores."""


async def nps(page: Page) -> Columns:
    """The latest answer of the account, and how old it is."""
    answer = survey_response.c
    newest = (
        func.row_number()
        .over(partition_by=answer.customer, order_by=(answer.submitted_at.desc(), answer.id.desc()))
        .label("newest")
    )
    answers = (
        select(answer.customer, answer.score, answer.submitted_at, newest)
        .where(page.holds(answer.customer), answer.kind == NPS, answer.submitted_at <= page.as_of)
        .subquery()
    )
    found = await page.by_customer(
        select(answers.c.customer, answers.c.score, answers.c.submitted_at).where(answers.c.newest == 1)
    )
    return {
        "nps_score": page.column(lambda each: found[each].score if each in found else None),
        "days_since_nps": page.column(
            lambda each: page.days_since(found[each].submitted_at) if each in found else None
        ),
    }


async def meetings(page: Page) -> Columns:
    """Attended of those that were to take place; one of which nobody has said yet counts on neither side."""
    met = meeting.c
    found = await page.by_customer(
        select(met.customer, func.count().filter(met.attended).label("attended"), func.count().label("scheduled"))
        .where(
            page.holds(met.customer),
            met.scheduled_at > page.back(90),
            met.scheduled_at <= page.as_of,
            met.booked_at <= page.as_of,
            or_(met.cancelled_at.is_(None), met.cancelled_at > page.as_of),
            met.attended.is_not(None),
            met.told_at <= page.as_of,
        )
        .group_by(met.customer)
    )
    return {
        "meetings_attended": page.column(
            lambda each: share(found[each].attended, found[each].scheduled) if each in found else None
        )
    }


async def outreach(page: Page) -> Columns:
    """Answered of sent personal messages."""
    sent = outreach_message.c
    found = await page.by_customer(
        select(
            sent.customer,
            func.count().filter(sent.answered_at <= page.as_of).label("answered"),
            func.count().label("sent"),
        )
        .where(page.holds(sent.customer), sent.sent_at > page.back(90), sent.sent_at <= page.as_of)
        .group_by(sent.customer)
    )
    return {
        "responses_to_outreach": page.column(
            lambda each: share(found[each].answered, found[each].sent) if each in found else None
        )
    }
