"""Worker processes of their own, and what a process costs, read from ``/proc``."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class WorkerProcess:
    """A running worker."""

    pid: int
    task_queue: str

    def cpu(self) -> float:
        """Seconds of processor it has used."""
        return cpu_seconds(self.pid)

    def memory(self) -> float:
        """KiB of memory that are its alone."""
        return memory_kib(self.pid)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory_kib(pid: int) -> float:
    """Memory that is the process's alone, in KiB: what is shared changes with the processes beside it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("Private_"))


@asynccontextmanager
async def worker_process(address: str, namespace: str, queue: str, *options: str) -> AsyncIterator[WorkerProcess]:
    """A worker that is ready; killed at the end, since nothing of it is kept."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.worker_main", address, namespace, queue, *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        ready = await asyncio.wait_for(process.stdout.readline(), timeout=60)
        assert ready == b"ready\n", "the worker did not start"
        draining = asyncio.create_task(_drain(process.stdout))
        yield WorkerProcess(process.pid, queue)
        draining.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    """The core logs to standard output; a pipe that nobody reads would stop the worker."""
    while await stream.read(65536):
        pass
