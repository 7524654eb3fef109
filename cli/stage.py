"""``starter.py stage CUSTOMER STAGE``: a person asks for a stage change; another approves it (sections 3.4 and 16)."""

import asyncio
from typing import Annotated

import typer

from activities.manual_stage import ask
from cli.context import open_context
from cli.output import print_json, say
from cli.said import person
from models.approval import Approval
from models.enums import LifecycleStage


def stage(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    to: Annotated[LifecycleStage, typer.Argument(metavar="STAGE", help="The stage it should be in.")],
    by: Annotated[str, typer.Option(callback=person, help="Who asks.")],
    reason: Annotated[str, typer.Option(help="Why the rules are wrong here.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Ask for a stage by hand. It changes when somebody else approves: `approvals approve NUMBER --by NAME`."""
    asked = asyncio.run(_ask(customer, to, by, reason))
    if as_json:
        print_json(asked)
    else:
        say(f"request {asked.number}: {asked.title}; waits for somebody other than {asked.requested_by} to approve it")


async def _ask(customer: str, to: LifecycleStage, by: str, reason: str) -> Approval:
    async with open_context() as context, context.store.begin() as tx:
        return await ask(tx, customer, {"to": to.value, "actor": by, "reason": reason}, context.now())
