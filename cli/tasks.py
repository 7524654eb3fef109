"""``starter.py tasks``: what people are asked to do; done, or not before some day."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.context import open_context
from cli.output import print_json, print_table, say
from cli.said import person
from intake.answers import DONE, Answers
from models.base import parse_delay
from models.errors import BadInput
from models.records import CsmTask

app = typer.Typer(help="Tasks of our own people.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Key = Annotated[str, typer.Argument(metavar="TASK", help="Its key, from `tasks list`.")]
By = Annotated[str, typer.Option(callback=person, help="Who says so.")]


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
    rows = [
        (one.key, one.customer, one.title, one.assignee, one.due, _state(one, now), ", ".join(one.outcomes) or DONE)
        for one in found
    ]
    print_table("Tasks", ("task", "customer", "what", "who", "due", "state", "outcomes"), rows)


@app.command()
def close(
    key: Key,
    by: By,
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    outcome: Annotated[str, typer.Option(help="What was found, where its play waits for that.")] = DONE,
    as_json: Json = False,
) -> None:
    """It is done; the play that asked hears of it."""
    _say(asyncio.run(_close(key, outcome, by, note)), as_json)


@app.command()
def tick(
    key: Key,
    item: Annotated[int, typer.Argument(help="Number of the item, from 1.")],
    undo: Annotated[bool, typer.Option("--undo", help="Not done after all.")] = False,
    as_json: Json = False,
) -> None:
    """An item of its list is done."""
    task = asyncio.run(_tick(key, item, not undo))
    if as_json:
        print_json(task)
        return
    for number, mark in enumerate(task.checklist, 1):
        say(f"{number}. [{'x' if mark.done else ' '}] {mark.text}")


@app.command()
def snooze(
    key: Key,
    by: By,
    reason: Annotated[str, typer.Option(help="Why later.")],
    delay: Annotated[str, typer.Option("--for", help="How long, such as '3 days'.")] = "1 day",
    as_json: Json = False,
) -> None:
    """Not now. An escalation path goes on: only an answer stops it."""
    try:
        span = parse_delay(delay)
    except ValueError as error:
        raise BadInput(str(error), field="--for", value=delay) from None
    if not isinstance(span, timedelta):
        raise BadInput("expected a number and a unit, such as '3 days'", field="--for", value=delay)
    _say(asyncio.run(_snooze(key, span, reason, by)), as_json)


async def _list(customer: str | None, assignee: str | None) -> tuple[list[CsmTask], datetime]:
    async with open_context() as context, context.store.read() as tx:
        found = await (tx.work.tasks(customer) if customer else tx.tasks.open_of(assignee))
        kept = [one for one in found if assignee in (None, one.assignee)]
        return kept, context.now()


async def _close(key: str, outcome: str, by: str, note: str) -> CsmTask:
    async with open_context() as context:
        answers = Answers(context.store, await context.temporal())
        return await answers.finish(key, outcome=outcome, by=by, note=note, now=context.now())


async def _snooze(key: str, span: timedelta, reason: str, by: str) -> CsmTask:
    async with open_context() as context:
        answers, now = Answers(context.store, await context.temporal()), context.now()
        return await answers.snooze(key, until=now + span, reason=reason, by=by, now=now)


async def _tick(key: str, item: int, done: bool) -> CsmTask:
    async with open_context() as context:
        return await Answers(context.store, await context.temporal()).tick(key, item=item, done=done)


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
