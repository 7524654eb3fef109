"""``starter.py migrate``: the database's schema, and Temporal's search attributes."""

import asyncio
from typing import Annotated

import typer
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest

from cli.context import open_context
from cli.output import say
from persistence import migrate as schema
from settings import load
from workflows.attributes import SEARCH_ATTRIBUTES


def migrate(
    temporal: Annotated[bool, typer.Option("--temporal", help="Also register the search attributes.")] = False,
) -> None:
    """Bring the database to this release's schema; safe to run twice and from two places."""
    settings = load()
    settings.home.mkdir(parents=True, exist_ok=True)
    schema.upgrade(settings.database)
    say(f"database at revision {schema.current(settings.database)}")
    if temporal:
        added = asyncio.run(_register())
        say(f"search attributes: {', '.join(added) if added else 'all there'}")


async def _register() -> list[str]:
    async with open_context() as context:
        client = await context.temporal()
        operator = client.operator_service
        there = await operator.list_search_attributes(ListSearchAttributesRequest(namespace=client.namespace))
        missing = [name for name in SEARCH_ATTRIBUTES if name not in there.custom_attributes]
        if missing:
            kinds = dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
            await operator.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes=kinds)
            )
        return missing
