"""A small book of which everything is fresh and at one: its figures may be published."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from models.book import BookAccount, BookSubscription
from models.clock import utc_now
from models.enums import SubscriptionStatus
from persistence.book import BookLoader
from persistence.store import SqlStore
from persistence.tables import book, measures

ACCOUNTS = 60


async def load(url: str) -> None:
    """Sixty accounts that have paid for two years, and answered a survey a month ago."""
    now = utc_now()
    store = SqlStore.open(url)
    loader = BookLoader(store.database)
    start = now.date() - timedelta(days=730)
    ids = [f"C-{number}" for number in range(ACCOUNTS)]
    await loader.accounts(
        [
            BookAccount(id=each, mrr=Decimal(50), currency="EUR", status=SubscriptionStatus.ACTIVE,
                        subscribed_at=datetime.combine(start, time(), UTC))
            for each in ids
        ],
        as_of=now,
    )  # fmt: skip
    spans = [BookSubscription(id=f"S-{each}", customer=each, started=start, mrr=Decimal(50)) for each in ids]
    await loader.subscriptions(spans)
    async with store.begin() as tx:
        for number, each in enumerate(ids):
            asked = now - timedelta(days=31)
            for table, row in (
                (measures.survey_send, _send(each, asked)),
                (measures.survey_response, _answer(each, asked + timedelta(days=1), 10 if number % 3 else 5)),
                (measures.source_report, {"customer": each, "feed": "usage", "at": now}),
                (book.ticket, _ticket(each, now - timedelta(days=40 + number % 5), 4 + number % 2)),
            ):
                await tx.connection.execute(insert(table).values(row))
        await tx.connection.execute(insert(measures.source_report).values(customer=ids[0], feed="tickets", at=now))
    await store.close()


def _send(customer: str, at: datetime) -> dict[str, Any]:
    return {"id": f"Q-{customer}", "customer": customer, "kind": "nps", "trigger": "quarterly", "sent_at": at}


def _answer(customer: str, at: datetime, score: int) -> dict[str, Any]:
    return {
        "id": f"R-{customer}", "customer": customer, "survey": f"Q-{customer}", "kind": "nps", "score": score,
        "feedback": "", "submitted_at": at, "themes": [], "suspected_injection": False, "followed_up": False,
        "follow_up_notes": "",
    }  # fmt: skip


def _ticket(customer: str, at: datetime, csat: int) -> dict[str, Any]:
    return {"id": f"T-{customer}", "customer": customer, "opened": at, "closed": at, "csat": csat}
