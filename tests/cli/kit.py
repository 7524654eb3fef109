"""Runs commands on a migrated database, in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import starter


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("COLUMNS", "200")

    def _run(*arguments: str) -> Said:
        return Said(starter.main(list(arguments)), *capsys.readouterr())

    return _run
