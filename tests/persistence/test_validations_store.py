"""What the validator reads and keeps, on both databases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert

from activities.validation import validate
from analysis import health_config
from analysis.book_figures import Making
from analysis.validator import Validator
from models.book import BookAccount, BookSubscription
from models.metric_rows import ChurnTold, TicketsOpened
from models.nps import NpsConfig
from models.validating import ValidationAsked
from models.validation import Disagreement
from persistence.book import BookLoader
from persistence.queries import queries
from persistence.spans import MRR_ROWS
from persistence.store import SqlStore
from persistence.tables import book, calibration, customers, decisions, pulls

ZONE = ZoneInfo("Europe/Madrid")
NOW = datetime(2024, 5, 31, 12, tzinfo=UTC)
EARLY, MID = NOW - timedelta(days=100), NOW - timedelta(days=20)


def signal(customer: str, severity: str, cleared: datetime | None) -> dict[str, Any]:
    return {
        "customer": customer, "type": severity, "detected_at": EARLY, "backfill": False, "severity": severity,
        "description": "", "metric": "m", "value": 1, "threshold": 2, "cleared_at": cleared, "cleared_by": None,
    }  # fmt: skip


def transition(customer: str, to: str, at: datetime) -> dict[str, Any]:
    return {
        "customer": customer, "to_stage": to, "at": at, "rule": "r", "reason": "", "triggered_by": "automatic",
        "actor": "", "cause": f"{to}{at}", "facts": {},
    }  # fmt: skip


VERSION = health_config.load().configurations[0].version()


def signed(key: str, at: datetime | None) -> dict[str, Any]:
    return {
        "id": key, "at": EARLY, "config_name": "default", "config_version": VERSION, "report": {}, "signed_by": "Ana",
        "signed_at": at,
    }  # fmt: skip


ROWS: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
    (decisions.churn_signal, [
        signal("C-1", "high", None), signal("C-2", "medium", None), signal("C-3", "high", EARLY + timedelta(days=1)),
    ]),
    (customers.transition, [
        transition("C-4", "at_risk", EARLY), transition("C-5", "at_risk", EARLY),
        transition("C-5", "growing", EARLY + timedelta(days=2)), transition("C-6", "at_risk", MID),
    ]),
    (book.churn_event, [
        {"id": "E-1", "customer": "C-1", "day": date(2024, 4, 1), "feedback": ""},
        {"id": "E-2", "customer": "C-1", "day": date(2024, 4, 1), "feedback": "", "reactivation": True},
        {"id": "E-3", "customer": "C-1", "day": date(2024, 6, 1), "feedback": ""},
    ]),
    (book.ticket, [{"id": "T-1", "customer": "C-2", "opened": MID}, {"id": "T-2", "customer": "C-2", "opened": NOW}]),
    (calibration.calibration, [
        signed("K-1", EARLY), signed("K-2", MID), signed("K-3", None), signed("K-4", NOW + timedelta(days=1)),
    ]),
    (pulls.source_freshness, [{"source": "stripe", "covered_until": MID, "error": "", "records": 3}]),
    (pulls.discrepancy, [
        {"source": "stripe", "kind": "amount", "object": "sub_1", "customer": "C-1", "ours": "1", "theirs": "2",
         "found_at": MID, "seen_at": MID},
        {"source": "stripe", "kind": "amount", "object": "sub_2", "customer": None, "ours": "1", "theirs": "2",
         "found_at": MID, "seen_at": MID, "resolved_at": MID},
    ]),
)  # fmt: skip


async def test_a_validation_reads_one_state_and_is_kept_whole(store: SqlStore) -> None:
    loader = BookLoader(store.database)
    await loader.accounts([BookAccount(id=f"C-{n}") for n in range(1, 7)], as_of=EARLY)
    paid = BookSubscription(id="S-1", customer="C-1", started=date(2024, 1, 5), mrr=Decimal("10.50"))
    await loader.subscriptions([paid])
    async with store.begin() as tx:
        for table, rows in ROWS:
            for row in rows:
                await tx.connection.execute(insert(table).values(row))
    judge = Validator(Making(queries(), {}, ZONE, NpsConfig()), health_config.load(), MRR_ROWS)
    asked = ValidationAsked(id="weekly:2024-05-27", cause="weekly", as_of=NOW)
    found = await validate(store, judge, asked)
    assert await validate(store, judge, asked.model_copy(update={"cause": "again"})) == found
    async with store.read() as tx:
        read = await tx.metrics.validation(
            found.period, first=date(2024, 3, 3), last=date(2024, 5, 31), as_of=NOW,
            predicted_at=NOW - timedelta(days=60),
        )  # fmt: skip
    assert read.predicted == {"C-1", "C-4"}
    assert read.churn == [ChurnTold("C-1", date(2024, 4, 1), False), ChurnTold("C-1", date(2024, 4, 1), True)]
    assert read.tickets == [TicketsOpened("C-2", MID)]
    assert read.calibrated == {VERSION: EARLY}
    assert read.judged_since is None
    differs = Disagreement(source="stripe", kind="amount", object="sub_1", customer="C-1", ours="1", theirs="2")
    assert list(read.disagreements) == [differs]
    assert {one.source: one.reported_at for one in read.book.sources}["stripe"] == MID
    assert [one.mrr for one in read.customers] == [None] * 6

    async with store.begin() as tx:
        kept = tx.validations
        await kept.add(found)
        await kept.add(found.model_copy(update={"cause": "again"}))
        assert await kept.get(found.id) == found
        assert await kept.latest(as_of=NOW) == [found]
        assert await kept.latest(as_of=EARLY) == []
