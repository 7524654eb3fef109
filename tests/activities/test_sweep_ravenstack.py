"""RavenStack swept: nobody scored firmly by the default weights and why; by weights of what is known, everyone is."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from composition.deciding import Deciding
from intake.csv.importer import Importer
from intake.csv.lifecycles import Lifecycles
from intake.csv.mapping_file import load_mapping
from intake.csv.parsed import ParsedBook
from intake.csv.portfolio import as_of, derive_all
from models.clock import utc_now
from models.events import Occurrence
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.store import SqlStore
from persistence.tables.customers import customer
from tests.activities.sweep_books import dump, sweep

ROOT = Path(__file__).parents[2]
BOOK = ROOT.parent / "shared" / "data" / "ravenstack"
MAPPING = ROOT / "mappings" / "ravenstack.yaml"
WEIGHTS = ROOT / "mappings" / "ravenstack-health.yaml"
ZONE = "Europe/Madrid"
WHEN = as_of(date(2024, 12, 31), now=datetime(2025, 1, 10, tzinfo=UTC), zone=ZONE)

pytestmark = pytest.mark.skipif(not BOOK.is_dir(), reason="the RavenStack set is not beside the checkout")


class Nobody(Lifecycles):
    """No process hears of the import; stages are set as it would."""

    async def happened(self, customer: str, occurrence: Occurrence, *, plan: str = "") -> None:
        """Nothing."""


@pytest.fixture
async def book(sqlite_url: str) -> AsyncIterator[SqlStore]:
    """The book as of its last day, each account in the stage in which its lifecycle begins."""
    database = Database.open(sqlite_url)
    store = SqlStore(database)
    parsed = ParsedBook(BOOK, load_mapping(MAPPING))
    await Importer(BookLoader(database), Nobody()).run(parsed, WHEN)
    async with store.begin() as tx:
        for each in derive_all(parsed, WHEN):
            await tx.connection.execute(
                update(customer).where(customer.c.id == each.account.id).values(stage=each.stage, stage_since=WHEN.at)
            )
    yield store
    await store.close()


async def test_the_default_weights_score_nobody_firmly_and_say_why(book: SqlStore) -> None:
    counts = (await sweep(book, WHEN.at, page=250, day=WHEN.day)).counts
    assert (counts["customers"], counts["provisional"], counts["scored"], counts["unscored"]) == (500, 500, 0, 0)
    silent = {name.partition(":")[2]: number for name, number in counts.items() if name.startswith("missing:")}
    assert silent.pop("tickets") < 20
    assert silent == dict.fromkeys(
        ("CRM", "conversations", "invoices", "logins", "meetings", "outreach", "surveys", "users"), 500
    )
    found = await dump(book, "alert", "churn_signal", "transition")
    assert found["alert"] == [], "a provisional score causes nothing"
    assert {row[1] for row in found["churn_signal"]} == {"usage_drop_50"}
    assert counts["changed:signal_opened"] == len(found["churn_signal"]) > 50
    assert counts["changed:stage"] == len(found["transition"]) > 50


async def test_weights_of_what_is_known_score_everyone_and_the_past_is_history(book: SqlStore) -> None:
    deciding = Deciding.of(health=WEIGHTS)
    counts = (await sweep(book, WHEN.at, page=250, day=WHEN.day, deciding=deciding)).counts
    assert (counts["scored"], counts["backfilled"]) == (500, 0)
    found = await dump(book, "transition", "alert")
    rules = Counter((row[4], row[2]) for row in found["transition"])
    assert rules["at_risk_signal", "at_risk"] == len(found["alert"]) > 20
    assert rules["expansion_open", "expanding"] > 100
    acting = ("transition", "inbox", "computed_metric", "notice", "customer", "run")
    before = await dump(book, *acting)
    sizes = []
    for number, day in enumerate((date(2023, 1, 31), date(2023, 9, 30), date(2024, 6, 30))):
        past = as_of(day, now=utc_now(), zone=ZONE)
        made = await sweep(book, past.at, by=f"past {number}", page=250, day=day, deciding=deciding)
        assert made.counts["backfilled"] == made.counts["customers"]
        sizes.append(made.counts["customers"])
    assert sizes == [17, 162, 348], "those who had signed up by then"
    assert await dump(book, *acting) == before
