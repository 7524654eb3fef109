"""Where a window ends, what a moment includes, and what is unknown rather than 0: a table for each fact."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.book import BookAccount
from models.enums import Plan, SubscriptionStatus
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.fact_columns import FactColumns
from persistence.fact_recorded import record
from tests.persistence.fact_histories import DAY, NOW, TICK, History, keep

NONE = timedelta(0)
TODAY = NOW.date()


def ago(days: float, less: timedelta = NONE) -> datetime:
    return NOW - days * DAY + less


def owned(owner: str, rows: History) -> History:
    """The rows as those of a customer of its own."""
    plan = "pro" if "plan_feature" in rows else "growth"
    span = {"id": f"{owner}-S", "customer": owner, "started": date(2020, 1, 1), "ended": date(2020, 1, 2)}
    found: History = {"customer": [bare(owner, plan=plan)], "subscription": [span]}
    for table, some in rows.items():
        if table == "plan_feature":
            found[table] = some
        else:
            found[table] = [{"customer": owner, **row, **_names(owner, row)} for row in some]
    return found


def _names(owner: str, row: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{owner}-{row[name]}" for name in ("id", "subscription") if name in row}


def bare(owner: str, **more: object) -> dict[str, Any]:
    return {"id": owner, "cycle": 0, "outreach_held": False, "stamps": {}, "base": {}, **more}


def logins(*moments: datetime, user: str | None = None) -> History:
    return {"login": [{"key": str(n), "at": at, "user_id": user} for n, at in enumerate(moments)]}


def usage(*days: tuple[int, int], feature: str = "a") -> History:
    return {"usage_event": [
        {"id": str(n), "subscription": "S", "day": TODAY - back * DAY, "feature": feature, "count": count}
        for n, (back, count) in enumerate(days)
    ]}  # fmt: skip


def tickets(*rows: dict[str, object]) -> History:
    blank = {"closed": None, "severity": "low", "csat": None, "escalated": False, "escalated_at": None}
    return {"ticket": [{"id": str(n), "opened": ago(200), **blank, **row} for n, row in enumerate(rows)]}


def invoices(*rows: dict[str, Any]) -> History:
    blank = dict.fromkeys(("due_at", "paid_at", "failed_at", "voided_at"))
    return {"invoice": [{"id": str(n), "issued_at": ago(50 - n), **blank, **row} for n, row in enumerate(rows)]}


def days(*rows: tuple[int, int, int | None]) -> History:
    return {"conversation_day": [
        {"day": TODAY - back * DAY, "handled": handled, "automated": automated, "response_seconds": None}
        for back, handled, automated in rows
    ]}  # fmt: skip


def told(feed: str) -> History:
    return {"source_report": [{"feed": feed, "at": ago(1)}]}


def meeting(**row: object) -> History:
    blank = {"booked_at": ago(100), "scheduled_at": ago(2), "cancelled_at": None, "attended": True, "told_at": ago(1)}
    return {"meeting": [{"id": "m", "kind": "qbr", **blank, **row}]}


def answer(at: datetime, score: int, kind: str = "nps") -> dict[str, object]:
    return {
        "id": f"{at}{kind}", "kind": kind, "score": score, "submitted_at": at, "feedback": "", "themes": [],
        "suspected_injection": False, "followed_up": False, "follow_up_notes": "",
    }  # fmt: skip


def seats(*rows: tuple[float, int]) -> History:
    return {"seat_count": [{"at": ago(back), "seats": count} for back, count in rows]}


def limit(used: int, allowed: int | None, at: datetime = NOW, name: str = "bots") -> dict[str, object]:
    return {"name": name, "at": at, "used": used, "allowed": allowed}


FEATURES = {"plan_feature": [
    {"plan": "pro", "feature": each, "since": date(2020, 1, 1), "until": None} for each in "abcd"
]}  # fmt: skip

CASES: list[tuple[str, str, History, object]] = [
    ("days_since_last_login", "never told", {}, None),
    ("days_since_last_login", "connected, never came", told("logins"), None),
    ("days_since_last_login", "a tick less than a day", logins(ago(1, TICK)), 0),
    ("days_since_last_login", "a day", logins(ago(1)), 1),
    ("days_since_last_login", "a tick more than two weeks", logins(ago(14, -TICK)), 14),
    ("logins_per_week", "never told", {}, None),
    ("logins_per_week", "told, none", told("logins"), 0.0),
    ("logins_per_week", "28 days are over", logins(ago(28)), 0.0),
    ("logins_per_week", "28 days are not over", logins(ago(28, TICK), NOW), 0.5),
    ("logins_per_week", "a later one", logins(ago(3), NOW + TICK), 0.25),
    ("logins", "30 days", logins(ago(30), ago(30, TICK)), 1),
    ("dau_mau_ratio", "logins without users", logins(ago(1)), None),
    ("dau_mau_ratio", "twice a day is a day", logins(ago(1), ago(1, TICK), ago(2), user="u"), 2 / 30),
    ("dau_mau_ratio", "nobody came lately", logins(ago(31), user="u"), 0.0),
    ("active_users", "the first day of thirty", logins(ago(29, timedelta(hours=-10)), user="u"), 1),
    ("active_users", "the day before it", logins(ago(29, timedelta(hours=-11)), user="u"), 0),
    ("actions_performed", "thirty days", usage((29, 3), (30, 5), (0, 1), (-1, 9)), 4),
    ("usage_change_percent", "half", usage((0, 5), (30, 10)), -50.0),
    ("usage_change_percent", "stopped", usage((59, 10)), -100.0),
    ("usage_change_percent", "nothing before", usage((29, 10), (60, 10)), None),
    ("usage_change_percent", "zero before", usage((29, 10), (59, 0)), None),
    ("usage_change_percent", "tripled", usage((29, 9), (30, 3)), 200.0),
    ("features_used_this_month", "opened but not used", usage((1, 0)), 0),
    ("features_used_this_month", "never told", {}, None),
    ("feature_adoption", "no list of the plan's features", usage((1, 1)), None),
    ("feature_adoption", "one of four", {**usage((1, 1)), **FEATURES}, 0.25),
    ("feature_adoption", "one the plan has not", {**usage((1, 1), feature="z"), **FEATURES}, 0.0),
    ("feature_adoption", "usage never told", FEATURES, None),
    ("conversations_per_week", "28 days", days((27, 8, None), (28, 100, None)), 2.0),
    ("conversations_handled", "30 days", days((29, 8, None), (30, 100, None)), 8),
    ("automation_rate", "days that say nothing are left out", days((1, 10, 4), (2, 90, None)), 0.4),
    ("automation_rate", "of none", days((1, 0, 0)), None),
    ("usage_vs_limit", "the tightest", {"limit_usage": [limit(5, 10), limit(9, 10, name="seats")]}, 0.9),
    ("usage_vs_limit", "the newest of one", {"limit_usage": [limit(9, 10, ago(2)), limit(1, 10)]}, 0.1),
    ("usage_vs_limit", "unlimited", {"limit_usage": [limit(9, None)]}, None),
    ("usage_vs_limit", "30 days old", {"limit_usage": [limit(9, 10, ago(30))]}, None),
    ("usage_vs_limit", "over", {"limit_usage": [limit(12, 10)]}, 1.2),
    ("blocked_feature_attempts", "told, none", told("blocked"), 0),
    ("blocked_features", "told, none", told("blocked"), []),
    ("team_size_change", "a quarter ago to the tick", seats((90, 10), (0, 12)), 0.2),
    ("team_size_change", "not yet a quarter", seats((89, 10), (0, 12)), None),
    ("team_size_change", "from nobody", seats((100, 0), (0, 12)), None),
    ("open_tickets", "no system of tickets", {}, None),
    ("open_tickets", "a system, no tickets", told("tickets"), 0),
    ("open_tickets", "closed now", tickets({"closed": NOW}), 0),
    ("open_tickets", "closed later", tickets({"closed": NOW + TICK}), 1),
    ("open_tickets", "opened later", tickets({"opened": NOW + TICK}), None),
    ("high_severity_tickets", "high and critical", tickets({"severity": "high"}, {"severity": "critical"}, {}), 2),
    ("high_severity_tickets", "one nobody ranked", tickets({"severity": "high"}, {"severity": None}), None),
    ("escalations", "told later", tickets({"escalated": True, "escalated_at": NOW + TICK}), 0),
    ("escalations", "90 days are over", tickets({"escalated": True, "escalated_at": ago(90)}), 0),
    ("escalations", "90 days are not over", tickets({"escalated": True, "escalated_at": ago(90, TICK)}), 1),
    ("escalations", "by its closing", tickets({"escalated": True, "closed": ago(1)}), 1),
    ("avg_csat", "none rated", tickets({"closed": ago(1)}), None),
    ("avg_csat", "rated when closed", tickets({"closed": ago(1), "csat": 4}, {"closed": NOW + TICK, "csat": 1}), 4.0),
    ("avg_csat", "90 days", tickets({"closed": ago(90), "csat": 1}, {"closed": ago(90, TICK), "csat": 5}), 5.0),
    ("competitor_mentioned", "tickets nobody reads", tickets({}), None),
    ("competitor_mentioned", "read, none", told("ticket_text"), False),
    ("competitor_mentioned", "30 days", {"competitor_mention": [{"key": "k", "name": "R", "at": ago(30)}]}, False),
    ("nps_score", "never asked", {}, None),
    ("nps_score", "the latest, even a 0", {"survey_response": [answer(ago(9), 9), answer(ago(1), 0)]}, 0),
    ("nps_score", "of another survey", {"survey_response": [answer(ago(1), 4, "csat")]}, None),
    ("meetings_attended", "none scheduled", told("meetings"), None),
    ("meetings_attended", "nobody said", meeting(attended=None, told_at=None), None),
    ("meetings_attended", "missed", meeting(attended=False), 0.0),
    ("meetings_attended", "cancelled", meeting(cancelled_at=ago(3)), None),
    ("meetings_attended", "90 days", meeting(scheduled_at=ago(90)), None),
    ("payment_health", "no invoice", told("invoices"), None),
    ("payment_health", "paid later", invoices({"due_at": ago(1), "paid_at": NOW + TICK}), 0.0),
    ("payment_health", "not yet due", invoices({"due_at": NOW + TICK}), None),
    ("payment_health", "the last six", invoices({"failed_at": ago(9)}, *[{"paid_at": ago(9)}] * 6), 1.0),
    ("payment_health", "at the second attempt", invoices({"failed_at": ago(9), "paid_at": ago(8)}), 0.0),
    ("failed_payments", "told, none", told("invoices"), 0),
    ("failed_payments", "resolved", invoices({"failed_at": ago(9), "paid_at": ago(8)}), 0),
    ("failed_payments", "resolved later", invoices({"failed_at": ago(9), "paid_at": NOW + TICK}), 1),
    ("cancellation_requested", "never told", {}, None),
    ("cancellation_requested", "none", told("cancellations"), False),
]  # fmt: skip


async def test_every_fact_at_its_edges(database: Database) -> None:
    owners = [f"C-{number:03}" for number in range(len(CASES))]
    async with database.write() as connection:
        for owner, (_, _, rows, _) in zip(owners, CASES, strict=True):
            await keep(connection, owned(owner, rows))
    async with database.read() as connection:
        page = await FactColumns(connection).read(owners, as_of=NOW)
    found = {f"{name}: {case}": page.facts[name][n] for n, (name, case, _, _) in enumerate(CASES)}
    assert found == {f"{name}: {case}": expected for name, case, _, expected in CASES}


async def test_before_an_import_a_customer_is_as_old_as_its_paid_spans_without_a_gap(database: Database) -> None:
    imported = datetime(2025, 1, 1, tzinfo=UTC)
    loader = BookLoader(database)
    account = BookAccount(
        id="C-1",
        plan=Plan.PRO,
        status=SubscriptionStatus.ACTIVE,
        subscribed_at=datetime(2024, 3, 1, tzinfo=UTC),
        cycle=2,
    )
    await loader.accounts([account], as_of=imported)
    spans = [
        ("s1", date(2024, 1, 1), date(2024, 1, 31), False),
        ("s2", date(2024, 3, 1), date(2024, 4, 30), False),
        ("s3", date(2024, 5, 1), None, False),
        ("s4", date(2024, 2, 10), date(2024, 2, 29), True),
    ]
    async with database.write() as connection:
        await keep(connection, {"subscription": [
            {"id": name, "customer": "C-1", "started": started, "ended": ended, "is_trial": trial}
            for name, started, ended, trial in spans
        ]})  # fmt: skip
    asked = [datetime(2024, month, 15, tzinfo=UTC) for month in (1, 2, 3, 5)]
    async with database.read() as connection:
        columns = FactColumns(connection)
        ages = [(await columns.read(["C-1"], ["days_as_customer"], as_of=at)).facts for at in [*asked, imported]]
    assert [age["days_as_customer"][0] for age in ages] == [14, None, 14, 75, 306]


async def test_a_result_is_that_of_its_moment_and_a_second_one_replaces_it(database: Database) -> None:
    async with database.write() as connection:
        await keep(connection, {"customer": [
            bare("C-1")
        ]})  # fmt: skip
        await record(connection, [("C-1", "health_score", ago(1), 70), ("C-1", "expansion_opportunity", ago(1), True)])
        await record(connection, [("C-1", "health_score", ago(1), 71), ("C-1", "engagement_trend", NOW, "declining")])
        await record(connection, [("C-1", "health_score", NOW, None)])
        await record(connection, [])
        with pytest.raises(KeyError):
            await record(connection, [("C-1", "open_tickets", NOW, 1)])
    names = ["health_score", "expansion_opportunity", "engagement_trend"]
    async with database.read() as connection:
        columns = FactColumns(connection)
        before, now = [await columns.read(["C-1"], names, as_of=at) for at in (ago(0, -TICK), NOW)]
    assert list(before.of(0).values()) == [71, True, None]
    assert list(now.of(0).values()) == [None, True, "declining"]
