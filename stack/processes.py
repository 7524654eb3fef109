"""A small supervisor: named child processes, each in its own group, logging to a file, ended in reverse order.

What happens to the children when the supervisor
- ends in order or by SIGINT, SIGTERM: :meth:`Supervisor.stop` sends SIGTERM, and SIGKILL after a grace;
- is killed hard: ``stack.watchdog`` does the same (every POSIX system), and on Linux the kernel sends each child
  SIGTERM at once (``PR_SET_PDEATHSIG``).
"""

import asyncio
import ctypes
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import OutsideError

ROOT = Path(__file__).resolve().parent.parent
_LOG_LIMIT = 5 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


async def at_once() -> bool:
    """The readiness of a child that has none to wait for."""
    return True


@dataclass(frozen=True)
class Child:
    """What to start. ``ready`` is polled until true; ``timeout`` is how long to poll, in seconds."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]] = at_once
    timeout: float = 60.0
    directory: Path = ROOT


@dataclass(frozen=True)
class _Started:
    child: Child
    process: Process
    log: Path
    log_from: int = field(default=0)


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """What a child runs before its program so that the kernel ends it with us; None where no kernel call does."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


class Supervisor:
    """Start children with :meth:`start`, then wait in :meth:`watch` until one dies. Use with ``async with``."""

    def __init__(self, logs: Path, *, grace: float = 10.0, lock: int | None = None) -> None:
        self._logs = logs
        self._grace = grace
        self._lock = lock
        self._started: list[_Started] = []
        self._watchdog: Process | None = None

    async def __aenter__(self) -> Self:
        shared = () if self._lock is None else (self._lock,)
        arguments = (str(self._grace), *map(str, shared))
        self._watchdog = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stack.watchdog", *arguments),
            stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT, start_new_session=True, pass_fds=shared,
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, child: Child) -> int:
        """Start it and wait until it is ready; gives its process id.

        Raises:
            OutsideError: it cannot be started, died, or was not ready in time; the last lines of its log are quoted.
        """
        log = self._logs / f"{child.name}.log"
        with suppress(FileNotFoundError):
            if log.stat().st_size > _LOG_LIMIT:
                log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            began = output.tell()
            try:
                process = await asyncio.create_subprocess_exec(
                    *child.command, env=dict(child.environment), cwd=child.directory, stdin=DEVNULL, stdout=output,
                    stderr=output, start_new_session=True, preexec_fn=die_with_parent(),
                )  # fmt: skip
            except OSError as error:
                raise OutsideError(f"{child.name} could not be started: {error}") from None
        started = _Started(child, process, log, began)
        self._started.append(started)
        self._tell(f"+{process.pid}")
        until = time.monotonic() + child.timeout
        while not await child.ready():
            # Any of them: one that is waited for may be waiting for another that is dead.
            if dead := next((one for one in self._started if one.process.returncode is not None), None):
                raise OutsideError(_obituary(dead))
            if time.monotonic() > until:
                raise OutsideError(
                    f"{child.name} was not ready after {child.timeout:.0f} s; "
                    f"its log {log} ends with:\n{_tail(started)}"
                )
            await asyncio.sleep(0.05)
        return process.pid

    async def start_all(self, *children: Child) -> None:
        """Start them side by side and wait until all are ready.

        Raises:
            OutsideError: as :meth:`start`, for the first that fails.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for child in children:
                    group.create_task(self.start(child))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None

    async def watch(self) -> None:
        """Wait until a child dies.

        Raises:
            OutsideError: always: which, with what exit code, and the last lines of its log.
        """
        names = {asyncio.create_task(one.process.wait()): one for one in self._started}
        assert self._watchdog is not None
        guard = asyncio.create_task(self._watchdog.wait())
        try:
            done, _ = await asyncio.wait([*names, guard], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*names, guard):
                task.cancel()
        dead = next((names[task] for task in done if task in names), None)
        raise OutsideError(_obituary(dead) if dead else "the watchdog ended")

    async def stop(self) -> None:
        """End every child, last started first: SIGTERM to its group, SIGKILL after the grace. Leaves none."""
        while self._started:
            one = self._started[-1]
            # Cancelled or not, the child stays on the list until it is gone.
            await self._end(one.process)
            self._tell(f"-{one.process.pid}")
            self._started.pop()
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
            await self._watchdog.wait()

    async def _end(self, process: Process) -> None:
        if process.returncode is None:
            _signal(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self._grace)
        _signal(process.pid, signal.SIGKILL)  # what the leader left in its group, or the leader itself
        await process.wait()

    def hurry(self) -> None:
        """Kill everything now: for whoever asks to stop a second time."""
        for one in self._started:
            _signal(one.process.pid, signal.SIGKILL)

    def _tell(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.write(f"{line}\n".encode())


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _obituary(one: _Started) -> str:
    code = one.process.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with code {code}"
    return f"{one.child.name} {how}; its log {one.log} ends with:\n{_tail(one)}"


def _tail(one: _Started, lines: int = 12) -> str:
    """The last lines of this run's part of the log, bounded: a child may write anything."""
    with one.log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(one.log_from, size - 8192))
        text = file.read().decode("utf-8", "replace")
    kept = [f"  {line[:300]}" for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join(kept) or "  (nothing)"
