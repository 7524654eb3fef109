"""A portfolio report as its readers get it: one page, tables, JSON; its gates on it; made data labelled everywhere."""

import asyncio
import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from analysis import made_book
from models.clock import utc_now
from rendering.csv_tables import cell, table
from tests.cli import honest_book
from tests.cli.kit import Run

LAST = utc_now().date().replace(day=1) - timedelta(days=1)
MONTH = f"{LAST:%Y-%m}"
EVIL = "=HYPERLINK(1)<script>alert(1)</script>"
LABEL = "demonstration on made data, not a result"


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


@pytest.fixture
def book(run: Run, sqlite_url: str) -> Run:
    asyncio.run(honest_book.load(sqlite_url))
    with create_engine(sqlite_url.replace("+aiosqlite", "")).begin() as connection:
        connection.execute(text("UPDATE customer SET csm_id = :evil, plan = 'pro', stage = 'growing'"), {"evil": EVIL})
    return run


def test_the_book_of_a_period_on_one_page_in_tables_and_as_json(book: Run, tmp_path: Path) -> None:
    html, folder = tmp_path / "p.html", tmp_path / "tables"
    said = book(
        "report", "portfolio", "--from", MONTH, "--to", MONTH, "--html", str(html), "--csv", str(folder), "--json"
    )
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert found["id"] == ""
    page = html.read_text(encoding="utf-8")
    assert "Draft: not for publication" in page
    assert page.count("<svg ") == 3
    assert "<script" not in page
    assert "://" not in page.replace("http://www.w3.org/", ""), "it loads nothing"
    assert "3,000.00 EUR" in page
    assert "(n=60; every account is counted)" in page
    assert "cannot tell" in page
    assert EVIL.split("<", maxsplit=1)[0] in page

    assert {one.name for one in folder.iterdir()} == {
        "figures.csv", "waterfall.csv", "months.csv", "flows.csv", "groups.csv", "exceptions.csv", "kpis.csv",
        "checklist.csv",
    }  # fmt: skip
    for row in (*_rows(folder / "figures.csv"), *_rows(folder / "groups.csv"), *_rows(folder / "kpis.csv")):
        if row["value"]:
            assert row["n"], "a value has its n"
            assert row["no_interval"] or row["low"] or row["high"], "and its interval, or why it has none"
        else:
            assert row["cannot_tell"], "or says why it cannot be told"
    flows = {row["name"]: Decimal(row["value"]) for row in _rows(folder / "waterfall.csv") if row["which"] == "period"}
    assert flows["starting_mrr"] == flows["ending_mrr_period"] == 3000
    managers = {row["group"] for row in _rows(folder / "groups.csv") if row["dimension"] == "manager"}
    assert managers == {f"'{EVIL}"}, "no spreadsheet runs it"
    by_stage = [row for row in _rows(folder / "groups.csv") if row["group"] == "growing" and "churn" in row["name"]]
    assert [row["cannot_tell"] for row in by_stage] == ["the stage follows from leaving"]
    assert b"\r\n" in (folder / "figures.csv").read_bytes()
    assert not json.loads(book("report", "list", "--json").out), "nothing is kept without a name"


def test_one_that_is_kept_is_checked_as_any_report_and_its_page_stays(book: Run, tmp_path: Path) -> None:
    said = book("report", "portfolio", "--from", MONTH, "--to", MONTH, "--by", "Ana Ruiz", "--json")
    made = json.loads(said.out)
    checked = json.loads(book("report", "check", made["id"], "--json").out)
    assert checked["sha256"] == made["sha256"]
    assert {item["id"]: item["done"] for item in checked["items"]}["queries"], "each definition can be printed"
    assert book("metrics", "--explain", "portfolio_groups").code == 0
    assert book("attest", made["id"], "outliers", "--by", "Eva Sanz").code == 0
    again = json.loads(book("report", "portfolio", "--report", made["id"], "--json").out)
    assert again["content"] == made["content"], "as it was made"
    assert {item["item"]["id"]: item["done"] for item in again["items"]}["outliers"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "2030-01"), "--from"),
        (("--definition", "mine"), "--definition"),
        (("--by", "system"), "--by"),
        (("--report", "report_1", "--by", "Ana Ruiz"), "--report"),
        (("--html", "/nowhere/p.html"), "--html"),
    ],
)
def test_wrong_input_is_named(run: Run, arguments: tuple[str, ...], named: str) -> None:
    said = run("report", "portfolio", *arguments)
    assert said.code == 2
    assert said.err.startswith(named)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"), (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"), ("", ""), (None, ""), (-1.5, "-1.5"), (Decimal("-0.10"), "-0.10"), (True, "true"), (3, "3"),
    ],
)  # fmt: skip
def test_text_is_never_a_formula_and_a_number_is_a_number(value: str | float | Decimal | None, written: str) -> None:
    assert cell(value) == written


def test_a_table_is_read_back_as_it_was() -> None:
    text_ = table(("a", "b"), [['say "x", y', "two\nlines"]])
    assert list(csv.reader(io.StringIO(text_, newline=""))) == [["a", "b"], ['say "x", y', "two\nlines"]]


@pytest.mark.parametrize("case", ["churn", "nrr"])
def test_a_demonstration_finds_what_was_put_in_and_is_labelled_everywhere(
    case: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = made_book.SCENARIOS[case]._replace(accounts=300)
    monkeypatch.setitem(made_book.SCENARIOS, case, small)
    folder = tmp_path / "made"
    assert run("demo", case, "--out", str(folder), "--seed", "7").code == 0
    page = (folder / f"demonstration-{case}.html").read_text(encoding="utf-8")
    assert page.lower().count(LABEL) > 4 + page.count("<svg "), "title, banners, figures and every plot"
    assert "Draft" not in page
    for file in folder.glob("*.csv"):
        assert all(row["made_data"] == LABEL for row in _rows(file)), file.name
    found = json.loads((folder / f"demonstration-{case}.json").read_text(encoding="utf-8"))
    assert found["demonstration"]["label"] == LABEL
    assert all(one["notes"][0] == LABEL for one in found["content"]["figures"].values())
    planted = [row for row in _rows(folder / "planted.csv") if row["low"]]
    share = {"churn": "% of the accounts leave", "nrr": "% a month"}[case]
    within = 0
    for row in planted:
        rate = float(row["planted"].removesuffix(share).rsplit(" ", 1)[-1]) / 100
        within += float(row["low"]) <= rate <= float(row["high"])
    assert within >= 0.75 * len(planted), "intervals of 95 %"
    assert json.loads(run("report", "list", "--json").out) == []
    assert json.loads(run("evidence", "list", "--json").out) == []


def test_the_same_seed_makes_the_same_book() -> None:
    scenario = made_book.SCENARIOS["nrr"]._replace(accounts=50)
    assert made_book.make(scenario, 3) == made_book.make(scenario, 3)
    assert made_book.make(scenario, 3) != made_book.make(scenario, 4)
