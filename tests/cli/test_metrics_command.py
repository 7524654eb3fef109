"""``starter.py metrics``: the JSON others compare with, tables that never show a bare rate, and refusals."""

import asyncio
import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from models.book import BookAccount, BookSubscription
from models.clock import utc_now
from persistence.book import BookLoader
from persistence.engine import Database
from tests.cli.kit import Run

RAVENSTACK = Path(__file__).parents[3] / "shared" / "data" / "ravenstack" / "subscriptions.csv"

FIELDS = [
    "month", "starting_mrr", "new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "ending_mrr",
    "customers_start", "new_customers", "churned_customers", "customers_end", "grr", "nrr", "logo_churn",
]  # fmt: skip


async def load(url: str, rows: list[dict[str, str]]) -> None:
    """Subscriptions of the set's own columns."""
    database = Database.open(url)
    loader = BookLoader(database)
    ids = sorted({row["account_id"] for row in rows})
    await loader.accounts([BookAccount(id=each) for each in ids], as_of=utc_now())
    found = [
        BookSubscription(
            id=row["subscription_id"], customer=row["account_id"], started=date.fromisoformat(row["start_date"]),
            ended=date.fromisoformat(row["end_date"]) if row["end_date"] else None, mrr=Decimal(row["mrr_amount"]),
            is_trial=row["is_trial"] == "True",
        )
        for row in rows
    ]  # fmt: skip
    await loader.subscriptions(found)
    await database.close()


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def month_end_latest(rows: list[dict[str, str]], first: date, months: int) -> list[dict[str, Any]]:
    """The issue's definition a third time, straight from the file's text."""

    def mrr(day: date) -> dict[str, int]:
        best: dict[str, tuple[str, int, str]] = {}
        for row in rows:
            at = day.isoformat()
            if row["start_date"] <= at and (not row["end_date"] or row["end_date"] >= at):
                rank = (row["start_date"], int(row["mrr_amount"]), row["subscription_id"])
                best[row["account_id"]] = max(best.get(row["account_id"], rank), rank)
        return {account: rank[1] for account, rank in best.items() if rank[1] > 0}

    found = []
    for number in range(months):
        begin = date(first.year + (first.month - 1 + number) // 12, (first.month - 1 + number) % 12 + 1, 1)
        before = mrr(begin - timedelta(days=1))
        after = mrr((begin + timedelta(days=32)).replace(day=1) - timedelta(days=1))
        both = before.keys() & after.keys()
        start = sum(before.values())
        down = sum(max(before[each] - after[each], 0) for each in both)
        up = sum(max(after[each] - before[each], 0) for each in both)
        lost = sum(before[each] for each in before.keys() - after.keys())
        found.append(
            {
                "month": f"{begin:%Y-%m}", "starting_mrr": start,
                "new_mrr": sum(after[each] for each in after.keys() - before.keys()), "expansion_mrr": up,
                "contraction_mrr": down, "churned_mrr": lost, "ending_mrr": sum(after.values()),
                "customers_start": len(before), "new_customers": len(after.keys() - before.keys()),
                "churned_customers": len(before.keys() - after.keys()), "customers_end": len(after),
                "grr": (start - down - lost) / start if start else None,
                "nrr": (start - down - lost + up) / start if start else None,
                "logo_churn": len(before.keys() - after.keys()) / len(before) if before else None,
            }
        )  # fmt: skip
    return found


@pytest.mark.skipif(not RAVENSTACK.is_file(), reason="the RavenStack set is not beside the checkout")
def test_two_years_of_ravenstack_are_as_the_file_says(sqlite_url: str, run: Run) -> None:
    rows = rows_of(RAVENSTACK)
    asyncio.run(load(sqlite_url, rows))
    said = run("metrics", "--definition", "month_end_latest", "--from", "2023-01", "--to", "2024-12", "--json")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert [list(month) for month in found] == [FIELDS] * 24
    assert found == [pytest.approx(month) for month in month_end_latest(rows, date(2023, 1, 1), 24)]
    summed = json.loads(run("metrics", "--from", "2024-12", "--to", "2024-12", "--json").out)
    assert summed[0]["ending_mrr"] == 10159608
    assert summed[0]["customers_end"] == 500
    both = json.loads(run("metrics", "--compare", "running_sum", "month_end_latest", "--to", "2024-12", "--json").out)
    assert both[-1]["running_sum"] == summed[0]
    assert both[-1]["month_end_latest"] == found[-1]


SMALL = [
    {"subscription_id": "S-1", "account_id": "A-1", "start_date": "2024-01-05", "end_date": "", "mrr_amount": "50",
     "is_trial": "False"},
    {"subscription_id": "S-2", "account_id": "A-2", "start_date": "2024-01-05", "end_date": "2024-03-05",
     "mrr_amount": "50.50", "is_trial": "False"},
]  # fmt: skip


def test_tables_show_no_rate_without_n_and_interval(sqlite_url: str, run: Run) -> None:
    asyncio.run(load(sqlite_url, SMALL))
    said = run("metrics", "--from", "2024-01", "--to", "2024-03")
    assert said.code == 0
    assert "50.0 % (n=2; 9.5 % to 90.5 %)" in said.out
    assert "cannot tell: no account paid at the start" in said.out
    assert "running_sum v1" in said.out
    shown = run("metrics", "--from", "2024-03", "--to", "2024-03", "--json", "--figures")
    figure = json.loads(shown.out)[0]["logo_churn"]
    assert (figure["n"], figure["numerator"], figure["interval"]["method"]) == (2, 1, "Wilson")
    assert figure["cohort"]["name"] == "running_sum"
    assert figure["query"]["name"] == "mrr_rows"
    assert figure["notes"] == ["only 2 accounts"]
    assert "running_sum / month_end_latest" in run("metrics", "--compare", "running_sum", "month_end_latest").out


def test_definitions_and_queries_can_be_printed(run: Run) -> None:
    assert "latest start counts" in run("metrics", "--explain", "month_end_latest").out
    assert "FROM subscription" in run("metrics", "--explain", "mrr_rows").out
    assert len(json.loads(run("metrics", "--explain", "all", "--json").out)) >= 4


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--definition", "mine"), "--definition"),
        (("--from", "2024-13"), "--from"),
        (("--from", "2024-1"), "--from"),
        (("--to", "9999-12"), "--to"),
        (("--from", "2024-05", "--to", "2024-04"), "--from"),
        (("--compare", "running_sum", "mine"), "--compare"),
        (("--explain", "nothing"), "--explain"),
        (("--figures",), "--figures"),
    ],
)
def test_wrong_input_is_one_line(run: Run, arguments: tuple[str, ...], named: str) -> None:
    said = run("metrics", *arguments)
    assert said.code == 2
    assert said.err.startswith(named)
    assert said.err.count("\n") == 1
    assert said.out == ""
