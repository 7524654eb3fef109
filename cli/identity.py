"""``starter.py identity``: whose the accounts of other systems are, doubts, and customers that are one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import typer

from activities.ports import Transaction
from cli.context import Context, open_context
from cli.deliver import deliver_now
from cli.output import print_json, print_table, say
from cli.vendor_house import vendor_house
from intake import accounts, merging
from intake.vendors.taking import House
from models.errors import BadInput
from models.identity import CaseStatus, Identity, IdentityCase, Merge
from models.records import InboxRow
from models.vendor import Ref

app = typer.Typer(help="Whose accounts of other systems are; doubts; customers that are one.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
By = Annotated[str, typer.Option(help="Who says so.")]
Number = Annotated[int, typer.Argument(help="Number of the doubt, from `identity list`.")]
CustomerId = Annotated[str, typer.Argument(help="The customer's id.")]
Does = Callable[[Transaction, House, datetime], Awaitable[list[InboxRow]]]


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """Accounts of which it is not known whose they are, and what waits for the answer."""
    found = asyncio.run(_cases(every, limit))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    print_table(
        "Accounts in doubt",
        ("number", "account", "known as", "waiting", "candidates", "status"),
        [
            (
                one.number,
                f"{one.system}/{one.external_id}",
                one.name or one.email or one.domain,
                one.waiting,
                "; ".join(f"{each.customer} ({each.why})" for each in one.candidates),
                one.status if one.customer is None else f"{one.status}: {one.customer}",
            )
            for one in found
        ],
    )


@app.command()
def accept(
    number: Number,
    by: By,
    customer: Annotated[str | None, typer.Argument(help="Whose it is; left out: the only candidate.")] = None,
    as_json: Json = False,
) -> None:
    """The account is this customer's; what waited is applied."""
    _act(lambda tx, house, now: accounts.accept(tx, number, customer, by=by, house=house, now=now), as_json)


@app.command()
def refuse(number: Number, by: By, as_json: Json = False) -> None:
    """The account is nobody's: what it says is kept aside, and changes nothing unless it is mapped after all."""

    async def does(tx: Transaction, _house: House, now: datetime) -> list[InboxRow]:
        await accounts.refuse(tx, number, by=by, now=now)
        return []

    _act(does, as_json)


@app.command("map")
def map_(
    system: Annotated[str, typer.Argument(help="The system, such as stripe.")],
    external_id: Annotated[str, typer.Argument(help="The id there with its kind, such as customer:cus_9.")],
    customer: CustomerId,
    by: By,
    as_json: Json = False,
) -> None:
    """Say whose an account is, whatever was thought before; what waited is applied."""
    if not 0 < len(system) <= 40 or not 0 < len(external_id) <= 300 or ":" not in external_id:
        raise BadInput("expected an id with its kind, such as customer:cus_9", field="EXTERNAL_ID", value=external_id)
    ref = Ref(system=system, id=external_id)
    _act(lambda tx, house, now: accounts.map_account(tx, ref, customer, by=by, house=house, now=now), as_json)


@app.command()
def domain(
    name: Annotated[str, typer.Argument(metavar="DOMAIN", help="The company's domain, such as acme.com.")],
    customer: CustomerId,
    by: By,
    as_json: Json = False,
) -> None:
    """A verified domain: accounts of it are this customer's from now on, and doubts that it settles are settled."""
    _act(lambda tx, house, now: accounts.verify_domain(tx, name, customer, by=by, house=house, now=now), as_json)


@app.command()
def of(customer: CustomerId, as_json: Json = False) -> None:
    """The accounts of a customer, and the merges it is part of."""
    found, merges = asyncio.run(_of(customer))
    if as_json:
        shown = {"accounts": [one.model_dump(mode="json") for one in found]}
        print_json({**shown, "merges": [one.model_dump(mode="json") for one in merges]})
        return
    rows = [(f"{one.system}/{one.external_id}", one.how, one.at, one.by) for one in found]
    print_table(f"Accounts of {customer}", ("account", "how", "since", "by"), rows)
    _show_merges(merges)


@app.command()
def merge(
    loser: Annotated[str, typer.Argument(help="The customer that is really the other one.")],
    winner: Annotated[str, typer.Argument(help="The customer that stays.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why they are one.")],
    as_json: Json = False,
) -> None:
    """Two customers are one: facts are moved, the first one's plays stop, later events go to the second."""

    async def does(context: Context) -> Merge:
        client = await context.temporal()
        return await merging.merge(context.store, client, loser, winner, by=by, reason=reason, now=context.now())

    _shown(asyncio.run(_with(does)), as_json)


@app.command()
def unmerge(
    number: Annotated[int, typer.Argument(help="Number of the merge, from `identity merges`.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Undo a merge: what was moved goes back, and both are looked at again."""

    async def does(context: Context) -> Merge:
        return await merging.unmerge(context.store, number, by=by, now=context.now())

    _shown(asyncio.run(_with(does)), as_json)


@app.command()
def merges(as_json: Json = False) -> None:
    """Every merge, newest first."""
    found = asyncio.run(_merges())
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    _show_merges(found)


def _act(does: Does, as_json: bool) -> None:
    applied = asyncio.run(_applied(does))
    if as_json:
        print_json({"applied": applied})
    else:
        say(f"done; {applied} waiting events applied")


async def _applied(does: Does) -> int:
    async with open_context() as context:
        async with context.store.begin() as tx:
            rows = await does(tx, vendor_house(context), context.now())
        if rows:
            await deliver_now(context)
        return len(rows)


async def _with(does: Callable[[Context], Awaitable[Merge]]) -> Merge:
    async with open_context() as context:
        done = await does(context)
        await deliver_now(context)
        return done


async def _cases(every: bool, limit: int) -> list[IdentityCase]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.identities.cases(None if every else CaseStatus.OPEN, limit=limit)


async def _of(customer: str) -> tuple[list[Identity], list[Merge]]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.identities.of(customer), await tx.merges.all(customer)


async def _merges() -> list[Merge]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.merges.all()


def _shown(done: Merge, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    if done.undone_at is None:
        say(f"merge {done.number}: {done.loser} is {done.winner}; {done.rows} rows moved")
    else:
        say(f"merge {done.number} undone: {done.loser} is itself again")
    for one in done.stopped:
        say(f"stopped: {one}")


def _show_merges(found: list[Merge]) -> None:
    rows = [
        (one.number, one.loser, one.winner, one.at, one.by, one.reason, one.rows, one.undone_at or "") for one in found
    ]
    print_table("Merges", ("number", "merged", "into", "at", "by", "why", "rows", "undone"), rows)
