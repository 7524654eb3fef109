"""``starter.py opportunity``: what could be sold to whom, and how it ended (sections 8.2 and 8.3)."""

import asyncio
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from activities.closing import Closed, Closing, close
from cli.context import open_context
from cli.deliver import deliver_now
from cli.output import print_json, print_table, say
from models.errors import BadInput, NotFound
from models.expansion import ExpansionType, Opportunity, OpportunityStatus

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Of = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")]
Type = Annotated[ExpansionType, typer.Argument(metavar="TYPE", help="As `opportunity list` shows it.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="The person who says so.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; the audit log keeps it.")]


app = typer.Typer(help="Expansion opportunities: which are open, which were won or lost.", no_args_is_help=True)


@app.command("list")
def list_(
    customer: Annotated[str | None, typer.Argument(metavar="CUSTOMER", help="Of this customer, ended too.")] = None,
    as_json: Json = False,
) -> None:
    """Every open one; or all of one customer, however they ended."""
    found = asyncio.run(_list(customer))
    if as_json:
        print_json(found)
        return
    rows = [
        (one.customer, one.type, one.product or "", _worth(one), one.timing, one.status,
         f"{one.closed_at or one.detected_at:%Y-%m-%d}", "; ".join(one.signals))
        for one in found
    ]  # fmt: skip
    print_table("Opportunities", ("customer", "type", "product", "a month", "timing", "status", "since", "why"), rows)


@app.command()
def won(
    customer: Of,
    type_: Type,
    by: By,
    reason: Reason,
    value: Annotated[str | None, typer.Option("--value", help="Sold, per month, if not as estimated.")] = None,
    seats: Annotated[int | None, typer.Option("--seats", help="How many more seats were sold.")] = None,
    as_json: Json = False,
) -> None:
    """It was sold: the deal ends won, the customer may leave `expanding`."""
    said = Closing(customer, type_, OpportunityStatus.WON, by, reason, _amount(value), seats)
    _print(asyncio.run(_close(said)), as_json)


@app.command()
def lost(customer: Of, type_: Type, by: By, reason: Reason, as_json: Json = False) -> None:
    """It was not sold: the deal ends lost; the same type is not proposed again for 90 days."""
    _print(asyncio.run(_close(Closing(customer, type_, OpportunityStatus.LOST, by, reason))), as_json)


async def _list(customer: str | None) -> list[Opportunity]:
    async with open_context() as context, context.store.read() as tx:
        if customer is None:
            return await tx.opportunities.all_open()
        if await tx.customers.get(customer) is None:
            raise NotFound("no such customer", field="CUSTOMER", value=customer)
        return await tx.opportunities.of(customer)


async def _close(said: Closing) -> Closed:
    async with open_context() as context:
        async with context.store.begin() as tx:
            closed = await close(tx, said, context.now())
        await deliver_now(context)
        return closed


_TOO_MUCH = Decimal(10) ** 12
"""Beyond what can be rounded to cents, and beyond what is sold."""


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) >= _TOO_MUCH or found != round(found, 2):
        raise BadInput("expected an amount such as 120 or 99.50", field="--value", value=text)
    return found


def _worth(one: Opportunity) -> str:
    return "unvalued" if one.estimated_value is None else f"{one.estimated_value:,} {one.currency}"


def _print(closed: Closed, as_json: bool) -> None:
    one = closed.opportunity
    if as_json:
        print_json({**one.model_dump(mode="json"), "deal_settled": closed.deal_settled})
        return
    deal = f", its deal is {one.status} too" if closed.deal_settled else ", no deal of it was open"
    say(f"{one.customer}: {one.type} {one.status}, {_worth(one)}{deal}")
