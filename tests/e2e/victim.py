"""One customer whose worker is killed once: the site, the kill, the restart, and what was left of it all."""

import contextlib
import multiprocessing
import shutil
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import ClassVar, Self

from intake.inbox import receive
from models.enums import Segment
from models.events import Event, EventType
from models.records import Communication, Csm
from persistence.store import SqlStore
from tests.e2e import killing, said
from tests.e2e.conftest import make_site
from tests.e2e.site import Site, clean, until
from tests.harness import hire

WELCOME = "onboarding.welcome_sequence"
KILLED = -9

# The first day is an hour long, so this is all there is until the customer cancels.
_DONE = """SELECT COUNT(*) = 6 FROM run_step WHERE ended IS NOT NULL AND step_id IN ('send_welcome_email', 'assign_csm',
    'celebrate_day1', 'celebrate_day3', 'celebrate_day7', 'emit_onboarding_completed')"""
_CLOSED = """SELECT (SELECT stage FROM customer) = 'churned' AND NOT EXISTS
    (SELECT 1 FROM run WHERE ended IS NULL AND playbook NOT LIKE 'churned.%')"""
_QUIET = """SELECT NOT EXISTS (SELECT 1 FROM inbox WHERE delivered_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE status = 'pending')
    AND (SELECT stage FROM customer) IN ('adopting', 'churned')"""

FORKED: ForkServerContext = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([killing.__name__])


@dataclass(frozen=True)
class Left:
    """What a customer's story left in the database."""

    stages: tuple[tuple[str | None, str], ...]
    runs: dict[str, str]
    steps: dict[str, tuple[str, str]]
    mails: dict[str, Communication]
    in_app: Counter[str]
    tasks: Counter[str]
    notices: Counter[str]
    proposals: int
    deliveries: Counter[tuple[str, str]]
    manager: str | None
    onboarding: tuple[str, int, tuple[str, ...]]


@dataclass
class Victim:
    """A site of its own, in which one customer signs up and does every step.

    ``day``: real seconds; ``quiet``: SQL that holds when nothing is under way.
    """

    day: ClassVar[float] = 3600.0
    quiet: ClassVar[str] = _QUIET

    point: str
    site: Site
    customer: str
    started: list[ForkServerProcess] = field(default_factory=list)

    @classmethod
    def make(
        cls, point: str, number: int, room: Path, migrated: Path, temporal: str, namespace: str, **more: str
    ) -> Self:
        """On a copy of the migrated file."""
        home = room / f"site{number}"
        home.mkdir()
        shutil.copy(migrated, home / "steadfast.db")
        site = make_site(home, f"sqlite+aiosqlite:///{home / 'steadfast.db'}", temporal, namespace, day=cls.day, **more)
        return cls(point, site, f"{site.task_queue}-{number}")

    async def suffer(self) -> Left:
        """Sign up, do every step, and when all that follows is done, cancel; killed once, and restarted."""
        store = self.site.store()
        try:
            await hire(store, Csm(id="csm-1", name="Marta", email="m@house.example", segments=(Segment.SELF_SERVE,)))
            now = self.site.now()
            await self._receive(store, said.signup(self.customer, now), *said.steps(self.customer, now))
            self._start(self.point)
            await self._until(_DONE, "what is due at once")
            await self._receive(store, said.event(EventType.SUBSCRIPTION_CANCELLED, self.customer, self.site.now()))
            await self._until(_CLOSED, "the end")
            assert len(self.started) == (2 if self.point else 1), f"never reached: {self.point}"
            return await self._left(store)
        finally:
            await store.close()

    async def _until(self, query: str, what: str) -> None:
        await until(lambda: self._holds(query), f"{what}, killed {self.point!r}", seconds=200, every=0.5)

    async def _receive(self, store: SqlStore, *events: Event) -> None:
        """As by requests that died long ago: the worker's own sweep delivers them."""
        for event in events:
            await receive(store, event, source="events", now=self.site.now() - timedelta(days=30))

    async def _holds(self, query: str) -> bool:
        """Whether the database says so, after the killed worker got a successor. Cheap: it is asked all the time."""
        if self.point and len(self.started) == 1 and self.started[0].exitcode is not None:
            assert self.started[0].exitcode == KILLED, self.site.log("worker")
            self._start("")
        with contextlib.closing(sqlite3.connect(self.site.home / "steadfast.db", timeout=5)) as connection:
            return bool(connection.execute(f"SELECT ({query}) AND ({self.quiet})").fetchone()[0])

    def end(self) -> None:
        """No process stays."""
        for process in self.started:
            process.kill()
            process.join()

    def _start(self, point: str) -> ForkServerProcess:
        log = str(self.site.home / "worker.log")
        process = FORKED.Process(target=killing.run, args=(clean(self.site.settings()), log, point), daemon=True)
        process.start()
        self.started.append(process)
        return process

    async def _left(self, store: SqlStore) -> Left:
        async with store.read() as tx:
            customer = await tx.customers.get(self.customer)
            # What a departure begins lives on for weeks and is nobody's here.
            runs = [run for run in await tx.runs.of(self.customer) if not run.playbook.startswith("churned.")]
            steps = {run.workflow_id: await tx.runs.steps(run.workflow_id) for run in runs}
            record = await tx.onboardings.latest(self.customer)
            assert customer is not None
            assert record is not None
            return Left(
                stages=tuple((one.from_stage, one.to_stage) for one in await tx.lifecycles.history(self.customer)),
                runs={self._bare(run.workflow_id): run.status for run in runs},
                steps={
                    f"{self._bare(run)}|{step.step_id}": (step.status, step.result)
                    for run, of_run in steps.items()
                    for step in of_run
                },
                mails={one.key.rpartition("|")[2]: one for one in await tx.communications.of(self.customer)},
                in_app=Counter(one.title for one in await tx.work.in_app(self.customer)),
                tasks=Counter(one.type for one in await tx.work.tasks(self.customer)),
                notices=Counter(one.message for one in await tx.work.notices(self.customer)),
                proposals=len(await tx.work.proposals(self.customer)),
                deliveries=Counter((one.workflow, one.status.value) for one in await tx.outbox.of(self.customer)),
                manager=customer.csm_id,
                onboarding=(record.status, record.progress, record.completed_steps),
            )

    def _bare(self, workflow_id: str) -> str:
        return workflow_id.replace(self.customer, "C")
