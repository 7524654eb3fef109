"""Runs of a small play that wait for a person, on a site of their own: what the tests of releases move."""

import asyncio
import contextlib
import dataclasses
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle

from intake.releasing import AT_ONCE
from models.enums import RunStatus
from models.play import OutcomeRequest
from models.playbook import Playbook
from persistence import migrate
from tests.e2e import killing
from tests.e2e.conftest import make_site
from tests.e2e.site import Site, clean, until
from tests.e2e.victim import FORKED
from tests.harness import Company, company
from tests.workflows.plays import start
from tests.workflows.test_releases import NEW, OLD, asks
from workflows.play import Play

TRIGGER = {"trigger": "user_logged_in"}  # of a file the checks ask for one that something produces
MAPPED = {"hello": "greeting", "ask": "question"}
BEFORE, AFTER = OLD.model_copy(update=TRIGGER), NEW.model_copy(update=TRIGGER)
SAID = (
    *("--by", "Eva", "--reason", "warmer words", "--running", "move"),
    *(part for old, new in MAPPED.items() for part in ("--map", f"{old}={new}")),
)


@dataclass
class Parked:
    """A site whose runs wait for a person, and the file that shall move them."""

    site: Site
    here: Company
    handles: list[WorkflowHandle[Any, RunStatus]]
    file: Path
    processes: dict[str, ForkServerProcess] = field(default_factory=dict)

    def moved(self) -> int:
        """How many runs the read model shows on the new content."""
        with contextlib.closing(sqlite3.connect(self.site.home / "steadfast.db", timeout=5)) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM run WHERE version = 2").fetchone()[0])

    async def until_moved(self, count: int) -> None:
        """Look often: a move takes milliseconds."""

        async def enough() -> bool:
            return self.moved() >= count

        await until(enough, f"{count} runs to be moved", seconds=120, every=0.01)

    def work(self) -> None:
        """A worker works until it is killed."""
        self._start("worker", killing.run)

    def release(self, *more: str) -> None:
        """The command, in a process of its own that can be killed."""
        (self.site.home / "release.log").unlink(missing_ok=True)
        self._start("release", killing.command, "playbooks", "release", str(self.file), *SAID, *more, "--json")

    async def told(self) -> dict[str, str]:
        """The command comes to its end; what it says of each run."""
        process = self.processes.pop("release")
        await asyncio.to_thread(process.join, 120)
        said = (self.site.home / "release.log").read_text(encoding="utf-8")
        assert process.exitcode == 0, said
        return {line["workflow_id"]: line["outcome"] for line in json.loads(said[said.index("{") :])["runs"]}

    def kill(self, *names: str) -> None:
        """Hard, and gone when this returns."""
        for name in names:
            process = self.processes.pop(name)
            process.kill()
            process.join()

    def _start(self, name: str, target: Callable[..., None], *arguments: str) -> None:
        log = str(self.site.home / f"{name}.log")
        process = FORKED.Process(target=target, args=(clean(self.site.settings()), log, *arguments), daemon=True)
        process.start()
        self.processes[name] = process

    async def check(self, previewed: dict[str, str]) -> None:
        """Every run moved once, goes on, and did each thing once."""
        assert previewed == dict.fromkeys((handle.id for handle in self.handles), "moves")
        assert self.moved() == len(self.handles)
        async with self.here.store.read() as tx:
            assert len(await tx.releases.all(AFTER.id)) == 1
        await self.each(
            lambda one: one.execute_update(Play.answer, OutcomeRequest(outcome="yes", by="marta", step="ask"))
        )
        assert Counter(await asyncio.gather(*(one.result() for one in self.handles))) == {
            RunStatus.COMPLETED: len(self.handles)
        }
        await self.each(self._check_one)

    async def each(self, act: Callable[[WorkflowHandle[Any, RunStatus]], Awaitable[object]]) -> None:
        """For every run, as many at once as a release does."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(handle: WorkflowHandle[Any, RunStatus]) -> None:
            async with gate:
                await act(handle)

        await asyncio.gather(*(one(handle) for handle in self.handles))

    async def _check_one(self, handle: WorkflowHandle[Any, RunStatus]) -> None:
        first = self.here.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
        *_, last = [event async for event in first.fetch_history_events()]
        became = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        assert became == (await self.here.client.get_workflow_handle(handle.id).describe()).run_id, "moved once"
        async with self.here.store.read() as tx:
            notices = await tx.work.notices(handle.id.split(":")[1])
            steps = {one.step_id: one.status for one in await tx.runs.steps(handle.id)}
        assert sorted(one.key.partition("|")[2] for one in notices) == ["0|cheer", "0|hello"]
        assert steps == {"greeting": "done", "question": "done", "cheer": "done", "overdue": "skipped"}


@asynccontextmanager
async def parked(home: Path, client: Client, temporal: str, count: int) -> AsyncIterator[Parked]:
    """A site with a real worker and so many runs at their wait."""
    database = f"sqlite+aiosqlite:///{home / 'steadfast.db'}"
    await asyncio.to_thread(migrate.upgrade, database)
    site = make_site(home, database, temporal, client.namespace, day=3600.0)
    file = home / "new.yaml"
    file.write_text(_document(AFTER), encoding="utf-8")
    async with company(client, database, home) as made:
        here = Parked(site, dataclasses.replace(made, task_queue=site.task_queue), [], file)
        try:
            here.work()
            for _ in range(count):
                here.handles.append(await start(here.here, BEFORE, clock=site.clock))
            for handle in here.handles:
                await until(partial(asks, handle), "a parked run", every=0.02)
            yield here
        finally:
            here.kill(*here.processes)


def _document(playbook: Playbook) -> str:
    """JSON is YAML."""
    return json.dumps(playbook.model_dump(mode="json", by_alias=True, exclude_defaults=True))
