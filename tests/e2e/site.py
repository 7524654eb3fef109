"""Steadfast as processes: a home, a database, a namespace, and the programs of the house run as a user runs them."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from models.clock import Clock
from persistence.store import SqlStore
from stack import clock_file
from tests.harness import SECRET

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400.0
Found = TypeVar("Found")


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


async def until(ask: Callable[[], Awaitable[Found]], what: str, *, seconds: float = 60, every: float = 0.2) -> Found:
    """The first true answer; a failure that says what was waited for, and the last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := await ask()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}; the last answer was {answer!r}"
        await asyncio.sleep(every)
    return answer


@dataclass
class Site:
    """One installation. ``day`` is how many real seconds a calendar day lasts."""

    home: Path
    url: str
    temporal: str
    namespace: str
    task_queue: str
    day: float
    mail_port: int
    console_port: int
    more: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The clock begins now, and its days are short."""
        self.home.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        self.clock = Clock(real_epoch=now, virtual_epoch=now, factor=DAY / self.day)
        clock_file.write(self.home, clock_file.Kept(clock=self.clock))

    @property
    def console(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self.console_port}"

    def now(self) -> datetime:
        """The present moment of the site's clock."""
        return self.clock.virtual(datetime.now(UTC))

    def settings(self) -> dict[str, str]:
        """Ours among the environment. No quiet hours and no low cap: a day is over before a night's wait could be."""
        return {
            "STEADFAST_HOME": str(self.home),
            "STEADFAST_DATABASE_URL": self.url,
            "STEADFAST_TASK_QUEUE": self.task_queue,
            "STEADFAST_MAIL_PORT": str(self.mail_port),
            "STEADFAST_CONSOLE_PORT": str(self.console_port),
            "STEADFAST_EVENTS_SECRET": SECRET,
            "STEADFAST_QUIET_FROM": "00:00:00",
            "STEADFAST_QUIET_UNTIL": "00:00:00",
            "STEADFAST_WEEKLY_CAP": "100",
            "TEMPORAL_ADDRESS": self.temporal,
            "TEMPORAL_NAMESPACE": self.namespace,
            "TEMPORAL_CONFIG_FILE": "/dev/null",
            **self.more,
        }

    def start(self, name: str, *arguments: str) -> None:
        """A process of ours; its log is in the home."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=clean(self.settings()), stdout=log, stderr=log
            )

    def start_catcher(self) -> None:
        """The mail catcher, as ``dev`` starts it."""
        port = str(self.mail_port)
        self.start("catcher", "-m", "integrations.catcher", "--port", port, "--database-url", self.url)

    def start_worker(self) -> None:
        """A worker."""
        self.start("worker", "worker.py")

    def start_console(self) -> None:
        """The console."""
        self.start("console", "-m", "console.app")

    def kill(self, name: str) -> None:
        """Hard, and gone when this returns."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End everything in order."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for name, process in self.processes.items():
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError(f"{name} did not stop when told; its log: {self.log(name)}") from None

    def log(self, name: str) -> str:
        """The end of a process's log."""
        return (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    async def starter(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """``python starter.py ...`` on this site."""
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "starter.py", *arguments],
            cwd=ROOT,
            env=clean(self.settings()),
            input=given,
            capture_output=True,
            check=False,
            timeout=60,
        )

    async def show(self, customer: str) -> dict[str, Any]:
        """``starter.py show CUSTOMER --json``, which is one document and nothing else."""
        ran = await self.starter("show", customer, "--json")
        assert ran.returncode == 0, ran.stderr.decode()
        shown: dict[str, Any] = json.loads(ran.stdout)
        return shown

    def store(self) -> SqlStore:
        """The site's store; close it."""
        return SqlStore.open(self.url)


def clean(ours: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what would point a child elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STEADFAST_", "TEMPORAL_"))}
    return {**kept, **ours, "PYTHONUNBUFFERED": "1"}
