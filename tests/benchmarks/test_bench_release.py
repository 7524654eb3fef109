"""A release moves a thousand parked runs: what a run costs beside a bare signal to it, and that each moved once.

The baseline is a signal that the run ignores, and the query that shows it was taken in: the least that anything said to
a run can cost. A move is the query of the preview, the update, the record in the read model and a new run.
"""

import time
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from intake.releasing import Releaser
from models.enums import RunStatus
from models.events import Occurrence
from models.ids import new_id
from models.release import MoveOutcome, Policy, Release
from tests.benchmarks.report import Figure, Report
from tests.e2e.parked import AFTER, MAPPED, Parked, parked
from workflows.play import Play

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

RUNS = 1000


async def _signalled(here: Parked) -> float:
    """Milliseconds a run, as many at once as a release moves."""

    async def one(handle: WorkflowHandle[Any, RunStatus]) -> None:
        await handle.signal(Play.happened, Occurrence(kind="user_logged_in", key=new_id("e"), at=here.site.now()))
        await handle.query(Play.standing)

    began = time.perf_counter()
    await here.each(one)
    return 1000 * (time.perf_counter() - began) / RUNS


async def _moved(here: Parked) -> tuple[float, float, dict[str, str]]:
    """Milliseconds a run for the preview and for the moves; what was previewed."""
    release = Release(
        id=new_id("rel"),
        playbook=AFTER.id,
        segments=AFTER.segments,
        version=AFTER.version,
        fingerprint=AFTER.fingerprint(),
        document=AFTER,
        author="Eva",
        reason="warmer words",
        at=here.site.now(),
        policy=Policy.MOVE,
        mapping=MAPPED,
    )
    releaser = Releaser(here.here.store, here.here.client, now=here.site.now)
    began = time.perf_counter()
    previewed = await releaser.preview(AFTER, Policy.MOVE, MAPPED, await releaser.runs(AFTER))
    looked = time.perf_counter()
    async with here.here.store.begin() as tx:
        await tx.releases.add(release)
    lines = [line async for line in releaser.carry_out(release, previewed)]
    ended = time.perf_counter()
    assert [line for line in lines if line.outcome is not MoveOutcome.MOVES] == []
    promised = {line.workflow_id: line.outcome.value for line, _ in previewed}
    return 1000 * (looked - began) / RUNS, 1000 * (ended - looked) / RUNS, promised


async def test_a_thousand_parked_runs_are_moved_once_each(
    dev_client: Client, temporal_address: str, tmp_path: Path, report: Report
) -> None:
    async with parked(tmp_path, dev_client, temporal_address, RUNS) as here:
        await _signalled(here)  # the worker has every run in its cache, or none of the thousand
        before = await _signalled(here)
        preview, move, promised = await _moved(here)
        after = await _signalled(here)
        await here.check(promised)
    signal = (before + after) / 2
    report.add(
        Figure(
            "moves",
            f"release moves {RUNS} runs by bare signals, time per run",
            (move / signal,),
            (after / before,),
            6.0,
            "at most",
            {"signal ms": signal, "preview ms": preview, "move ms": move, "moved per second": 1000 / move},
        )
    )
