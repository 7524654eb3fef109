"""The contract of the command line: exit codes, one line on stderr that names the field, JSON and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import starter
from models.ids import new_id
from tests.harness import SECRET

Run = Callable[..., "Said"]

COMMANDS = (
    "dev",
    "signup",
    "event",
    "import",
    "show",
    "step",
    "outcome",
    "replay",
    "migrate",
    "playbooks",
    "team",
    "metrics",
    "validate",
    "attest",
    "report",
    "evidence",
    "approvals",
    "advocacy",
    "plan",
    "tasks",
    "checklist",
    "exceptions",
    "stage",
    "export",
    "erase",
)
WRONG_ID = (
    b'{"event_id": "e1", "type": "trial_started", "occurred_at": "2026-01-01T00:00:00Z", "customer": {"id": "C 1"}}'
)


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a migrated database, with a Temporal that is not there."""
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_EVENTS_SECRET", SECRET)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")
    (tmp_path / "bad.jsonl").write_bytes(WRONG_ID)

    def _run(*arguments: str) -> Said:
        code = starter.main([argument.replace("HERE", str(tmp_path)) for argument in arguments])
        return Said(code, *capsys.readouterr())

    return _run


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    said = run(command, "--help")
    assert said.code == 0
    assert said.out.startswith(("Usage:", "\nUsage:", " \nUsage:", "\n Usage:"))
    assert said.err == ""


REFUSALS = (
    (1, "CUSTOMER", ("show", "C-404", "--json")),
    (1, "CUSTOMER", ("step", "C-404", "welcome", "--json")),
    (1, "PLAY", ("outcome", "C-404", "onboarding.welcome_sequence", "done", "--json")),
    (2, "FILE", ("event", "HERE/none.jsonl", "--json")),
    (2, "customer.id", ("event", "HERE/bad.jsonl", "--json")),
    (2, "--plan", ("signup", "C-1", "--plan", "gold", "--json")),
    (2, "id", ("signup", "ana@sol.example", "--plan", "starter", "--json")),
    (2, "email", ("signup", "C-1", "--plan", "starter", "--email", "nobody", "--json")),
    (2, "timezone", ("signup", "C-1", "--plan", "starter", "--timezone", "Mars/Base", "--json")),
    (2, "--day", ("dev", "--day", "soon", "--json")),
    (2, "--at", ("dev", "--at", "yesterday", "--json")),
    (2, "customer", ("show",)),
    (2, "nowhere", ("nowhere",)),
    (2, "--nonsense", ("show", "C-1", "--nonsense")),
    (2, "--mapping", ("import", "HERE/none", "--json")),
    (2, "--yes", ("erase", "C-1", "--by", "lena")),
    (1, "CUSTOMER", ("erase", "C-404", "--by", "lena", "--yes", "--json")),
    (1, "CUSTOMER", ("export", "C-404")),
    (1, "customer", ("checklist", "C-404", "--json")),
    (2, "--by", ("checklist", "C-404", "--done", "kickoff_done")),
    (1, "customer", ("plan", "show", "C-404", "--json")),
    (2, "FILE", ("plan", "load", "C-404", "HERE/none.yaml", "--json")),
    (1, "customer", ("stage", "C-404", "growing", "--by", "marc", "--reason", "x", "--json")),
    (2, "STAGE", ("stage", "C-404", "happy", "--by", "marc", "--reason", "x", "--json")),
    (1, "number", ("approvals", "approve", "7", "--by", "lena", "--json")),
    (2, "--for", ("tasks", "snooze", "t", "--by", "lena", "--reason", "x", "--for", "soon", "--json")),
    (1, "customer", ("advocacy", "claim", "C-404", "g2_review", "--json")),
    (1, "claim", ("advocacy", "verify", "k", "--by", "lena", "--evidence", "a=b", "--json")),
)


@pytest.mark.parametrize(("code", "field", "arguments"), REFUSALS, ids=[" ".join(one[2]) for one in REFUSALS])
def test_a_refusal_is_one_line_that_names_the_field(
    run: Run, code: int, field: str, arguments: tuple[str, ...]
) -> None:
    said = run(*arguments)
    assert said.code == code, said
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert field in said.err


def test_what_was_refused_left_nothing(run: Run) -> None:
    """A file with a wrong line is not taken in at all."""
    assert run("event", "HERE/bad.jsonl").code == 2
    assert run("show", "C-1").code == 1


def test_a_signup_is_taken_in_while_temporal_is_away_and_shown_as_one_document(run: Run) -> None:
    """Durable first; the worker delivers it later."""
    customer = new_id("c")
    said = run("signup", customer, "--plan", "starter", "--email", "ana@sol.example", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert (told["received"], told["new"], told["delivered"]) == (1, 1, False)


def test_documents_are_json_and_nothing_else(run: Run) -> None:
    said = run("playbooks", "list", "--json")
    assert said.code == 0
    assert json.loads(said.out)


def test_a_database_that_is_not_set_up_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEADFAST_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    said = run("show", "C-1", "--json")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
