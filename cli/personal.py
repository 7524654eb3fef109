"""``starter.py export`` and ``starter.py erase``: everything held of a customer, and everything gone."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from cli.context import Context, open_context
from cli.output import json_text, print_json, say
from cli.said import person
from intake.stopping import stop_and_forget
from models.errors import BadInput, NotFound
from persistence.audit import AuditLog
from persistence.everything import Everything
from persistence.keys import CustomerKeyStore

ROUNDS = 3
"""What was under way while the processes were stopped may still write; after a quiet round there is nothing left."""


def export(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    out: Annotated[Path | None, typer.Option(help="Write to this new file instead of printing.")] = None,
) -> None:
    """Everything held of a customer, as one JSON document: its rows by table."""
    document = asyncio.run(_export(customer))
    if out is None:
        print_json(document)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(json_text(document))
    except FileExistsError:
        raise BadInput("is there already", field="--out", value=str(out)) from None
    out.chmod(0o600)
    say(f"{customer}: written to {out}")


def erase(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    by: Annotated[str, typer.Option(callback=person, help="Who answers for it; kept in the audit log.")],
    yes: Annotated[bool, typer.Option("--yes", help="It cannot be undone, and you know it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Stop a customer's processes, delete its rows and histories, destroy its key. It cannot be undone."""
    if not yes:
        raise BadInput("it cannot be undone: say --yes", field="--yes")
    document = asyncio.run(_erase(customer, by))
    if as_json:
        print_json(document)
    else:
        say(f"{customer}: {document['rows']} rows and {document['processes']} processes are gone, the key is destroyed")


async def _export(customer: str) -> dict[str, JsonValue]:
    async with open_context() as context:
        async with context.store.read() as tx:
            everything = Everything(tx.connection)
            merged = await everything.merged(customer)
            rows: dict[str, list[dict[str, JsonValue]]] = {}
            for one in (customer, *merged):
                for name, found in (await everything.read(one)).items():
                    known = rows.setdefault(name, [])
                    known += [row for row in found if row not in known]  # a merge is of two customers
        if not rows:
            raise NotFound("nothing is held of such a customer", field="CUSTOMER", value=customer)
        document: dict[str, JsonValue] = {"customer": customer, "as_of": context.now().isoformat()}
        if merged:
            document["merged"] = list(merged)
        return {**document, "tables": {name: list(found) for name, found in rows.items()}}


async def _erase(customer: str, by: str) -> dict[str, JsonValue]:
    async with open_context() as context:
        async with context.store.read() as tx:
            everything = Everything(tx.connection)
            if not await everything.read(customer):
                raise NotFound("nothing is held of such a customer", field="CUSTOMER", value=customer)
            merged = await everything.merged(customer)
        rows, processes = 0, 0
        # Those that were merged into it first, and the merges themselves last: by them the others are found again, if
        # this is interrupted.
        for one in reversed(merged):
            done = await _erase_one(context, one, by, (one,), merges=False)
            rows, processes = rows + done[0], processes + done[1]
        done = await _erase_one(context, customer, by, (*merged, customer), merges=True)
        rows, processes = rows + done[0], processes + done[1]
        return {"customer": customer, "rows": rows, "processes": processes, "merged": list(merged)}


async def _erase_one(
    context: Context, customer: str, by: str, rows_of: Sequence[str], *, merges: bool
) -> tuple[int, int]:
    """How many rows and processes are gone."""
    async with context.store.read() as tx:
        known = [run.workflow_id for run in await tx.runs.of(customer)]
    # Temporal first, and not at all without it: a process that lives would write again what was deleted.
    client = await context.temporal()
    rows, processes = 0, 0
    for _ in range(ROUNDS):
        processes = max(processes, await stop_and_forget(client, customer, known))
        gone = await _rows(context, rows_of, merges=merges)
        rows += gone
        if not gone:
            break
        await asyncio.sleep(0.5)
    await CustomerKeyStore(context.store.database).destroy(customer)
    async with context.store.begin() as tx:
        detail: dict[str, JsonValue] = {"rows": rows, "processes": processes}
        await AuditLog(tx.connection).add(context.now(), by, "customer_erased", customer, detail)
    return rows, processes


async def _rows(context: Context, customers: Sequence[str], *, merges: bool) -> int:
    async with context.store.begin() as tx:
        everything = Everything(tx.connection)
        return sum([sum((await everything.erase(one, merges=merges)).values()) for one in customers])
