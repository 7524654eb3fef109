"""What the end of a day's sweep makes due in the programs: reviews of success plans, referrals that are over."""

from datetime import date, datetime

from activities import referrals
from activities.ports import Transaction
from models.event_kinds import EventType
from models.event_making import SWEEP, made


async def tell(tx: Transaction, day: date, now: datetime) -> None:
    """A plan's review is told once for the day it is due on (section 10.1); old referrals expire (section 13.2)."""
    for plan in await tx.plans.to_review(day):
        assert plan.next_review is not None, "only dated reviews are due"
        due = plan.next_review.isoformat()
        await tx.inbox.add(SWEEP, made(EventType.PLAN_REVIEW_DUE, plan.customer, now, due, due=due), now)
    await referrals.expire(tx, now)
