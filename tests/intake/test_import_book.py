"""A whole book on a real database: everything loaded, twice the same, nobody contacted, killed anywhere."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from intake.csv.importer import Importer
from intake.csv.lifecycles import Message, TemporalLifecycles, imported, tell
from intake.csv.mapping_file import load_mapping
from intake.csv.parsed import ParsedBook
from intake.csv.portfolio import AsOf, as_of
from intake.csv.report import ImportReport
from models.book import BookUsage, LoadCount
from models.clock import REAL
from models.enums import LifecycleStage, Plan, SubscriptionStatus, TriggeredBy
from models.errors import Retryable
from models.events import Event, EventCustomer, EventType, Occurrence
from models.ids import lifecycle_id, new_id
from models.records import Transition
from persistence.book import BookLoader
from persistence.store import SqlStore

ROOT = Path(__file__).parents[2]
BOOK = ROOT.parent / "shared" / "data" / "ravenstack"
MAPPING = ROOT / "mappings" / "ravenstack.yaml"
NOW = datetime(2025, 1, 10, tzinfo=UTC)
WHEN = as_of(date(2024, 12, 31), now=NOW, zone="Europe/Madrid")

needs_book = pytest.mark.skipif(not BOOK.is_dir(), reason="the RavenStack set is not beside the checkout")

FILES = {
    "accounts.csv": "account_id,account_name,industry,country,signup_date,referral_source,plan_tier,seats\n"
    "A-1,Uno,EdTech,UK,2024-01-01,ads,Basic,3\n"
    "A-2,Dos,EdTech,DE,2024-12-20,ads,Pro,3\n"
    "A-3,Tres,EdTech,DE,2025-01-05,ads,Pro,3\n",
    "subscriptions.csv": "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,is_trial,"
    "upgrade_flag,downgrade_flag,churn_flag,billing_frequency,auto_renew_flag\n"
    "S-1,A-1,2024-01-01,2024-06-01,Basic,3,10,False,False,False,True,monthly,True\n"
    "S-2,A-2,2024-12-20,,Pro,3,50,False,False,False,False,annual,True\n"
    "S-3,A-3,2025-01-05,,Pro,3,50,False,False,False,False,annual,True\n",
    "feature_usage.csv": "usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count,"
    "is_beta_feature\nU-1,S-1,2024-02-01,chat,1,2,0,False\n",
    "support_tickets.csv": "ticket_id,account_id,submitted_at,closed_at,priority,first_response_time_minutes,"
    "satisfaction_score,escalation_flag\nT-1,A-1,2024-02-01,,urgent,5,,False\n",
    "churn_events.csv": "churn_event_id,account_id,churn_date,reason_code,preceding_upgrade_flag,"
    "preceding_downgrade_flag,is_reactivation,feedback_text\nC-1,A-1,2024-06-01,pricing,False,False,False,\n",
}


class Heard:
    """Lifecycles that remember what they were told, and may stop answering."""

    def __init__(self, *, answers: int = 1_000_000) -> None:
        self.told: list[tuple[str, Occurrence]] = []
        self._answers = answers

    async def happened(self, customer: str, occurrence: Occurrence, *, plan: str = "") -> None:
        if len(self.told) >= self._answers:
            raise Retryable("Temporal does not answer")
        self.told.append((customer, occurrence))


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


async def run(store: SqlStore, directory: Path, heard: Heard, when: AsOf = WHEN) -> ImportReport:
    parsed = ParsedBook(directory, load_mapping(MAPPING))
    return await Importer(BookLoader(store.database), heard).run(parsed, when)


async def activate(store: SqlStore, heard: Heard) -> int:
    async def release() -> Sequence[str]:
        async with store.begin() as transaction:
            return await transaction.customers.activate_outreach(NOW)

    return await Importer(BookLoader(store.database), heard).activate(release, NOW)


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    return {f.file: (f.read, f.inserted, f.updated, f.unchanged) for f in report.files}


@needs_book
async def test_ravenstack_is_loaded_whole_and_a_second_import_changes_nothing(store: SqlStore) -> None:
    heard = Heard()
    first = await run(store, BOOK, heard)
    rows = {"accounts": 500, "subscriptions": 5_000, "churn_events": 600, "support_tickets": 2_000,
            "feature_usage": 25_000}  # fmt: skip
    assert counts(first) == {f"{name}.csv": (n, n, 0, 0) for name, n in rows.items()}
    assert first.refused == 0
    assert first.started.stages == {"adopting": 60, "growing": 414, "onboarding": 26}
    assert (first.started.lifecycles, first.started.onboarding_programs) == (500, 26)
    assert len({customer for customer, _ in heard.told}) == 500
    second = await run(store, BOOK, heard)
    assert counts(second) == {f"{name}.csv": (n, 0, 0, n) for name, n in rows.items()}
    assert {occurrence.key for _, occurrence in heard.told} == {
        f"import:{customer}:2024-12-31" for customer, _ in heard.told
    }


async def test_customers_are_held_and_stand_as_of_the_day(store: SqlStore, tiny: Path) -> None:
    heard = Heard()
    report = await run(store, tiny, heard)
    async with store.begin() as tx:
        uno, dos, tres = [await tx.customers.get(name) for name in ("A-1", "A-2", "A-3")]
    assert uno is not None
    assert dos is not None
    assert tres is not None
    assert (uno.subscription_status, uno.country, uno.stage) == (SubscriptionStatus.CANCELLED, "GB", None)
    assert (dos.subscription_status, dos.renewal_date) == (SubscriptionStatus.ACTIVE, date(2025, 12, 20))
    assert dos.outreach_held
    assert dos.imported_at == WHEN.at
    assert (dos.email, dos.timezone) == (None, None)
    assert (tres.subscription_status, tres.cycle) == (None, 0)
    assert [customer for customer, _ in heard.told] == ["A-1", "A-2"]
    assert report.started.stages == {"churned": 1, "onboarding": 1}
    assert report.started.not_yet == 1


async def test_a_kill_between_chunks_or_lifecycles_is_made_good_by_a_second_run(store: SqlStore, tiny: Path) -> None:
    class Killed(BookLoader):
        async def usage(self, rows: Sequence[BookUsage]) -> LoadCount:
            raise Retryable("killed")

    heard = Heard()
    with pytest.raises(Retryable):
        await Importer(Killed(store.database), heard).run(ParsedBook(tiny, load_mapping(MAPPING)), WHEN)
    assert heard.told == []
    with pytest.raises(Retryable):
        await run(store, tiny, Heard(answers=1))
    last = await run(store, tiny, heard)
    assert counts(last)["feature_usage.csv"] == (1, 0, 0, 1)
    assert [customer for customer, _ in heard.told] == ["A-1", "A-2"]


class Writes(Heard):
    """Lifecycles that write each first stage a moment later, as a worker does."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__()
        self._store, self._writing = store, set[asyncio.Task[None]]()

    async def happened(self, customer: str, occurrence: Occurrence, *, plan: str = "") -> None:
        await super().happened(customer, occurrence, plan=plan)
        self._writing.add(asyncio.create_task(self._write(customer, occurrence)))

    async def _write(self, customer: str, occurrence: Occurrence) -> None:
        await asyncio.sleep(0.3)
        async with self._store.begin() as tx:
            await tx.lifecycles.record(
                Transition(
                    customer=customer,
                    from_stage=None,
                    to_stage=LifecycleStage.GROWING,
                    at=NOW,
                    rule="imported",
                    reason="",
                    triggered_by=TriggeredBy.AUTOMATIC,
                    cause=occurrence.key,
                )
            )


async def test_an_import_ends_when_every_first_stage_is_written_or_says_how_many_are_not(
    store: SqlStore, tiny: Path
) -> None:
    parsed, book = ParsedBook(tiny, load_mapping(MAPPING)), BookLoader(store.database)
    alone = await Importer(book, Heard(), patience=timedelta(milliseconds=1)).run(parsed, WHEN)
    assert (alone.started.lifecycles, alone.started.waiting) == (2, 2)
    written = await Importer(book, Writes(store), patience=timedelta(seconds=30)).run(parsed, WHEN)
    assert (written.started.lifecycles, written.started.waiting) == (2, 0)
    assert await book.unstaged() == {"A-3"}


async def test_activation_tells_everyone_again_after_a_kill_and_a_later_import_holds_nobody(
    store: SqlStore, tiny: Path
) -> None:
    await run(store, tiny, Heard())
    with pytest.raises(Retryable):
        await activate(store, Heard(answers=1))
    heard = Heard()
    assert await activate(store, heard) == 0
    assert [customer for customer, _ in heard.told] == ["A-1", "A-2", "A-3"]
    assert {occurrence.kind for _, occurrence in heard.told} == {"outreach_activated"}
    await run(store, tiny, Heard())
    async with store.begin() as tx:
        uno = await tx.customers.get("A-1")
    assert uno is not None
    assert not uno.outreach_held


async def test_a_customer_that_signed_up_by_itself_is_neither_held_nor_started_again(
    store: SqlStore, tiny: Path
) -> None:
    signup = Event(
        event_id="e-1",
        type=EventType.SUBSCRIPTION_CREATED,
        occurred_at=datetime(2024, 12, 20, tzinfo=UTC),
        customer=EventCustomer(id="A-2", email="dos@example.com", plan=Plan.PRO),
    )
    async with store.begin() as tx:
        await tx.customers.apply(signup, currency="EUR")
    heard = Heard()
    report = await run(store, tiny, heard)
    async with store.begin() as tx:
        dos = await tx.customers.get("A-2")
    assert dos is not None
    assert not dos.outreach_held
    assert (dos.email, dos.name) == ("dos@example.com", "Dos")
    assert [customer for customer, _ in heard.told] == ["A-1"]
    assert report.started.live == 1


async def test_what_is_wrong_in_a_file_is_known_before_anything_is_written(store: SqlStore, tiny: Path) -> None:
    text = FILES["feature_usage.csv"].replace("2024-02-01", "02/01/2024")
    (tiny / "feature_usage.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=r"feature_usage\.csv: every one of its 1 rows is refused"):
        await run(store, tiny, Heard())
    async with store.begin() as tx:
        assert await tx.customers.get("A-1") is None


async def test_a_lifecycle_starts_with_its_first_message_and_takes_the_second(dev_client: Client) -> None:
    customer = new_id("A")
    lifecycles = TemporalLifecycles(dev_client, task_queue=new_id("nobody"), clock=REAL)
    message = Message(customer, imported(customer, WHEN.at), plan="pro")
    await tell(lifecycles, [message], lambda _: None)
    await tell(lifecycles, [message], lambda _: None)
    handle = dev_client.get_workflow_handle(lifecycle_id(customer))
    history = await handle.fetch_history()
    signals = [event for event in history.events if event.HasField("workflow_execution_signaled_event_attributes")]
    await handle.terminate()
    assert [event.workflow_execution_signaled_event_attributes.signal_name for event in signals] == ["happened"] * 2
