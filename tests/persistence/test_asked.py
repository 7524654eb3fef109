"""A statement is built once for each dialect, and asks each page what that page is about."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, event, select

from models.facts import Feed
from persistence.asked import Asked, prepared
from persistence.engine import Database
from persistence.fact_page import Page
from persistence.tables.customers import customer, login
from tests.persistence.fact_histories import NOW, history, keep

DAY = timedelta(days=1)


def logins(asked: Asked, days: int) -> Select[tuple[str, datetime]]:
    return (
        select(login.c.customer, login.c.at)
        .where(asked.holds(login.c.customer), login.c.at > asked.back(days), login.c.at <= asked.now)
        .order_by(login.c.customer, login.c.at)
    )


async def test_one_statement_answers_pages_of_any_moment_and_ids(database: Database) -> None:
    rows = history(3)
    ids = [row["id"] for row in rows["customer"]]
    async with database.write() as connection:
        await keep(connection, rows)
        for some in (ids, ids[:2], ids[:1]):
            for as_of in (NOW, NOW - 20 * DAY, NOW.astimezone(UTC) + timedelta(microseconds=1)):
                found = await Page(connection, some, as_of=as_of).rows(logins, 30)
                expected = sorted(
                    (row["customer"], row["at"])
                    for row in rows["login"]
                    if row["customer"] in some and as_of - 30 * DAY < row["at"] <= as_of
                )
                assert [tuple(row) for row in found] == expected
    assert prepared(logins, "sqlite", False, 30).statement is prepared(logins, "sqlite", False, 30).statement
    assert prepared(logins, "sqlite", False, 30).statement is not prepared(logins, "sqlite", False, 7).statement


async def test_what_feeds_have_said_is_asked_at_once_and_each_thing_once(database: Database) -> None:
    rows = history(4)
    ids = [row["id"] for row in rows["customer"]]
    said: list[str] = []
    async with database.write() as connection:
        await keep(connection, rows)
        engine = database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda _c, _cursor, text, *_: said.append(text))
        page = Page(connection, ids, as_of=NOW, wanted=("open_tickets", "logins", "failed_payments"))
        heard = {feed: await page.heard(feed) for feed in (Feed.TICKETS, Feed.LOGINS, Feed.INVOICES)}
        assert len(said) == 2  # rows of every feed, and reports
        assert await page.customers() is await page.customers()
        for feed, column in heard.items():
            told = await page.reported(feed)
            assert column == [each in told for each in ids]
        unwanted = await page.heard(Feed.SEATS)
        assert unwanted == [each in await page.reported(Feed.SEATS) for each in ids]


def test_a_page_of_one_is_found_by_equality() -> None:
    for dialect in ("sqlite", "postgresql"):
        text = str(select(customer.c.id).where(Asked(dialect, alone=True).holds(customer.c.id)))
        assert "customer.id = :id" in text
