"""``starter.py signup`` and ``starter.py event``: the same events as over HTTP, from a terminal or a file."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli.context import Context, open_context
from cli.deliver import deliver_now
from cli.output import print_json, say
from intake.inbox import receive
from intake.parse import parse_lines
from models.enums import Plan
from models.errors import BadInput
from models.events import Event, EventCustomer, EventType
from models.ids import new_id

SOURCE = "events"
"""The same source as HTTP: an event told both ways is one event."""


def event(
    file: Annotated[str, typer.Argument(help="A file of JSON lines, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Take in events, one JSON object a line; nothing is taken in if a line is wrong."""
    asyncio.run(_from_file(file, as_json))


def signup(
    customer: Annotated[str, typer.Argument(help="The customer's id, opaque.")],
    plan: Annotated[Plan, typer.Option(help="The plan bought.")],
    email: Annotated[str | None, typer.Option(help="Where to write.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the company.")] = None,
    first_name: Annotated[str | None, typer.Option(help="How to address the person.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA zone of the recipient.")] = None,
    trial: Annotated[bool, typer.Option(help="A trial instead of a subscription.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """One signup: a subscription (or trial) that starts now."""
    kind = EventType.TRIAL_STARTED if trial else EventType.SUBSCRIPTION_CREATED
    said = EventCustomer(id=customer, name=name, first_name=first_name, email=email, plan=plan, timezone=timezone)
    asyncio.run(_signup(kind, said, as_json))


async def _signup(kind: EventType, said: EventCustomer, as_json: bool) -> None:
    async with open_context() as context:
        made = Event(event_id=new_id("signup"), type=kind, occurred_at=context.now(), customer=said)
        await _take_in(context, [made], as_json)


async def _from_file(file: str, as_json: bool) -> None:
    async with open_context() as context:
        await _take_in(context, _read(file, context), as_json)


def _read(file: str, context: Context) -> list[Event]:
    if file == "-":
        return _parse(sys.stdin.buffer, context)
    path = Path(file)
    if not path.is_file():
        raise BadInput("no such file", field="FILE", value=file)
    with path.open("rb") as stream:
        return _parse(stream, context)


def _parse(stream: BinaryIO, context: Context) -> list[Event]:
    return [line.event for line in parse_lines(stream, now=context.now(), currency=context.settings.currency)]


async def _take_in(context: Context, events: list[Event], as_json: bool) -> None:
    """Everything durable first, then delivered; what Temporal cannot take now the worker delivers later."""
    receipts = [(one, await receive(context.store, one, source=SOURCE, now=context.now())) for one in events]
    new = sum(receipt.new for _, receipt in receipts)
    done = await deliver_now(context)
    delivered = done is not None and done >= new
    if as_json:
        shown = [{"event_id": one.event_id, "number": receipt.number, "new": receipt.new} for one, receipt in receipts]
        print_json({"received": len(receipts), "new": new, "delivered": delivered, "events": shown})
        return
    later = "" if delivered else "; Temporal does not answer, the worker will deliver them"
    say(f"{len(receipts)} received, {new} new, {len(receipts) - new} known already{later}")
