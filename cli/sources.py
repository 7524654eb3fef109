"""``starter.py sources``: what other systems told, how current each is, and where they disagree with us."""

import asyncio
from typing import Annotated, Any

import typer

from cli.ages import age_of
from cli.context import open_context
from cli.deliver import deliver_now
from cli.output import print_json, print_table, say
from cli.vendor_house import vendor_house
from intake.vendors.taking import replay as interpret_again
from models.clock import utc_now
from models.errors import NotFound
from models.pull import Discrepancy, Freshness, PullInput, Source, pull_queue
from models.vendor import MEANING, VendorEvent, VendorStatus
from workflows.pull import SourcePull

app = typer.Typer(help="What other systems told, how current they are, where they disagree.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Vendor = Annotated[str | None, typer.Option(help="Of this vendor only.")]
Which = Annotated[Source, typer.Argument(help="The source.")]


@app.command()
def status(as_json: Json = False) -> None:
    """How current each source is that is read, and what came in from each vendor."""
    stands, counts = asyncio.run(_status())
    if as_json:
        told = [{"vendor": vendor, "status": kind, "events": count} for (vendor, kind), count in sorted(counts.items())]
        print_json({"sources": [one.model_dump(mode="json") for one in stands], "events": told})
        return
    now = utc_now()
    print_table(
        "Sources that are read",
        ("source", "covered until", "age", "records", "last failure"),
        [(one.source, one.covered_until, age_of(one.covered_until, now), one.records, _failure(one)) for one in stands],
    )
    rows = [(vendor, kind, count, MEANING[VendorStatus(kind)]) for (vendor, kind), count in sorted(counts.items())]
    print_table("Events of vendors", ("vendor", "status", "events", "which means"), rows)


@app.command()
def events(
    vendor: Vendor = None,
    status: Annotated[VendorStatus | None, typer.Option(help="Of this status only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest events of vendors, and what became of each."""
    found = asyncio.run(_events(vendor, status, limit))
    if as_json:
        print_json([one.model_dump(mode="json", exclude={"body"}) for one in found])
        return
    rows = [(one.vendor, one.kind, one.at, one.status, one.customer, ", ".join(one.says), one.reason) for one in found]
    print_table("Events of vendors", ("vendor", "kind", "at", "status", "customer", "said", "reason"), rows)


@app.command()
def replay(vendor: Vendor = None, as_json: Json = False) -> None:
    """Interpret refused events again whose bodies are kept, after what was missing is there."""
    counts = asyncio.run(_replay(vendor))
    if as_json:
        print_json(counts)
    else:
        say(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing to interpret again")


@app.command()
def discrepancies(
    every: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 200,
    as_json: Json = False,
) -> None:
    """Where billing and our books disagree."""
    found = asyncio.run(_discrepancies(every, limit))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (one.number, one.kind, one.object, one.customer, one.ours, one.theirs, one.found_at, one.resolved_at or "")
        for one in found
    ]
    names = ("number", "kind", "what", "customer", "we say", "they say", "since", "resolved")
    print_table("Disagreements", names, rows)


@app.command()
def pull(source: Which, as_json: Json = False) -> None:
    """Read a source now, instead of waiting for its Schedule; says how much there was once it is read."""
    done = asyncio.run(_pull(source))
    if as_json:
        print_json(done)
    else:
        say(f"{source}: {done['records']} records, {done['new']} new")


@app.command()
def reset(source: Which) -> None:
    """Forget where a source stands: the next reading begins from the beginning. Nothing is told twice."""
    asyncio.run(_reset(source))
    say(f"{source} will be read from the beginning")


async def _status() -> tuple[list[Freshness], dict[tuple[str, str], int]]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.pulls.all(), dict(await tx.vendor_events.counts())


async def _events(vendor: str | None, status: VendorStatus | None, limit: int) -> list[VendorEvent]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.vendor_events.listed(vendor, status, limit=limit)


async def _replay(vendor: str | None) -> dict[str, int]:
    async with open_context() as context:
        taken = await interpret_again(context.store, vendor, vendor_house(context), now=context.now())
        if taken.rows:
            await deliver_now(context)
        return dict(taken.counts)


async def _discrepancies(every: bool, limit: int) -> list[Discrepancy]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.pulls.discrepancies(open_only=not every, limit=limit)


async def _pull(source: Source) -> dict[str, Any]:
    async with open_context() as context:
        client = await context.temporal()
        asked = PullInput(source=source, clock=context.clock)
        done = await client.execute_workflow(
            SourcePull.run,
            asked,
            id=f"pull:{source}",
            task_queue=pull_queue(context.settings.task_queue),
            static_summary=f"Reads {source}",
        )
        return done.model_dump(mode="json")


async def _reset(source: Source) -> None:
    async with open_context() as context, context.store.begin() as tx:
        if not await tx.pulls.reset(source):
            raise NotFound("was never read", field="SOURCE", value=source.value)


def _failure(one: Freshness) -> str:
    return "" if one.failed_at is None else f"{one.failed_at:%Y-%m-%d %H:%M}: {one.error[:120]}"
