"""T12: the whole book lived through, 10,000 customers and 90 days on two processors."""

import asyncio
import json
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[2]
CUSTOMERS = 10_000
SECONDS, MIB = 10.0, 1024.0
ROUNDS = 3


async def run(processes: int) -> Measured:
    """One simulation in a process of its own."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.simulated_book", str(CUSTOMERS), str(processes),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await started.communicate()
    assert started.returncode == 0
    told: Measured = json.loads(out)
    return told


async def test_ten_thousand_customers_and_ninety_days(report: Report) -> None:
    found = await alternate({"two": partial(run, 2), "one": partial(run, 1)}, ROUNDS, warm_up=0)
    two, one = found["two"], found["one"]
    middle = {name: sorted(values)[len(values) // 2] for name, values in two.items()}
    report.add(
        Figure("T12", "simulation: seconds by 10", tuple(n / SECONDS for n in two["seconds"]), (), 1, "at most", middle)
    )
    report.add(Figure("T12", "simulation: memory by 1 GiB", tuple(n / MIB for n in two["mib"]), (), 1, "at most"))
    report.add(Figure("T12", "... one process by two", paired(one["seconds"], two["seconds"]), (), 1.5, "at least"))
