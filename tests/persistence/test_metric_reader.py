"""Every registered query on both databases: what belongs to the period is read, with its types, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, insert

from models.book import BookAccount
from models.metric_rows import ActionDue, ActiveDay, BookRows, ClosedSave, CsatScore, MeetingRow, MessageRow
from persistence.book import BookLoader
from persistence.store import SqlStore
from persistence.tables import book, customers, decisions, identity, measures, plays
from rules.nps_figures import days

ZONE = ZoneInfo("Europe/Madrid")
FIRST, LAST = date(2024, 3, 1), date(2024, 3, 31)
PERIOD = days(FIRST, LAST, ZONE)
AS_OF = datetime(2024, 4, 20, tzinfo=UTC)
IN, BEFORE, AFTER = datetime(2024, 3, 31, 21, 59, tzinfo=UTC), datetime(2024, 2, 10, tzinfo=UTC), PERIOD.end


def survey(key: str, kind: str, score: int, at: datetime, survey: str | None = None) -> dict[str, Any]:
    return {
        "id": key, "customer": "C-1", "survey": survey, "kind": kind, "score": score, "feedback": "",
        "submitted_at": at, "themes": ["price"], "suspected_injection": False, "followed_up": False,
        "follow_up_notes": "",
    }  # fmt: skip


def run(key: str, process: str, ended: datetime | None) -> dict[str, Any]:
    return {
        "workflow_id": key, "customer": "C-1", "process": process, "playbook": "p", "version": 1, "fingerprint": "f",
        "generation": 1, "status": "completed", "reason": "", "started": BEFORE, "ended": ended,
    }  # fmt: skip


def step(run: str, name: str, status: str, due: datetime | None) -> dict[str, Any]:
    return {"workflow_id": run, "step_id": name, "status": status, "result": "", "reason": "", "due": due, "ended": due}


def health(at: datetime, score: int, *, backfill: bool = False) -> dict[str, Any]:
    return {
        "customer": "C-1", "at": at, "score": score, "grade": "A", "trend": "stable", "coverage": 1.0,
        "provisional": False, "config_name": "d", "config_version": "1", "components": [], "risk_factors": [],
        "opportunities": [], "inputs": {}, "backfill": backfill,
    }  # fmt: skip


def ticket(key: str, closed: datetime | None, csat: int | None) -> dict[str, Any]:
    return {"id": key, "customer": "C-1", "opened": BEFORE, "closed": closed, "csat": csat}


ROWS: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
    (measures.survey_send, [
        {"id": "S-1", "customer": "C-1", "kind": "nps", "trigger": "q", "sent_at": IN},
        {"id": "S-2", "customer": "C-1", "kind": "csat", "trigger": "q", "sent_at": IN},
    ]),
    (measures.survey_response, [
        survey("R-1", "nps", 9, IN, "S-1"), survey("R-2", "csat", 4, IN), survey("R-3", "csat", 2, AFTER),
        survey("R-4", "nps", 9, AS_OF + timedelta(days=1)),
    ]),
    (book.ticket, [
        ticket("T-1", IN, 5), ticket("T-2", IN, None), ticket("T-3", BEFORE, 1), ticket("T-4", None, 1),
    ]),
    (measures.outreach_message, [
        {"id": "M-1", "customer": "C-1", "channel": "email", "sent_at": IN, "answered_at": IN},
        {"id": "M-2", "customer": "C-1", "channel": "email", "sent_at": AFTER},
    ]),
    (measures.meeting, [
        {"id": "A-1", "customer": "C-1", "kind": "qbr", "booked_at": BEFORE, "scheduled_at": IN, "attended": True},
        {"id": "A-2", "customer": "C-1", "kind": "qbr", "booked_at": BEFORE, "scheduled_at": IN, "cancelled_at": IN},
    ]),
    (plays.run, [run("W-1", "save", IN), run("W-2", "sequence", IN), run("W-3", "save", AFTER)]),
    (plays.run_step, [
        step("W-1", "call", "failed", IN), step("W-1", "mail", "done", BEFORE), step("W-2", "mail", "done", IN),
    ]),
    (decisions.health_score, [
        health(IN - timedelta(days=2), 60), health(IN, 70), health(IN + timedelta(seconds=30), 1, backfill=True),
        health(AS_OF, 10),
    ]),
    (decisions.health_score, [health(IN, 5) | {"customer": "C-2"}]),
    (identity.identity_merge, [
        {"loser": "C-2", "winner": "C-1", "at": IN, "by": "Ana", "reason": "", "undone_by": "", "filled": {},
         "stopped": []},
    ]),
    (customers.login, [{"customer": "C-1", "key": "k", "at": datetime(2024, 3, 5, 1, tzinfo=UTC)}]),
)  # fmt: skip


async def test_the_rows_of_a_period(store: SqlStore) -> None:
    accounts = [BookAccount(id="C-1"), BookAccount(id="C-2")]
    await BookLoader(store.database).accounts(accounts, as_of=datetime(2024, 3, 31, tzinfo=UTC))
    async with store.begin() as tx:
        for table, rows in ROWS:
            for row in rows:
                await tx.connection.execute(insert(table).values(row))
    async with store.read() as tx:
        found = await tx.metrics.read(PERIOD, first=FIRST, last=LAST, as_of=AS_OF)
    assert found.customers == {"C-1"}
    assert [(one.survey, one.sent_at) for one in found.sends] == [("S-1", IN)]
    assert [(one.id, one.survey, one.themes) for one in found.answers] == [("R-1", "S-1", ("price",))]
    assert sorted(found.csat) == [CsatScore("C-1", IN, 4), CsatScore("C-1", IN, 5)]
    assert found.outreach == [MessageRow("C-1", IN, IN)]
    assert found.meetings == [MeetingRow("C-1", IN, True)]
    assert found.saves == [ClosedSave("W-1", "C-1", "completed", IN, 1)]
    assert found.actions == [ActionDue("C-1", "call", "failed", IN, IN)]
    assert [(one.score, one.provisional) for one in found.health] == [(70, False)]
    assert found.active == {ActiveDay("C-1", date(2024, 3, 5))}
    assert {one.source for one in found.sources} == {"billing", "application", "tickets", "surveys", "crm"}


async def test_an_empty_book_reads_as_empty(store: SqlStore) -> None:
    async with store.read() as tx:
        found = await tx.metrics.read(PERIOD, first=FIRST, last=LAST, as_of=AS_OF)
    assert found == BookRows(period=PERIOD, as_of=AS_OF, sources=found.sources, spans=[], statements=[], sends=[],
        answers=[], csat=[], onboardings=[], outreach=[], meetings=[], saves=[], actions=[], health=[], engagement=[],
    )  # fmt: skip
    assert all(one.reported_at is None for one in found.sources)
