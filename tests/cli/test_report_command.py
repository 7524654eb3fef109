"""A report from its file to its publication, as its people would do it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from models.clock import utc_now
from models.report_checklist import ITEMS, How
from tests.cli import honest_book
from tests.cli.kit import Run

LAST = utc_now().date().replace(day=1) - timedelta(days=1)
FILE = f"""
title: The quarter of our customers
author: Ana Ruiz
from: "{(LAST.replace(day=1) - timedelta(days=45)):%Y-%m}"
to: "{LAST:%Y-%m}"
notes: none
commentary:
  - Every account was asked once.
claims:
  - id: churn
    kind: churn_is
    text: We lost few accounts. {{figure}}
    figure: logo_churn_monthly
  - id: better
    kind: nps_improved
    text: Customers recommend us more. {{figure}}
    figure: nps
  - id: promise
    kind: will_achieve
    text: Our playbooks halve departures
"""


@pytest.fixture
def drafted(run: Run, sqlite_url: str, tmp_path: Path) -> str:
    asyncio.run(honest_book.load(sqlite_url))
    file = tmp_path / "report.yaml"
    file.write_text(FILE, encoding="utf-8")
    said = run("report", "draft", str(file), "--json")
    assert (said.code, said.err) == (0, "")
    return str(json.loads(said.out)["id"])


def test_a_report_goes_out_once_everything_is_done_and_not_before(run: Run, drafted: str, tmp_path: Path) -> None:
    assert run("validate").code == 0, "the book is sound"
    checked = run("report", "check", drafted, "--json")
    assert checked.code == 1
    found = json.loads(checked.out)
    open_ = {item["id"] for item in found["items"] if item["gates"] and not item["done"]}
    assert open_ == {item.id for item in ITEMS if item.gates and item.how is not How.COMPUTED}
    refused = run("report", "publish", drafted, "--by", "Ana Ruiz")
    assert refused.code == 1
    assert refused.err.count("\n") == 1
    assert "sql_review (not attested)" in refused.err

    for item in ITEMS:
        if item.how is How.ATTESTED and item.gates:
            by = "Luis Gil" if item.by_another else "Ana Ruiz"
            records = [part for number in range(item.records) for part in ("--record", f"C-{number}")]
            assert run("attest", drafted, item.id, "--by", by, *records).code == 0
    file = tmp_path / "evidence.txt"
    file.write_text("how it was done", encoding="utf-8")
    for kind in ("data_source", "screenshot", "methodology"):
        given = run("evidence", "add", drafted, "--kind", kind, "--by", "Ana Ruiz", "--file", str(file))
        assert given.code == 0
    assert len(json.loads(run("evidence", "list", drafted, "--json").out)) == 3
    assert run("report", "submit", drafted, "--by", "Ana Ruiz").code == 0
    assert run("approvals", "approve", "1", "--by", "Ana Ruiz").code != 0, "not by who asked"
    assert run("approvals", "approve", "1", "--by", "Eva Sanz").code == 0
    assert run("report", "check", drafted).code == 0

    said = run("report", "publish", drafted, "--by", "Ana Ruiz", "--json")
    assert (said.code, said.err) == (0, "")
    out = json.loads(said.out)
    claims = {one["claim"]: one for one in out["claims"]}
    assert claims["churn"]["allowed"]
    assert "0.0 % (n = 60 accounts" in claims["churn"]["text"]
    assert claims["better"]["text"].startswith("[Refused: a claim that NPS improved. Missing: ")
    assert claims["promise"]["text"].startswith("[Refused: a claim that a result will be achieved.")
    assert "halve" not in said.out
    assert out["approved_by"] == "Eva Sanz"
    again = run("report", "publish", drafted, "--by", "Luis Gil", "--out", str(tmp_path / "out.txt"))
    assert again.code == 0
    assert "Luis Gil" in (tmp_path / "out.txt").read_text(encoding="utf-8"), "as the peer who reviewed the queries"
    assert json.loads(run("report", "list", "--json").out)[0]["published_at"] is not None
    assert run("attest", drafted, "outliers", "--by", "Eva Sanz").code == 1, "what went out is not attested afterwards"
    assert run("attest", drafted, "lessons", "--by", "Eva Sanz").code == 0


def test_an_unsound_book_is_not_published_whatever_was_attested(run: Run, drafted: str, sqlite_url: str) -> None:
    said = run("report", "publish", drafted, "--by", "Ana Ruiz")
    assert said.code == 1
    shown = run("report", "show", drafted)
    assert "a draft" in shown.out
    assert "95% interval" in shown.out


WRONG = (
    (("attest", "REPORT", "nothing", "--by", "Ana Ruiz"), 2, "ITEM"),
    (("attest", "REPORT", "sql_review", "--by", "Ana Ruiz"), 2, "ITEM"),
    (("attest", "REPORT", "outliers", "--by", "steadfast"), 2, "ITEM"),
    (("attest", "REPORT", "compared", "--by", "Luis Gil"), 2, "ITEM"),
    (("attest", "none", "outliers", "--by", "Luis Gil"), 1, "report"),
    (("evidence", "add", "REPORT", "--kind", "query", "--by", "Luis Gil"), 2, "--file"),
    (("evidence", "add", "REPORT", "--kind", "query", "--by", "Luis Gil", "--query", "x"), 2, "--query"),
    (("evidence", "add", "REPORT/x", "--kind", "query", "--by", "L G", "--query", "mrr_rows"), 2, "SUBJECT"),
    (("evidence", "add", "REPORT", "--kind", "query", "--by", "bot", "--query", "mrr_rows"), 2, "--by"),
    (("report", "submit", "REPORT", "--by", "system"), 2, "--by"),
    (("report", "check", "none"), 1, "report"),
    (("report", "draft", "no-such-file.yaml"), 2, "no-such-file.yaml"),
)


def test_wrong_input_is_one_line_that_names_it(run: Run, drafted: str) -> None:
    for arguments, code, named in WRONG:
        said = run(*(argument.replace("REPORT", drafted) for argument in arguments))
        assert said.code == code, arguments
        assert said.err.startswith(named), arguments
        assert said.err.count("\n") == 1, arguments


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FILE.replace("kind: churn_is", "kind: churn"), "claims.0.kind"),
        (FILE.replace("figure: nps", "figure: npss"), "claims.better"),
        (FILE.replace("id: better", "id: churn"), "claims"),
        (FILE.replace("notes: none", "note: none"), "note"),
        ("- just a list", "the file"),
        ("a: [", "not YAML"),
        ("a: &x 1\nb: *x", "aliases"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(run: Run, tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "report.yaml"
    file.write_text(text, encoding="utf-8")
    said = run("report", "draft", str(file))
    assert said.code == 2
    assert why in said.err
    assert json.loads(run("report", "list", "--json").out) == []
