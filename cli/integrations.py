"""``starter.py integrations``: who is connected, what waits, and what to do about it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.context import open_context
from cli.integrations_check import check
from cli.integrations_reading import accounts, pages, visits
from cli.integrations_status import status
from cli.output import print_json, print_table, say
from intake import delighted
from intake.links import feed_token
from models.errors import BadInput, Misconfigured
from models.ids import check_customer_id
from models.outside import System
from models.vendor_delivery import VendorDelivery, VendorStatus

app = typer.Typer(help="Outside systems: who is connected, what waits for them.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Which = Annotated[System, typer.Argument(help="The system.")]


app.command()(status)
app.command()(check)
app.command()(accounts)
app.command()(visits)
app.command()(pages)


@app.command("list")
def list_(
    system: Annotated[System | None, typer.Option(help="Only this system.")] = None,
    standing: Annotated[
        list[VendorStatus] | None, typer.Option("--status", help="Only those that stand so; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """Deliveries, oldest first: by default those that wait, failed, or may have been made."""
    wanted = standing or [one for one in VendorStatus if one not in (VendorStatus.DELIVERED, VendorStatus.SKIPPED)]
    found = asyncio.run(_listed(wanted, system, limit))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (one.id, one.system, one.operation.kind, one.customer, one.status, one.attempts, one.response) for one in found
    ]
    print_table("Deliveries", ("id", "system", "what", "customer", "status", "tries", "last answer"), rows)


@app.command()
def retry(
    system: Which,
    failed: Annotated[bool, typer.Option(help="Also what the system refused.")] = False,
    unknown: Annotated[bool, typer.Option(help="Also what may have been done already: it may be done twice.")] = False,
) -> None:
    """Ask a system again now, once its trouble is mended: its circuit closes, and what waits is due."""
    more = [status for status, wanted in ((VendorStatus.FAILED, failed), (VendorStatus.UNKNOWN, unknown)) if wanted]
    due = asyncio.run(_retry(system, more))
    say(f"{system}: {due} deliveries are due now")


@app.command("feed-token")
def feed_token_(customer: Annotated[str, typer.Argument(help="The customer's id.")]) -> None:
    """The token with which a page of the product reads one customer's feed (GET /api/feed/<customer>)."""
    try:
        check_customer_id(customer)
    except ValueError as error:
        raise BadInput(str(error), field="CUSTOMER", value=customer) from None
    typer.echo(asyncio.run(_token(customer)))


@app.command("import-delighted")
def import_delighted(
    file: Annotated[Path, typer.Argument(help="The CSV export of the answers.")],
    as_json: Json = False,
) -> None:
    """Old NPS answers, as history: figures count them, no play starts. A file may be imported twice."""
    done = asyncio.run(_import(file))
    if as_json:
        print_json(done)
        return
    say(f"{done.stored} answers stored, {done.there_before} were there before, {done.skipped} rows are no NPS answer")
    if done.unmatched:
        say(f"No single customer has the address of {len(done.unmatched)}: {', '.join(done.unmatched[:20])}")


async def _listed(statuses: list[VendorStatus], system: System | None, limit: int) -> list[VendorDelivery]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.vendor_outbox.listed(statuses, system=system, limit=limit)


async def _retry(system: System, more: list[VendorStatus]) -> int:
    async with open_context() as context, context.store.begin() as tx:
        return await tx.vendor_outbox.again(system, context.wall(), more)


async def _token(customer: str) -> str:
    async with open_context() as context:
        secret = context.settings.events_secret
        if secret is None:
            raise Misconfigured("set it: it signs feed tokens", field="STEADFAST_EVENTS_SECRET")
        return feed_token(secret, customer)


async def _import(file: Path) -> delighted.Imported:
    async with open_context() as context:
        answers, skipped = delighted.read(file, context.now())
        return await delighted.store(context.store, answers, skipped)
