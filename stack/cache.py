"""Servers that are fetched or built once: kept outside any checkout, named by version, never half there."""

import asyncio
import contextlib
import fcntl
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import httpx

from models.errors import Misconfigured, OutsideError

SDK_HOST = "https://temporal.download"
_EVERY = 30.0
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def say(line: str) -> None:
    """One line of progress; standard output is for what was asked."""
    print(line, file=sys.stderr, flush=True)


async def build_once(target: Path, product: str, build: Callable[[Path], Awaitable[None]]) -> Path:
    """``target / product``, built by the first who needs it while others wait for the lock.

    ``build`` fills a folder beside the target, renamed when complete, so that a kill leaves nothing that looks done.

    Raises:
        Misconfigured: the cache cannot be written.
        OutsideError: what ``build`` raises.
    """
    wanted = target / product
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        async with _alone(target.parent / f".{target.name}.lock"):
            if not wanted.exists():
                await _build(target, build)
    except OSError as error:
        raise Misconfigured(f"cannot be written ({error.strerror or error})", field="STEADFAST_CACHE") from None
    return wanted


@contextlib.asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Among tasks and processes alike: each opens the file anew, and ``flock`` is held per opening.

    Not filelock: it knows its holders by thread, and a task that waits for its lock in a pool may get the holder's.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


async def _build(target: Path, build: Callable[[Path], Awaitable[None]]) -> None:
    beside = _room_beside(target)
    try:
        await build(beside)
        _put_in_place(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _room_beside(target: Path) -> Path:
    prefix = f".{target.name}.building-"
    for left in target.parent.glob(f"{prefix}*"):  # by a build that was killed; the lock says it is nobody's
        shutil.rmtree(left, ignore_errors=True)
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    beside.chmod(0o755)
    return beside


def _put_in_place(beside: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)


async def run(what: str, *command: str, environment: Mapping[str, str], directory: Path) -> None:
    """Run a tool that may take minutes, with its elapsed time on a terminal and a line each half minute in a pipe.

    Raises:
        OutsideError: it ended with an error; its last lines are quoted.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(environment),
        cwd=directory,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    ticking = asyncio.create_task(_tick(what))
    try:
        output, _ = await process.communicate()
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = _ESCAPES.sub("", output.decode("utf-8", "replace")).splitlines()
        said = [line.strip()[:300] for line in lines if line.strip()]
        first = next((line for line in said if "error" in line.lower()), said[-1] if said else "")
        raise OutsideError(f"{what}: {command[0]} ended with code {process.returncode}: {first or 'no message'}")


async def _tick(what: str) -> None:
    live = sys.stderr.isatty()
    began = time.monotonic()
    if not live:
        say(f"{what} ...")
    try:
        while True:
            if live:
                print(f"\r\x1b[K{what} ... {time.monotonic() - began:.0f} s", end="", file=sys.stderr, flush=True)
            await asyncio.sleep(1.0 if live else _EVERY)
            if not live:
                say(f"{what} ... {time.monotonic() - began:.0f} s")
    finally:
        if live:
            print(file=sys.stderr)


async def sdk_host_reachable() -> bool:
    """Whether the place the SDK downloads its servers from answers, asked briefly: the SDK itself waits long."""
    try:
        async with httpx.AsyncClient(timeout=4.0) as client:
            await client.head(SDK_HOST)
    except httpx.HTTPError:
        return False
    return True


def single_file(folder: Path) -> Path:
    """The one file that a download left there.

    Raises:
        OutsideError: there is none, or more than one.
    """
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise OutsideError(f"expected one file from the download, found {len(files)}")
    return files[0]
