"""Finds a Temporal dev server: given, on the PATH, in the cache, from the SDK's download, or built with Go."""

import os
import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from temporalio.testing import WorkflowEnvironment

from models.errors import Misconfigured, OutsideError
from settings import Settings
from stack import cache

VERSION = "1.5.1"
"""The newest that ``go install`` accepts: later ones carry a ``replace`` directive."""

_MODULE = f"github.com/temporalio/cli/cmd/temporal@v{VERSION}"
_WAYS = (
    "no Temporal dev server; put `temporal` on the PATH, set STEADFAST_TEMPORAL_CLI to it, "
    f"set TEMPORAL_ADDRESS to a running server, or install Go, with which it is built ({_MODULE})"
)


class Source(StrEnum):
    """Where a binary comes from, in the order tried."""

    GIVEN = "STEADFAST_TEMPORAL_CLI"
    PATH = "PATH"
    CACHE = "cache"
    SDK = "download by the SDK"
    GO = "go install"


class Way(NamedTuple):
    """One way to a binary: ``path`` where it is there already, or the folder of the cache that it is put into."""

    source: Source
    path: Path

    @property
    def ready(self) -> bool:
        """Nothing needs to be fetched or built."""
        return self.source in (Source.GIVEN, Source.PATH, Source.CACHE)


def plan(
    given: Path | None, cache_home: Path, *, which: Callable[[str], str | None], exists: Callable[[Path], bool]
) -> list[Way]:
    """The ways to try, in order; the first that works is taken. One that is ready needs no second.

    Raises:
        Misconfigured: the given path does not exist. What was set is never silently replaced by something else.
    """
    folder = cache_home / f"temporal-cli-{VERSION}"
    if given is not None:
        if not exists(given):
            raise Misconfigured("no such file", field=Source.GIVEN, value=str(given))
        return [Way(Source.GIVEN, given)]
    if found := which("temporal"):
        return [Way(Source.PATH, Path(found))]
    if exists(folder / "temporal"):
        return [Way(Source.CACHE, folder / "temporal")]
    return [Way(Source.SDK, folder), *([Way(Source.GO, folder)] if which("go") else [])]


def find(settings: Settings) -> Path | None:
    """A binary that is there already, without network or building; None where there is none."""
    first = plan(settings.temporal_cli, settings.cache_home, which=shutil.which, exists=Path.exists)[0]
    return first.path if first.ready else None


async def ensure(settings: Settings) -> Path:
    """A binary, fetched or built if need be (about five minutes, once).

    Raises:
        Misconfigured: none of the ways worked; the message names them and what failed last.
    """
    failed = ""
    for way in plan(settings.temporal_cli, settings.cache_home, which=shutil.which, exists=Path.exists):
        if way.ready:
            return way.path
        build = _download if way.source is Source.SDK else _install
        try:
            return await cache.build_once(way.path, "temporal", build)
        except OutsideError as error:
            failed = f" (tried last: {error})"
    raise Misconfigured(_WAYS + failed)


async def _download(folder: Path) -> None:
    if not await cache.sdk_host_reachable():
        raise OutsideError(f"{cache.SDK_HOST} cannot be reached")
    cache.say(f"Downloading the Temporal dev server {VERSION} ...")
    try:
        environment = await WorkflowEnvironment.start_local(
            download_dest_dir=str(folder), dev_server_download_version=f"v{VERSION}"
        )
    except RuntimeError as error:
        raise OutsideError(f"download: {error}") from None
    await environment.shutdown()
    cache.single_file(folder).rename(folder / "temporal")


async def _install(folder: Path) -> None:
    await cache.run(
        f"Building the Temporal dev server {VERSION} with Go (about five minutes, once)",
        *("go", "install", _MODULE),
        environment={**os.environ, "GOBIN": str(folder)},
        directory=folder,
    )
