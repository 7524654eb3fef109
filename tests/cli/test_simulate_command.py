"""``starter.py simulate``: a stored book lived through, nothing written; refusals that name the field."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import starter
from cli.simulation_files import read_responses
from models.enums import LifecycleStage, Plan, RunStatus, SubscriptionStatus
from models.errors import BadInput
from models.play import RunRecord, StepRecord
from models.records import Csm, Customer
from persistence.store import SqlStore
from playbooks.catalog import Catalog

NOW = datetime.now(UTC)
Run = Callable[..., tuple[int, str, str]]

RESPONSES = """\
seed: 2
habits:
  - {event: subscription_created, per_month: 3}
reactions:
  - {playbook: self-serve-v1, event: "onboarding_step_completed:widget_installed", after: {min: 1 day, max: 2 days}}
"""


async def fill(url: str) -> None:
    """Three customers: one on trial, one in a welcome that began two days ago, one who left."""
    store = SqlStore.open(url)
    welcome = Catalog.load().by_id("onboarding.welcome_sequence")
    began = NOW - timedelta(days=2, hours=1)
    async with store.begin() as tx:
        await tx.customers.put_csm(Csm(id="ana", name="Ana", email="ana@house.example"))
        for name, status in (("C-1", "trialing"), ("C-2", "active"), ("C-3", "cancelled")):
            await tx.customers.put(
                Customer(
                    id=name, name="Panadería", email=f"{name}@x.example", plan=Plan.STARTER, cycle=int(name == "C-2"),
                    stage={"trialing": LifecycleStage.TRIAL, "active": LifecycleStage.ONBOARDING}.get(
                        status, LifecycleStage.CHURNED),
                    subscription_status=SubscriptionStatus(status), csm_id="ana" if name == "C-2" else None,
                )
            )  # fmt: skip
        record = RunRecord(
            workflow_id="sequence:C-2:onboarding.welcome_sequence:1", customer="C-2", process="sequence",
            playbook=welcome.id, version=1, fingerprint=welcome.fingerprint(), status=RunStatus.RUNNING,
            started=began, wants=welcome.wants(),
        )  # fmt: skip
        await tx.runs.open(record)
        for step in ("send_welcome_email", "assign_csm", "create_success_plan", "schedule_kickoff"):
            done = StepRecord(step_id=step, status="done", result="done", due=began, ended=began)
            await tx.runs.step(record.workflow_id, done)
    await store.close()


@pytest.fixture
def command(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command on a filled database."""
    asyncio.run(fill(sqlite_url))
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = starter.main(["simulate", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_book_is_lived_through_and_a_run_that_is_under_way_goes_on(command: Run, tmp_path: Path) -> None:
    (tmp_path / "said.yaml").write_text(RESPONSES, encoding="utf-8")
    code, out, err = command("--days", "30", "--responses", str(tmp_path / "said.yaml"), "--json")
    assert (code, err) == (0, "")
    done: dict[str, Any] = json.loads(out)
    plays = {one["playbook"]: one for one in done["plays"]}
    assert done["customers"] == 3
    assert plays["onboarding.welcome_sequence"]["went_on"] == 1
    assert plays["self-serve-v1"]["started"] >= 1
    assert done["sends"] == sum(sum(day["by_channel"].values()) for day in done["by_day"]) > 0
    assert command("--days", "30", "--responses", str(tmp_path / "said.yaml"), "--json")[1].count("by_day") == 1


def test_without_responses_nobody_answers_and_only_what_runs_goes_on(command: Run) -> None:
    code, out, _ = command("onboarding.welcome_sequence", "--days", "10", "--json")
    assert code == 0
    done = json.loads(out)
    # The checklist was due two days after the beginning; without an onboarding record nothing can be listed in it.
    (one,) = done["plays"]
    assert (one["started"], one["went_on"], one["completed"]) == (0, 1, 1)
    assert one["steps"]["send_welcome_email"] == {"done": 1}
    assert any("nobody answers" in line for line in done["assumptions"])


def test_tables_on_a_terminal_and_a_page_in_a_file(command: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, _ = command("--days", "5", "--html", str(page), "--team", "samples/team.yaml")
    assert code == 0
    for title in ("Playbooks", "Messages by week", "Messages per customer", "Not done, and why", "Assumed:"):
        assert title in out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


REFUSED = [
    (["nonsense"], 1, "PLAYBOOK"),
    (["--days", "0"], 2, "--days"),
    (["--as-of", "yesterday"], 2, "--as-of"),
    (["--customer", "C-9"], 1, "--customer"),
    (["--responses", "nowhere.yaml"], 2, "--responses"),
    (["--html", "/nowhere/page.html"], 2, "--html"),
]


@pytest.mark.parametrize(("arguments", "code", "field"), REFUSED)
def test_what_cannot_be_simulated_is_refused_in_one_line(
    command: Run, arguments: list[str], code: int, field: str
) -> None:
    found, out, err = command(*arguments)
    assert (found, out) == (code, "")
    assert err.count("\n") == 1
    assert field in err


BROKEN = [
    ("habits: [{event: user_logged_in}]", "habits.0"),
    ("habits: [{event: nobody_hears_this, per_month: 1}]", "habits.0.event"),
    ("script: [{customer: C-1, event: survey_answered, day: 1, data: {score: 11}}]", "script.0.data.score"),
    ("script: [{customer: C-1, event: survey_answered, day: 1, data: {scroe: 4}}]", "script.0.data.scroe"),
    ("reactions: [{template: welcome_mail, event: user_logged_in}]", "reactions.0.template"),
    ("reactions: [{playbook: p, event: user_logged_in}]", "reactions.0.playbook"),
    ("reactions: [{step: send_tips_email, outcome: yes}]", "reactions.0.outcome"),
    ("facts: [{fact: mood, value: 3}]", "facts.0.fact"),
    ("script: [{customer: C-1, event: user_logged_in}]", "script.0"),
    ("moods: []", "moods"),
    ("a: [", "YAML"),
]


PLAYBOOKS = Catalog.load().all()


@pytest.mark.parametrize(("text", "place"), BROKEN)
def test_a_broken_responses_file_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "said.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=re.escape(place)):
        read_responses(file, PLAYBOOKS)


def test_what_is_said_of_a_customer_that_is_not_there_is_refused(command: Run, tmp_path: Path) -> None:
    said = tmp_path / "said.yaml"
    said.write_text("script: [{customer: C-9, event: survey_answered, day: 1, data: {score: 4}}]", encoding="utf-8")
    code, _, err = command("--days", "5", "--responses", str(said))
    assert (code, "script.0.customer = 'C-9': no such customer" in err) == (2, True)
    assert command("--days", "5", "--customer", "C-2", "--responses", str(said))[0] == 0
