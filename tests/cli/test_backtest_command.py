"""``starter.py backtest`` on a stored book: facts as of each day, departures, JSON; refusals that name the field."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import starter
from models.book import BookAccount, BookSubscription, BookTicket
from models.enums import Severity
from persistence.book import BookLoader
from persistence.engine import Database

Run = Callable[..., tuple[int, str, str]]
BEGAN = date(2025, 1, 1)
LAST = date(2025, 12, 31)


async def fill(url: str) -> None:
    """Forty accounts; every other one has three open tickets in June, and half of those leave in August."""
    database = Database.open(url)
    loader = BookLoader(database)
    ids = [f"C-{n:02}" for n in range(40)]
    await loader.accounts([BookAccount(id=one) for one in ids], as_of=datetime(2025, 12, 31, tzinfo=UTC))
    await loader.subscriptions([
        BookSubscription(
            id=f"S-{one}", customer=one, started=BEGAN, plan="pro", mrr=Decimal(100), is_trial=False,
            ended=date(2025, 8, 10) if n % 4 == 0 else None,
        )
        for n, one in enumerate(ids)
    ])  # fmt: skip
    opened = datetime(2025, 6, 4, 12, tzinfo=UTC)
    await loader.tickets([
        BookTicket(
            id=f"T-{one}-{n}", customer=one, opened=opened + timedelta(hours=n), closed=opened + timedelta(days=100),
            severity=Severity.LOW,
        )
        for position, one in enumerate(ids) if position % 2 == 0 for n in range(3)
    ])  # fmt: skip
    await database.close()


@pytest.fixture
def command(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command on that book."""
    asyncio.run(fill(sqlite_url))
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = starter.main(["backtest", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


TICKETS = ("--trigger", "signal_opened:multiple_support_tickets", "--from", "2025-01-01", "--to", str(LAST))


@pytest.mark.parametrize(("grid", "day"), [("week", "2025-06-08"), ("month", "2025-06-30")])
def test_the_past_is_seen_as_it_was_known_on_each_day(command: Run, grid: str, day: str) -> None:
    code, out, err = command(*TICKETS, "--grid", grid, "--json")
    assert (code, err) == (0, "")
    done: dict[str, Any] = json.loads(out)
    assert done["entered"] == done["judged"] == 20
    assert {one["day"] for one in done["entries"]} == {day}
    assert sorted(one["customer"] for one in done["entries"] if one["right"]) == [f"C-{n:02}" for n in range(0, 40, 4)]
    assert (done["departures"], done["reached"]) == (10, 10)
    assert done["precision"]["value"] is None  # twenty entries are too few to say
    assert done["recall"]["value"] == 1.0
    assert done["revenue"]["numerator"] == 1000
    left = date(2025, 8, 11)
    assert done["lead"]["value"] == (left - date.fromisoformat(day)).days


def test_up_to_a_day_nothing_after_it_is_known(command: Run) -> None:
    code, out, _ = command(*TICKETS[:-1], "2025-08-01", "--json")
    assert code == 0
    done = json.loads(out)
    assert (done["entered"], done["judged"], done["departures"]) == (20, 0, 0)
    assert "cannot tell" in done["verdict"]


def test_tables_never_show_a_bare_share(command: Run) -> None:
    code, out, _ = command(*TICKETS)
    assert code == 0
    assert "Verdict: cannot tell" in out
    assert "100.0 % (n=10;" in out


REFUSED = [
    ([], 2, "PLAYBOOK"),
    (["onboarding.welcome_sequence", "--trigger", "payment_failed"], 2, "PLAYBOOK"),
    (["nonsense"], 1, "PLAYBOOK"),
    (["--trigger", "health_dropped"], 2, "trigger"),
    (["--trigger", "payment_failed", "--from", "soon"], 2, "--from"),
    (["--trigger", "payment_failed", "--from", "2025-12-31", "--to", "2025-01-01"], 2, "--from"),
]


@pytest.mark.parametrize(("arguments", "code", "field"), REFUSED)
def test_what_cannot_be_tested_is_refused_in_one_line(
    command: Run, arguments: list[str], code: int, field: str
) -> None:
    found, out, err = command(*arguments)
    assert (found, out) == (code, "")
    assert err.count("\n") == 1
    assert field in err
