"""``starter.py tasks``: what people are asked to do; done, or not before some day."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

import typer

from activities import task_acts
from cli.context import open_context
from cli.output import print_json, print_table, say
from models.base import parse_delay
from models.errors import BadInput
from models.records import CsmTask

app = typer.Typer(help="Tasks of our own people.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Key = Annotated[str, typer.Argument(metavar="TASK", help="Its key, from `tasks list`.")]
By = Annotated[str, typer.Option(help="Who says so.")]


@app.command("list")
def list_(
    customer: Annotated[str | None, typer.Option(help="Of this customer; closed ones too.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Of this person or queue.")] = None,
    as_json: Json = False,
) -> None:
    """Open tasks by due time; snoozed ones wait for their day."""
    found, now = asyncio.run(_list(customer, assignee))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.key, one.customer, one.title, one.assignee, one.due, _state(one, now)) for one in found]
    print_table("Tasks", ("task", "customer", "what", "who", "due", "state"), rows)


@app.command()
def close(
    key: Key, by: By, note: Annotated[str, typer.Option(help="In your own words.")] = "", as_json: Json = False
) -> None:
    """It is done. A task whose play waits for an outcome is answered with `starter.py outcome`."""
    _say(asyncio.run(_close(key, by, note)), as_json)


@app.command()
def snooze(
    key: Key,
    by: By,
    reason: Annotated[str, typer.Option(help="Why later.")],
    delay: Annotated[str, typer.Option("--for", help="How long, such as '3 days'.")] = "1 day",
    as_json: Json = False,
) -> None:
    """Not now."""
    try:
        span = parse_delay(delay)
    except ValueError as error:
        raise BadInput(str(error), field="--for", value=delay) from None
    if not isinstance(span, timedelta):
        raise BadInput("expected a number and a unit, such as '3 days'", field="--for", value=delay)
    _say(asyncio.run(_snooze(key, span, f"{reason.strip()} ({by})" if reason.strip() else "")), as_json)


async def _list(customer: str | None, assignee: str | None) -> tuple[list[CsmTask], datetime]:
    async with open_context() as context, context.store.read() as tx:
        found = await (tx.work.tasks(customer) if customer else tx.tasks.open_of(assignee))
        kept = [one for one in found if assignee in (None, one.assignee)]
        return kept, context.now()


async def _close(key: str, by: str, note: str) -> CsmTask:
    async with open_context() as context, context.store.begin() as tx:
        return await task_acts.close(tx, key, by, note, context.now())


async def _snooze(key: str, span: timedelta, reason: str) -> CsmTask:
    async with open_context() as context, context.store.begin() as tx:
        now = context.now()
        return await task_acts.snooze(tx, key, now + span, reason, now)


def _state(one: CsmTask, now: datetime) -> str:
    if one.status != "open":
        return f"{one.status} by {one.closed_by}" if one.closed_by else one.status
    if one.snoozed_until is not None and one.snoozed_until > now:
        return f"snoozed until {one.snoozed_until:%Y-%m-%d %H:%M}: {one.snooze_reason}"
    return "late" if one.due < now else "open"


def _say(one: CsmTask, as_json: bool) -> None:
    if as_json:
        print_json(one)
    else:
        later = f" until {one.snoozed_until:%Y-%m-%d %H:%M} UTC" if one.status == "open" and one.snoozed_until else ""
        say(f"{one.title}: {one.status}{later}")
