"""``starter.py dev``: one command brings everything up, survives being cut off, and leaves nothing running."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from persistence.caught_mail import CaughtMailStore
from persistence.store import SqlStore
from tests.e2e.site import ROOT, clean, until

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="children are found through /proc")

PORTS = ("CONSOLE", "TEMPORAL", "TEMPORAL_UI", "MAIL")


@dataclass
class Stack:
    """A stack on a home, by the command a newcomer types."""

    home: Path
    process: subprocess.Popen[bytes] | None = None

    def settings(self) -> dict[str, str]:
        """Any free ports; nights without quiet hours."""
        ports = {f"STEADFAST_{name}_PORT": "0" for name in PORTS}
        quiet = {"STEADFAST_QUIET_FROM": "00:00:00", "STEADFAST_QUIET_UNTIL": "00:00:00"}
        return {"STEADFAST_HOME": str(self.home), **ports, **quiet}

    async def up(self) -> dict[str, str | None]:
        """Start it; the one line it prints."""
        self.process = self._started()
        assert self.process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(self.process.stdout.readline), 90)
        assert line, self.process.communicate()[1].decode()
        told: dict[str, str | None] = json.loads(line)
        return told

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "starter.py", "dev", "--sample", "--day", "2s", "--json"],
            cwd=ROOT,
            env=clean(self.settings()),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def members(self) -> set[int]:
        """Every process that carries this home in its environment."""
        mark = f"STEADFAST_HOME={self.home}\0".encode()
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if mark in (entry / "environ").read_bytes():
                        found.add(int(entry.name))
                except OSError:
                    continue
        return found

    def kill_everything(self) -> None:
        """As a power cut: all of it at once."""
        for member in self.members():
            try:
                os.kill(member, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if self.process is not None:
            self.process.communicate()
            self.process = None


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack that is gone at the end, whatever happened."""
    made = Stack(tmp_path / "home")
    yield made
    made.kill_everything()


async def customers(console: str | None) -> dict[str, dict[str, Any]]:
    """The list, by id."""
    assert console is not None
    async with httpx.AsyncClient(base_url=console, trust_env=False, timeout=10) as http:
        answer = await http.get("/api/customers")
    return {row["id"]: row for row in answer.json()["customers"]}


async def detail(console: str | None, customer: str) -> dict[str, Any]:
    """One customer as the API shows it."""
    async with httpx.AsyncClient(base_url=console or "", trust_env=False, timeout=10) as http:
        shown: dict[str, Any] = (await http.get(f"/api/customers/{customer}")).json()
    return shown


async def test_everything_comes_up_goes_on_after_a_power_cut_and_ends_on_request(stack: Stack) -> None:
    """Sample customers get their stages; killed whole and started again, runs go on and no mail is repeated."""
    told = await stack.up()
    assert told.keys() == {"console", "temporal", "temporal_ui", "mail"}
    assert all(told.values())

    async def staged() -> dict[str, str]:
        rows = await customers(told["console"])
        stages = {id_: row["stage"] for id_, row in rows.items() if row["stage"]}
        return stages if len(stages) == len(rows) >= 8 else {}

    stages = await until(staged, "a stage for every sample customer")
    # Days go on meanwhile: on a busy machine the first ones are at risk before the last one has a stage.
    assert set(stages.values()) <= {"trial", "onboarding", "adopting", "at_risk"}
    assert {"trial", "onboarding"} <= set(stages.values())
    before = await detail(told["console"], "C-2001")
    stack.kill_everything()

    told = await stack.up()

    async def gone_on() -> dict[str, Any]:
        shown = await detail(told["console"], "C-2001")
        return shown if _settled(shown) > _settled(before) else {}

    after = await until(gone_on, "steps after the restart")
    assert {run["run"]["workflow_id"] for run in before["runs"]} <= {run["run"]["workflow_id"] for run in after["runs"]}
    assert {run["run"]["started"] for run in before["runs"]} <= {run["run"]["started"] for run in after["runs"]}
    known = [one["cause"] for one in before["history"]]
    assert [one["cause"] for one in after["history"]][: len(known)] == known

    assert stack.process is not None
    stack.process.send_signal(signal.SIGINT)
    out, _ = await asyncio.to_thread(stack.process.communicate)
    assert stack.process.returncode == 0
    assert out == b"", "one line is all that standard output gets"
    assert stack.members() == set()
    await _no_mail_twice(stack.home)


def _settled(shown: dict[str, Any]) -> int:
    return sum(step["ended"] is not None for run in shown["runs"] for step in run["steps"])


async def _no_mail_twice(home: Path) -> None:
    """Twice is a mail only where the cut fell into SMTP's window, and then its row says so."""
    store = SqlStore.open(f"sqlite+aiosqlite:///{home / 'steadfast.db'}")
    try:
        caught = [mail.message_id for mail in await CaughtMailStore(store.database).page(1000)]
        async with store.read() as tx:
            rows = [row for n in ("C-1002", "C-2001", "C-3001", "C-4001") for row in await tx.communications.of(n)]
    finally:
        await store.close()
    assert caught
    resent = {row.message_id for row in rows if row.resent}
    assert {one for one in caught if caught.count(one) > 1} <= resent
