"""What is fetched or built once is complete or absent, and built by one even when many ask."""

import asyncio
import sys
from pathlib import Path

import pytest

from models.errors import Misconfigured, OutsideError
from stack import cache


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_it_is_built_once_even_when_two_ask_at_the_same_time(tmp_path: Path) -> None:
    built = []

    async def build(folder: Path) -> None:
        built.append(folder)
        await asyncio.sleep(0.05)
        (folder / "server").write_text("x")

    target = tmp_path / "cache" / "server-1"
    both = await asyncio.gather(*(cache.build_once(target, "server", build) for _ in range(2)))
    assert both == [target / "server"] * 2
    assert len(built) == 1


async def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async def build(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OutsideError("no network")

    with pytest.raises(OutsideError, match="no network"):
        await cache.build_once(tmp_path / "server-1", "server", build)
    assert names(tmp_path) == [".server-1.lock"]


async def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".server-1.building-x"
    left.mkdir()
    (left / "half").write_text("x")

    async def build(folder: Path) -> None:
        (folder / "server").write_text("x")

    await cache.build_once(tmp_path / "server-1", "server", build)
    assert not left.exists()


async def test_a_cache_that_cannot_be_written_names_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    async def build(folder: Path) -> None:
        raise AssertionError(folder)

    with pytest.raises(Misconfigured, match="STEADFAST_CACHE: cannot be written"):
        await cache.build_once(tmp_path / "file" / "server-1", "server", build)


async def test_a_tool_that_fails_is_quoted_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "import sys; print('reading'); print('\\x1b[31mERROR\\x1b[0m no such module'); print('bye'); sys.exit(3)"
    with pytest.raises(OutsideError) as failed:
        await cache.run("Building", sys.executable, "-c", script, environment={}, directory=tmp_path)
    assert str(failed.value) == f"Building: {sys.executable} ended with code 3: ERROR no such module"
    assert capsys.readouterr().err == "Building ...\n"
