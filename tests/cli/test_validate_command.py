"""``starter.py validate``: exit 1 with the reasons when nothing may be published."""

import json

from models.validation import CheckStatus
from tests.cli.kit import Run


def test_an_empty_book_may_not_be_published_and_says_why(run: Run) -> None:
    said = run("validate", "--json")
    assert said.code == 1
    found = json.loads(said.out)
    assert (found["passed"], found["publishable"]) == (True, False)
    assert [check["status"] for check in found["checks"]].count(CheckStatus.FAIL) == 0
    assert len(found["checks"]) == 8
    assert len(found["kpis"]) == 8
    assert len(found["mandatory"]) == 5
    assert any("NPS sample size" in reason for reason in found["blocking"])
    assert set(found["dataSourceValidation"]["dataFreshness"]) == {"billing", "application", "tickets"}
    shown = run("validate", "--last")
    assert shown.code == 1
    assert found["id"] in shown.out
    assert "in the way: KPI NPS sample size" in shown.out


def test_wrong_input(run: Run) -> None:
    assert run("validate", "--last").code == 1
    for arguments in (("--from", "yesterday"), ("--from", "2999-01-01"), ("--last", "--from", "2024-01-01")):
        said = run("validate", *arguments)
        assert said.code == 2
        assert said.err.startswith("--from")
