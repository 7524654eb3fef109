"""On the sample book: what its data tells is told, and what it cannot tell stays unknown."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.book import BookAccount, BookSubscription, BookTicket, BookUsage
from models.enums import Severity, SubscriptionStatus
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.fact_columns import COLUMNS, FactColumns

BOOK = Path(__file__).parents[3] / "shared" / "data" / "ravenstack"
AS_OF = datetime(2024, 12, 31, 22, tzinfo=UTC)
ACCOUNTS = 20
TELLS = {
    "plan", "segment", "days_as_customer", "subscription_status", "has_csm", "has_email", "has_kickoff",
    "has_success_plan", "contract_length", "features_used", "features_used_this_month", "actions_performed",
    "usage_change_percent", "open_tickets", "high_severity_tickets", "support_tickets", "escalations", "avg_csat",
    "avg_csat_30_days",
}  # fmt: skip

pytestmark = pytest.mark.skipif(not BOOK.is_dir(), reason="the RavenStack set is not beside the checkout")


def rows(name: str) -> list[dict[str, str]]:
    with (BOOK / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


async def load(database: Database) -> list[str]:
    """The first accounts of the book with what belongs to them."""
    ids = [row["account_id"] for row in rows("accounts.csv")[:ACCOUNTS]]
    loader = BookLoader(database)
    active = [BookAccount(id=each, status=SubscriptionStatus.ACTIVE, subscribed_at=AS_OF, cycle=1) for each in ids]
    await loader.accounts(active, as_of=AS_OF)
    spans = [row for row in rows("subscriptions.csv") if row["account_id"] in ids]
    await loader.subscriptions([
        BookSubscription(
            id=row["subscription_id"], customer=row["account_id"], started=date.fromisoformat(row["start_date"]),
            ended=date.fromisoformat(row["end_date"]) if row["end_date"] else None, billing=row["billing_frequency"],
            is_trial=row["is_trial"] == "True", plan="pro",
        )
        for row in spans
    ])  # fmt: skip
    owner = {row["subscription_id"]: row["account_id"] for row in spans}
    await loader.usage([
        BookUsage(
            id=row["usage_id"], subscription=row["subscription_id"], day=date.fromisoformat(row["usage_date"]),
            feature=row["feature_name"], count=int(row["usage_count"]),
        )
        for row in rows("feature_usage.csv") if row["subscription_id"] in owner
    ])  # fmt: skip
    await loader.tickets([
        BookTicket(
            id=row["ticket_id"], customer=row["account_id"], opened=moment(row["submitted_at"]),
            closed=moment(row["closed_at"]), escalated=row["escalation_flag"] == "True",
            severity=Severity.CRITICAL if row["priority"] == "urgent" else Severity(row["priority"]),
            csat=int(float(row["satisfaction_score"])) if row["satisfaction_score"] else None,
        )
        for row in rows("support_tickets.csv") if row["account_id"] in ids
    ])  # fmt: skip
    return ids


async def test_only_what_the_book_speaks_of_is_known(database: Database) -> None:
    ids = await load(database)
    async with database.read() as connection:
        page = await FactColumns(connection).read(ids, COLUMNS, as_of=AS_OF)
        earlier = await FactColumns(connection).read(ids, ["days_as_customer"], as_of=datetime(2024, 6, 30, tzinfo=UTC))
    known = {name for name, column in page.facts.items() if any(value is not None for value in column)}
    assert known <= TELLS
    assert {"open_tickets", "actions_performed", "usage_change_percent", "contract_length"} <= known
    used = {row["subscription_id"] for row in rows("feature_usage.csv")}
    spans = {row["account_id"] for row in rows("subscriptions.csv") if row["subscription_id"] in used}
    assert [value is not None for value in page.facts["actions_performed"]] == [each in spans for each in ids]
    assert any(value is not None for value in earlier.facts["days_as_customer"])
