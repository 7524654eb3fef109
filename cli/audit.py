"""``starter.py audit``: who did what to whom, and whether the log is what was written."""

import asyncio
import re
from typing import Annotated

import typer

from cli.context import open_context
from cli.output import print_json, print_table, say
from models.audit import AuditEntry, AuditLink, Verified, Walk
from models.errors import BadInput

app = typer.Typer(help="The audit log: acts of people and of the system, each chained to the one before.",
                  no_args_is_help=True)  # fmt: skip

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
_MOST = 10_000


@app.command("list")
def list_(
    subject: Annotated[
        str | None, typer.Argument(metavar="SUBJECT", help="A customer, a run, a playbook, or '*' (all customers).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="Without a subject: how many of the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """What was done to a subject; without one, the newest acts. Oldest first."""
    found = asyncio.run(_list(subject, limit))
    if as_json:
        print_json(found)
        return
    rows = [
        (one.number, one.at.isoformat(timespec="seconds"), one.actor, one.action, one.subject,
         ", ".join(f"{name}: {value}" for name, value in one.detail.items()))
        for one in found
    ]  # fmt: skip
    print_table("Audit log", ("number", "at", "who", "what", "to", "detail"), rows)


async def _list(subject: str | None, limit: int) -> list[AuditEntry]:
    async with open_context() as context, context.store.read() as tx:
        return await (tx.audit.latest(limit) if subject is None else tx.audit.of(subject))


@app.command("verify")
def verify_(
    expect: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:SHA256", help="A link that was noted elsewhere must still be in the chain."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recompute the whole chain. Exit 1 at the first row that is not what was written."""
    found = asyncio.run(_verify(_noted(expect)))
    if as_json:
        print_json({"whole": found.whole, **found.model_dump(mode="json")})
    elif found.broken is not None:
        say(f"broken at number {found.broken.number}: {found.broken.reason}")
        say(f"{found.entries} entries before it hold")
    else:
        say(f"{found.entries} entries, the chain is whole")
    if not as_json and found.head is not None:
        say(f"last link: {found.head.number}:{found.head.sha256}")
    if not found.whole:
        raise typer.Exit(1)


async def _verify(expected: AuditLink | None) -> Verified:
    async with open_context() as context, context.store.read() as tx:
        walk = Walk(expected)
        async for row in tx.audit.rows():
            if not walk.follow(row):
                break
        return walk.verified()


def _noted(text: str | None) -> AuditLink | None:
    if text is None:
        return None
    found = _NOTED.fullmatch(text)
    if found is None:
        raise BadInput("expected NUMBER:SHA256, as audit verify printed it", field="--expect", value=text)
    return AuditLink(number=int(found[1]), previous="", sha256=found[2])
