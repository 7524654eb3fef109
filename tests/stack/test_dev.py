"""What `dev` refuses before it starts anything, in one line and with the right exit code."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from settings import Settings
from stack import clock_file
from stack.dev import run_dev
from stack.home_lock import HomeLock


async def refused(
    settings: Settings, capsys: pytest.CaptureFixture[str], *, at: datetime | None = None, day: str | None = None
) -> tuple[int, str]:
    """Exit code and the one line on standard error; standard output stays empty."""
    code = await run_dev(settings, sample=True, at=at, day=day, as_json=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return code, err.strip()


async def test_a_bad_length_of_a_day_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await refused(Settings(home=tmp_path / "home"), capsys, day="2 weeks")
    assert code == 2
    assert said.startswith("--day = '2 weeks': expected")
    assert not (tmp_path / "home").exists()


async def test_a_port_in_use_is_named_by_its_setting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await refused(Settings(home=tmp_path, console_port=port), capsys)
    assert code == 1
    assert said.startswith(f"STEADFAST_CONSOLE_PORT = {port}: already in use")


async def test_a_home_in_use_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with HomeLock(tmp_path):
        code, said = await refused(Settings(home=tmp_path), capsys)
    assert code == 1
    assert said.startswith(f"a stack already runs on {tmp_path}")


async def test_a_home_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    code, said = await refused(Settings(home=tmp_path / "file" / "home"), capsys)
    assert code == 1
    assert said.startswith("STEADFAST_HOME = ")


async def test_the_clock_is_not_turned_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    kept = clock_file.settle(None, now, at=None, factor=None)
    clock_file.write(tmp_path, kept)
    code, said = await refused(Settings(home=tmp_path), capsys, at=now - timedelta(days=1))
    assert code == 1
    assert said.startswith("--at = ")
    assert clock_file.read_kept(tmp_path) == kept


async def test_a_profile_of_temporal_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "nowhere")
    code, said = await refused(Settings(home=tmp_path), capsys)
    assert code == 1
    assert said.startswith("TEMPORAL_PROFILE: ")
