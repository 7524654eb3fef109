"""Which stage, segment and manager each customer has now: what a portfolio report is divided by."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Plan, Segment
from models.portfolio_book import Member
from persistence.queries import query
from rules.segments import segment_of

QUERY = query("customer_groups")


async def members(connection: AsyncConnection) -> list[Member]:
    """Everyone, by id; the segment is that of the plan where none is stored."""
    found = []
    for row in await connection.execute(text(QUERY.text)):
        segment = segment_of(Plan(row.plan) if row.plan else None, Segment(row.segment) if row.segment else None)
        manager = None if row.csm_id is None else row.csm_name or row.csm_id
        found.append(Member(row.customer, row.stage, None if segment is None else segment.value, manager))
    return found
