"""Random histories of customers: rows of every table that facts are computed from, many of them at the edges."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.rows import insert
from persistence.tables import METADATA

NOW = datetime(2026, 3, 31, 10, 30, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
EDGES = (-9, -1, 0, 1, 27, 28, 29, 30, 31, 59, 60, 61, 89, 90, 91, 120, 180)
PLANS = ("starter", "growth", "pro", "enterprise")
FEATURES = ("a", "b", "c", "d", "e")

History = dict[str, list[dict[str, Any]]]
"""Rows by table, in an order in which they can be inserted."""


class Chance:
    """What a history draws from."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def moment(self) -> datetime:
        if self.random.random() < 0.5:
            return NOW - self.random.choice(EDGES) * DAY + self.random.choice((-TICK, timedelta(0), TICK))
        return NOW - timedelta(seconds=self.random.uniform(-10, 200) * 86400)

    def day(self) -> date:
        if self.random.random() < 0.5:
            return NOW.date() - self.random.choice(EDGES) * DAY
        return NOW.date() - self.random.randint(-10, 200) * DAY

    def maybe(self, value: Any, odds: float = 0.7) -> Any:
        return value if self.random.random() < odds else None

    def after(self, moment: datetime) -> datetime | None:
        later: datetime | None = self.maybe(moment + self.random.choice((0, 1 / 24, 3, 40)) * DAY)
        return later

    def some(self, most: int) -> range:
        # Nothing at all is as interesting as a lot.
        return range(self.random.choice((0, 0, 1, 2, most)))


def history(seed: int, customers: int = 25) -> History:
    """Of that many customers, ``C-00`` and on."""
    chance = Chance(seed)
    rows: History = defaultdict(list)
    for plan in PLANS[:3]:
        for feature in FEATURES[: chance.random.randint(0, 5)]:
            rows["plan_feature"].append(
                {"plan": plan, "feature": feature, "since": chance.day(), "until": chance.maybe(chance.day(), 0.2)}
            )
    for number in range(customers):
        _customer(chance, rows, f"C-{number:02}")
    return rows


def _customer(chance: Chance, rows: History, owner: str) -> None:
    draw = chance.random
    rows["customer"].append({
        "id": owner, "cycle": 0, "outreach_held": False, "plan": chance.maybe(draw.choice(PLANS)),
        "stamps": {}, "base": {}, "contract_length_months": chance.maybe(12, 0.3),
        "renewal_date": chance.maybe(chance.day()),
        "csm_id": chance.maybe("csm-1"), "imported_at": None,
    })  # fmt: skip

    def add(table: str, **values: object) -> None:
        number = len(rows[table])
        key = {"key": f"k{number}"} if "key" in METADATA.tables[table].c else {}
        key |= {"id": f"{table}-{number}"} if "id" in METADATA.tables[table].c else {}
        rows[table].append({"customer": owner, **key, **values})

    for feed in ("logins", "usage", "tickets", "surveys", "invoices", "ticket_text", "blocked", "cancellations"):
        if draw.random() < 0.2:
            add("source_report", feed=feed, at=chance.moment())
    named = draw.random() < 0.7
    for _ in chance.some(12):
        add("login", at=chance.moment(), user_id=chance.maybe(draw.choice("xyz")) if named else None)
    for _ in chance.some(3):
        started = chance.day()
        add("subscription", started=started, ended=chance.maybe(started + draw.randint(0, 90) * DAY, 0.5),
            plan=chance.maybe(draw.choice(PLANS)), billing=chance.maybe(draw.choice(("monthly", "annual"))),
        )  # fmt: skip
    add("subscription", started=date(2020, 1, 1), ended=date(2020, 2, 1), plan="starter", billing=None)
    span = rows["subscription"][-1]["id"]
    for _ in chance.some(15):
        add("usage_event", subscription=span, day=chance.day(), feature=draw.choice(FEATURES), count=draw.randint(0, 9))
    for _ in chance.some(8):
        opened = chance.moment()
        closed = chance.after(opened)
        add("ticket", opened=opened, closed=closed,
            severity=chance.maybe(draw.choice(("low", "high", "critical")), 0.95),
            csat=chance.maybe(draw.randint(1, 5)), escalated=chance.maybe(draw.random() < 0.4, 0.95),
            escalated_at=chance.maybe(chance.after(opened), 0.2))  # fmt: skip
    for day in {chance.day() for _ in chance.some(20)}:
        handled = draw.randint(0, 40)
        add("conversation_day", day=day, handled=handled, automated=chance.maybe(draw.randint(0, handled)),
            response_seconds=chance.maybe(handled * 61))  # fmt: skip
    for at in {chance.moment() for _ in chance.some(6)}:
        add("limit_usage", name=draw.choice(("seats", "bots")), at=at, used=draw.randint(0, 12),
            allowed=draw.choice((None, 0, 7, 10)))  # fmt: skip
        add("seat_count", at=at, seats=draw.randint(0, 9))
        add("growth_potential", at=at, value=draw.choice((0.0, 0.25, 1.0)), actor="csm-1")
    for _ in chance.some(6):
        add("blocked_attempt", feature=draw.choice(FEATURES), at=chance.moment())
        asked = chance.moment()
        add("cancellation_request", requested_at=asked, closed_at=chance.after(asked))
    for _ in chance.some(2):
        add("competitor_mention", name="Rival", at=chance.moment())
        add("churn_event", day=chance.day(), reason=draw.choice(("price", "support", None)), feedback="")
    for _ in chance.some(3):
        add(
            "survey_response",
            kind=draw.choice(("nps", "nps", "csat")),
            score=draw.randint(0, 10),
            feedback="",
            submitted_at=chance.moment(),
            themes=[],
            suspected_injection=False,
            followed_up=False,
            follow_up_notes="",
        )
    for _ in chance.some(5):
        due = chance.moment()
        add("meeting", kind="qbr", booked_at=due - draw.choice((0, 5)) * DAY, scheduled_at=due,
            cancelled_at=chance.maybe(due - DAY, 0.2), attended=chance.maybe(draw.random() < 0.5),
            told_at=chance.after(due))  # fmt: skip
        add("outreach_message", channel="email", sent_at=due, answered_at=chance.after(due))
    for _ in chance.some(10):
        issued = chance.moment()
        add(
            "invoice",
            issued_at=issued,
            due_at=chance.maybe(issued + 5 * DAY),
            paid_at=chance.after(issued),
            failed_at=chance.maybe(chance.after(issued), 0.4),
            voided_at=chance.maybe(chance.after(issued), 0.1),
        )
    for at in {chance.moment() for _ in chance.some(3)}:
        add("computed_metric", name="health_score", at=at, number=chance.maybe(float(draw.randint(0, 100))), word=None)
        add("computed_metric", name="expansion_closed", at=at, number=float(draw.randint(0, 1)), word=None)
        add("computed_metric", name="engagement_trend", at=at, number=None, word="stable")


async def keep(connection: AsyncConnection, rows: History) -> None:
    """Put a history into the database; rows of one natural key count once."""
    for table in METADATA.sorted_tables:
        if found := rows.get(table.name):
            await connection.execute(insert(connection, table).on_conflict_do_nothing(), found)


def distinct(rows: History) -> History:
    """The rows as a database keeps them: of those with one natural key the first."""
    kept: History = {}
    for name, some in rows.items():
        keys = [column.name for column in METADATA.tables[name].primary_key.columns]
        first: dict[tuple[object, ...], dict[str, Any]] = {}
        for row in some:
            first.setdefault(tuple(row[key] for key in keys), row)
        kept[name] = list(first.values())
    return kept


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time.min, UTC)
