"""A site on each database, started once for the tests that share it."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from models.ids import new_id
from persistence import migrate
from stack import postgres
from tests.e2e.site import Site, free_ports, until


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database of each kind, for the tests of one module."""
    with contextlib.ExitStack() as held:
        if request.param == "sqlite":
            url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('database') / 'steadfast.db'}"
        else:
            server = request.getfixturevalue("postgres_server")
            url = held.enter_context(postgres.database(server, new_id("e2e").lower()))
        migrate.upgrade(url)
        yield url


@pytest.fixture(scope="module")
async def site(
    site_url: str, temporal_address: str, namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """Worker, console and catcher of one site, ready; a day lasts a second."""
    made = make_site(tmp_path_factory.mktemp("site"), site_url, temporal_address, namespace, day=1.0)
    made.start_catcher()
    made.start_worker()
    made.start_console()
    try:
        async with httpx.AsyncClient(base_url=made.console, trust_env=False) as http:

            async def ready() -> bool:
                try:
                    return (await http.get("/ready")).status_code == 200
                except httpx.HTTPError:
                    return False

            await until(ready, "the console and the worker")
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
async def http(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the site's console."""
    async with httpx.AsyncClient(base_url=site.console, trust_env=False, timeout=30) as client:
        yield client


def make_site(home: Path, url: str, temporal: str, namespace: str, *, day: float, **more: str) -> Site:
    """A site with ports and a task queue of its own."""
    mail, console = free_ports(2)
    return Site(home, url, temporal, namespace, new_id("queue"), day, mail, console, more)
