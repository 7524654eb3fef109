"""``starter.py checklist`` and ``exceptions``: what is done, and what must never happen (sections 16 and 17)."""

import asyncio
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from activities import checklists, exceptions
from cli.context import open_context
from cli.output import print_json, print_table, say
from cli.said import person
from models.checklist import CheckedItem, ChecklistItem
from models.errors import BadInput
from models.exception_list import ExceptionRow
from playbooks.catalog import Catalog

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def checklist(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    done: Annotated[ChecklistItem | None, typer.Option(help="An item that a person states is done.")] = None,
    by: Annotated[str | None, typer.Option(callback=person, help="Who states it.")] = None,
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    as_json: Json = False,
) -> None:
    """A customer's checklist: each item done, open or not applicable, computed from what is stored."""
    if (done is None) is not (by is None):
        raise BadInput("--done and --by go together", field="--by" if by is None else "--done")
    items = asyncio.run(_checklist(customer, done, by or "", note))
    if as_json:
        print_json({"customer": customer, "items": [one.model_dump(mode="json") for one in items]})
        return
    rows = [(one.group, one.item.replace("_", " "), one.state if one.known else "open (unknown)") for one in items]
    print_table(f"Checklist of {customer}", ("group", "item", "state"), rows)


def exceptions_(as_json: Json = False) -> None:
    """Customers for whom something that must never happen is happening; nobody on a list is good news."""
    rows = asyncio.run(_exceptions())
    if as_json:
        print_json({"exceptions": [one.model_dump(mode="json") for one in rows]})
        return
    if not rows:
        say("nothing on any list")
        return
    shown = [(one.kind, one.customer, one.what, one.since, "yes" if one.escalate else "") for one in rows]
    print_table("Exceptions", ("list", "customer", "what", "since", "escalate"), shown)


async def _checklist(customer: str, done: ChecklistItem | None, by: str, note: str) -> tuple[CheckedItem, ...]:
    async with open_context() as context:
        now = context.now()
        if done is None:
            async with context.store.read() as tx:
                return await checklists.of(tx, customer, now)
        async with context.store.begin() as tx:
            return await checklists.attest(tx, customer, done, by, note, now)


async def _exceptions() -> tuple[ExceptionRow, ...]:
    async with open_context() as context:
        now = context.now()
        today = now.astimezone(ZoneInfo(context.settings.business_zone)).date()
        async with context.store.read() as tx:
            return await exceptions.lists(tx, Catalog.load(), today=today, now=now)
