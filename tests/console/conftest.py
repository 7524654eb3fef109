"""A console on an empty SQLite database; Temporal is out of reach unless a test brings one."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from persistence.store import SqlStore
from tests.console.kit import NOBODY, Console, make


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    """An empty, migrated database of the kind of the run."""
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


@pytest.fixture
async def console(store: SqlStore) -> AsyncIterator[Console]:
    """A console that cannot reach Temporal."""
    client = await Client.connect(NOBODY, lazy=True, data_converter=pydantic_data_converter)
    made = make(store, client)
    yield made
    await made.deps.delivery.close()
    await made.http.aclose()
