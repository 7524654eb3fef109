"""``starter.py integrations accounts|visits|pages``: what other systems know, asked now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated

import typer

import settings_integrations
from activities.circuits import Circuits
from activities.connected import Connected
from activities.frame import customer_of
from activities.visits import Visits
from cli.context import open_context
from cli.output import print_json, print_table, say
from composition import vendors
from models.clock import utc_now
from models.errors import BadInput, Misconfigured
from models.outside import OutsideAccount, System
from models.outside_links import OutsidePage, OutsideSession

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Customer = Annotated[str, typer.Argument(help="The customer's id.")]


def accounts(system: Annotated[System, typer.Argument(help="The system.")], as_json: Json = False) -> None:
    """List the accounts of a CRM or CS platform, with our customer id where it knows it."""
    found = asyncio.run(_accounts(system))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.external_id, one.customer, one.name) for one in found]
    print_table(f"Accounts of {system}", ("id there", "our id", "name"), rows)


def visits(customer: Customer, as_json: Json = False) -> None:
    """Links to a customer's latest recorded visits (FullStory)."""
    found = asyncio.run(_visits(customer))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif not found:
        say(f"No recorded visits of {customer}.")
    else:
        print_table(f"Recorded visits of {customer}", ("at", "link"), [(one.at, one.url) for one in found])


def pages(customer: Customer, as_json: Json = False) -> None:
    """The pages that plays wrote about a customer, with their links (Notion)."""
    found = asyncio.run(_pages(customer))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif not found:
        say(f"No pages about {customer}.")
    else:
        rows = [(one.title, one.changed_at, one.url) for one in found]
        print_table(f"Pages about {customer}", ("title", "changed", "link"), rows)


async def _accounts(system: System) -> list[OutsideAccount]:
    async with _connected() as connected:
        reader = connected.readers.get(system)
        if reader is None:
            known = ", ".join(sorted(connected.readers)) or "none"
            raise BadInput(f"its accounts cannot be listed; configured are: {known}", field="SYSTEM", value=system)
        found: list[OutsideAccount] = []
        cursor: str | None = None
        while True:
            page = await reader.accounts(cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found


@asynccontextmanager
async def _connected() -> AsyncIterator[Connected]:
    given = settings_integrations.load()
    async with vendors.client(given) as http:
        yield vendors.connect(given, http)


async def _visits(customer: str) -> tuple[OutsideSession, ...]:
    settings_integrations.load()  # says what is wrong with them, where looking on would say that nobody is there
    async with open_context() as context:
        if context.connected.sessions is None:
            raise Misconfigured("nobody records visits; set it to fullstory", field="STEADFAST_SESSIONS_FROM")
        async with context.store.read() as tx:
            await customer_of(tx, customer)
        system, reader = context.connected.sessions
        circuits = Circuits(context.store, utc_now, vendors.RATES)
        share, language = context.connected.share, context.settings.language
        return await Visits(context.store, circuits, system, reader, share, language).latest(customer)


async def _pages(customer: str) -> list[OutsidePage]:
    settings_integrations.load()
    async with open_context() as context:
        if not context.connected.knowledge:
            raise Misconfigured("nobody keeps pages; set it to notion", field="STEADFAST_KNOWLEDGE")
        async with context.store.read() as tx:
            await customer_of(tx, customer)
        circuits = Circuits(context.store, utc_now, vendors.RATES)
        found: list[OutsidePage] = []
        for system, keeper in context.connected.knowledge.items():
            found += await circuits.call(system, partial(keeper.pages, customer))
        return found
