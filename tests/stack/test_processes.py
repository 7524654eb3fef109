"""The supervisor leaves nothing behind: not in order, not by a signal, not when it is killed hard."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import OutsideError
from stack.home_lock import HomeLock
from stack.processes import ROOT, Child, Supervisor

# A child that ignores SIGTERM and has a child of its own: the hardest to get rid of.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {inner.pid}")
time.sleep(600)
"""

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from stack.home_lock import HomeLock
from stack.processes import Child, Supervisor

async def main(home, script):
    with HomeLock(home) as lock:
        async with Supervisor(home, grace=0.3, lock=lock.descriptor) as supervisor:
            pids = home / "pids"
            async def ready(): return pids.exists() and len(pids.read_text().split()) == 2
            await supervisor.start(Child("stubborn", (sys.executable, "-c", script, str(pids)), {}, ready))
            print("ready", flush=True)
            await supervisor.watch()

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that waits for a parent to read its code does not."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(shown.strip()) and not shown.strip().startswith("Z")


def until_gone(pids: list[int]) -> list[int]:
    """Those still there after a while."""
    patience = time.monotonic() + 20
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < patience:
        time.sleep(0.05)
    return left


@pytest.fixture
def supervisor_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A supervisor in a process of its own, with a stubborn child that is ready."""
    process = subprocess.Popen(
        [*python(SUPERVISOR), str(tmp_path), STUBBORN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


async def test_children_end_in_reverse_order(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = (
        "import signal, sys, time\n"
        f"def end(*_): open({str(told)!r}, 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[2], 'w').close()\n"
        "while True: time.sleep(1)"
    )
    async with Supervisor(tmp_path) as supervisor:
        for name in ("a", "b", "c"):
            mark = tmp_path / name

            async def ready(mark: Path = mark) -> bool:
                return await asyncio.to_thread(mark.exists)

            await supervisor.start(Child(name, (*python(code), name, str(mark)), {}, ready))
    assert told.read_text() == "cba"


async def test_a_child_that_ignores_the_request_and_its_children_are_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    async def ready() -> bool:
        return pids.exists() and len(pids.read_text().split()) == 2

    async with Supervisor(tmp_path, grace=0.2) as supervisor:
        await supervisor.start(Child("stubborn", (*python(STUBBORN), str(pids)), {}, ready))
    assert until_gone([int(pid) for pid in pids.read_text().split()]) == []


async def test_a_child_that_dies_is_reported_with_its_code_and_last_words(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("of an earlier run\n")
    async with Supervisor(tmp_path) as supervisor:
        await supervisor.start(
            Child("worker", python("import sys, time; time.sleep(.2); print('no disk'); sys.exit(7)"), {})
        )
        with pytest.raises(OutsideError) as died:
            await supervisor.watch()
    assert str(died.value) == f"worker ended with code 7; its log {log} ends with:\n  no disk"


async def test_a_child_that_dies_before_it_is_ready_is_reported_at_once(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(OutsideError, match=r"console was killed by SIGKILL; its log .* ends with:\n  \(nothing\)"):
            await supervisor.start(Child("console", python("import os; os.kill(os.getpid(), 9)"), {}, never))


async def test_one_that_fails_ends_the_wait_for_those_beside_it(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(OutsideError, match="broken ended with code 3"):
            await supervisor.start_all(
                Child("patient", python("import time; time.sleep(600)"), {}, never),
                Child("broken", python("raise SystemExit(3)"), {}, never),
            )


async def test_a_child_that_is_never_ready_is_reported_after_its_time(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(OutsideError, match="slow was not ready after 0 s"):
            await supervisor.start(Child("slow", python("import time; time.sleep(600)"), {}, never, timeout=0.1))


async def test_a_program_that_is_not_there_is_reported(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(OutsideError, match="ghost could not be started"):
            await supervisor.start(Child("ghost", ("/nowhere/ghost",), {}))


async def test_nothing_is_left_when_the_supervisor_is_killed_hard(
    tmp_path: Path, supervisor_process: subprocess.Popen[str]
) -> None:
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    os.kill(supervisor_process.pid, signal.SIGKILL)
    assert await asyncio.to_thread(until_gone, pids) == []


async def test_a_home_is_free_only_when_the_children_of_a_killed_stack_are_gone(
    tmp_path: Path, supervisor_process: subprocess.Popen[str]
) -> None:
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    os.kill(supervisor_process.pid, signal.SIGKILL)

    def take() -> list[int]:
        with HomeLock(tmp_path):
            return [pid for pid in pids if alive(pid)]

    assert await asyncio.to_thread(take) == []
