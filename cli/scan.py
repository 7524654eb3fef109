"""``starter.py scan``: the daily sweep of the book now, through Temporal; what it scored, what changed and why."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from temporalio.client import WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from cli.context import Context, open_context
from cli.output import print_json, print_table, say
from intake.csv.portfolio import AsOf
from intake.csv.portfolio import as_of as as_of_day
from models.errors import BadInput, Refused
from models.ids import sweep_id
from models.scan_report import ScanReport
from models.sweep import SweepInput, SweepSummary
from persistence.portfolio import Portfolio
from rules.sweep_counts import CHANGED, MISSING
from workflows.sweep import PortfolioSweep

SHOWN = 40
"""Changes on a terminal; ``--json`` has all of them."""

_LOOK_EVERY = 0.3  # seconds


def scan(
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day to sweep, to its end; now if absent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document with every change.")] = False,
) -> None:
    """The daily sweep now: health, signals, opportunities and stages of every customer, as of a day."""
    report = asyncio.run(_scan(_day(as_of)))
    if as_json:
        print_json(report)
    else:
        _print(report)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a day such as 2024-12-31", field="--as-of", value=text) from None


async def _scan(day: date | None) -> ScanReport:
    async with open_context() as context:
        when = as_of_day(day, now=context.now(), zone=context.settings.business_zone)
        client = await context.temporal()
        handle = await client.start_workflow(
            PortfolioSweep.run,
            SweepInput(clock=context.clock, day=when.day, as_of=when.at, again=True),
            id=sweep_id(when.day),
            task_queue=context.settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            # A second one while the first runs waits for the same result.
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"The sweep of {when.day}, by hand",
        )
        summary = await _finished(context, handle, when)
        if not summary.swept:
            raise Refused(f"another sweep of this day is running: {summary.by}", field="day", value=str(when.day))
        async with context.store.read() as tx:
            changed = await tx.sweeps.changes(when.day, run=summary.by)
    counts = summary.counts
    return ScanReport(
        day=summary.day,
        as_of=summary.as_of,
        **{name: counts.get(name, 0) for name in ("customers", "scored", "provisional", "unscored", "unread")},
        backfilled=counts.get("backfilled", 0),
        missing=_under(counts, MISSING),
        decisions=_under(counts, CHANGED),
        changed=tuple(changed),
    )


def _under(counts: dict[str, int], prefix: str) -> dict[str, int]:
    found = {name.removeprefix(prefix): number for name, number in counts.items() if name.startswith(prefix)}
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


async def _finished(context: Context, handle: WorkflowHandle[PortfolioSweep, SweepSummary], when: AsOf) -> SweepSummary:
    """The result, with a bar on a terminal meanwhile."""
    result = asyncio.create_task(handle.result())
    total = await Portfolio(context.engine).customers()
    with _bar(total) as progress:
        while not (await asyncio.wait({result}, timeout=_LOOK_EVERY))[0]:
            if progress is not None:
                async with context.store.read() as tx:
                    row = await tx.sweeps.get(when.day)
                if row is not None and row.ended is None:
                    progress.update(progress.task_ids[0], completed=row.counts.get("customers", 0))
    return await result


@contextmanager
def _bar(total: int) -> Iterator[Progress | None]:
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        progress.add_task("customers", total=total)
        yield progress


def _print(report: ScanReport) -> None:
    say(f"{report.customers} customers as of {report.as_of:%Y-%m-%d %H:%M} UTC")
    say(f"  {report.scored} scored")
    for number, text in (
        (report.provisional, "scored provisionally: less than half of what is weighed is known; it causes nothing"),
        (report.unscored, "not scored: nothing of what is weighed is known"),
        (report.unread, "not evaluated: it failed, the worker's log says why"),
        (report.backfilled, "of a moment before their last live evaluation: kept as history, nothing acts on it"),
    ):
        if number:
            say(f"  {number} {text}")
    without = report.customers - report.scored - report.unread
    if report.missing:
        rows = ((name, number, f"{number / without:.0%}") for name, number in report.missing.items() if without)
        print_table(f"Sources that say nothing of the {without} without a firm score", ("source", "of", "share"), rows)
    if not report.decisions:
        say("Nothing changed.")
        return
    print_table("Changed", ("decision", "customers"), report.decisions.items())
    shown = report.changed[:SHOWN]
    print_table(
        "What and why",
        ("customer", "decision", "", "reason"),
        ((one.customer, one.decision, one.subject, one.reason) for one in shown),
    )
    if len(report.changed) > len(shown):
        say(f"and {len(report.changed) - len(shown)} more; --json lists all")
