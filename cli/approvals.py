"""``starter.py approvals``: what waits for a named person's yes, and the answer (section 16 of the domain)."""

import asyncio
from typing import Annotated

import typer

from activities.approvals import decide
from cli.context import open_context
from cli.deliver import deliver_now
from cli.output import print_json, print_table, say
from cli.said import person
from models.approval import Approval, ApprovalStatus, Verdict

app = typer.Typer(help="What waits for a named person's yes or no.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Number = Annotated[int, typer.Argument(help="Number of the request, from `approvals list`.")]
By = Annotated[
    str, typer.Option(callback=person, help="Who decides (id, name or e-mail address); not the one who asked.")
]


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    customer: Annotated[str | None, typer.Option(help="Of this customer only.")] = None,
    as_json: Json = False,
) -> None:
    """What is asked for, by whom, since when."""
    found = asyncio.run(_list(every, customer))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (one.number, one.kind, one.customer or "-", one.title, one.requested_by, one.requested_at, _who(one), _how(one))
        for one in found
    ]
    print_table("Approvals", ("number", "kind", "customer", "what", "asked by", "since", "decides", "status"), rows)


@app.command()
def approve(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="In your own words.")] = "",
    as_json: Json = False,
) -> None:
    """Yes."""
    _decide(number, Verdict(approved=True, by=by, reason=reason), as_json)


@app.command()
def refuse(
    number: Number, by: By, reason: Annotated[str, typer.Option(help="Why not.")], as_json: Json = False
) -> None:
    """No, and why."""
    _decide(number, Verdict(approved=False, by=by, reason=reason), as_json)


def _decide(number: int, verdict: Verdict, as_json: bool) -> None:
    decided = asyncio.run(_store(number, verdict))
    if as_json:
        print_json(decided)
    else:
        say(f"{decided.title}: {decided.status} by {decided.decided_by}")


async def _store(number: int, verdict: Verdict) -> Approval:
    async with open_context() as context:
        async with context.store.begin() as tx:
            decided = await decide(tx, number, verdict, context.now())
        await deliver_now(context)
        return decided


async def _list(every: bool, customer: str | None) -> list[Approval]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.approvals.requests(status=None if every else ApprovalStatus.PENDING, customer=customer)


def _who(one: Approval) -> str:
    return f"{one.role} or above" if one.only else f"anybody else; asked of {one.role}"


def _how(one: Approval) -> str:
    return f"{one.status} by {one.decided_by}" if one.decided_by else one.status
