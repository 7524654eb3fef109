"""Bad input from a file: exit code 2, one line that names line, field and reason, and nothing of the file is taken."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import starter
from tests.harness import SECRET
from tests.intake.bad_input import wrong

NOW = datetime.now(UTC)
CASES = wrong(NOW)
GOOD = {
    "event_id": "good-1",
    "type": "trial_started",
    "occurred_at": NOW.isoformat(),
    "customer": {"id": "C-good"},
}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_wrong_line_keeps_the_whole_file_out(
    case: tuple[str, dict[str, object], str, str],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_EVENTS_SECRET", SECRET)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")
    _, body, field, reason = case
    file = tmp_path / "events.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n{json.dumps(body)}\n", encoding="utf-8")
    assert starter.main(["event", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith((f"line 2: {field}: ", f"line 2: {field} = "))
    assert reason in said.err
    assert starter.main(["show", "C-good"]) == 1
