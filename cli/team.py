"""``starter.py team [FILE]``: load the managers from a file, or list them."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.context import open_context
from cli.output import print_json, print_table
from intake.team import hire, read
from models.records import Csm
from rules.approving import roles_of


def team(
    file: Annotated[Path | None, typer.Argument(help="A YAML file of managers; without it they are listed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """The people who look after customers; a playbook assigns the least loaded of a segment."""
    managers = asyncio.run(_team(file))
    if as_json:
        print_json([one.model_dump(mode="json") for one in managers])
        return
    rows = [
        (one.id, one.name, one.email, ", ".join(roles_of(one, managers)), ", ".join(one.segments), one.manager_id)
        for one in managers
    ]
    print_table("Team", ("id", "name", "e-mail", "roles", "segments", "reports to"), rows)


async def _team(file: Path | None) -> list[Csm]:
    managers = read(file) if file is not None else None
    async with open_context() as context:
        if managers is not None:
            await hire(context.store, managers)
        async with context.store.read() as tx:
            return await tx.customers.csms()
