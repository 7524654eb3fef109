"""A hundred signups at once: each is welcomed, and welcomed once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.ids import new_id
from persistence.caught_mail import CaughtMailStore
from tests.e2e import said
from tests.e2e.conftest import make_site
from tests.e2e.site import Site, until


@pytest.fixture
def slow_site(sqlite_url: str, temporal_address: str, namespace: str, tmp_path: Path) -> Iterator[Site]:
    """Worker and catcher; a day lasts an hour, so that nothing but the welcome happens."""
    made = make_site(tmp_path / "home", sqlite_url, temporal_address, namespace, day=3600.0)
    made.start_catcher()
    made.start_worker()
    try:
        yield made
    finally:
        made.stop()


async def test_a_hundred_signups_from_a_file_are_each_welcomed_once(slow_site: Site) -> None:
    """One command, given the same file twice."""
    site = slow_site
    group = new_id("many")
    customers = [f"{group}-{n}" for n in range(100)]
    file = b"\n".join(said.line(said.signup(customer, site.now())) for customer in customers)
    first = await site.starter("event", "-", "--json", given=file)
    assert first.returncode == 0, first.stderr.decode()
    told = json.loads(first.stdout)
    assert (told["received"], told["new"]) == (100, 100)
    again = json.loads((await site.starter("event", "-", "--json", given=file)).stdout)
    assert (again["received"], again["new"]) == (100, 0)

    async def welcomed() -> list[str]:
        store = site.store()
        try:
            caught = await CaughtMailStore(store.database).page(5000)
        finally:
            await store.close()
        found = [mail.envelope_to[0] for mail in caught if mail.envelope_to[0].startswith(group)]
        return sorted(found) if len(set(found)) == 100 else []

    recipients = await until(welcomed, "a hundred welcomes", seconds=90, every=0.5)
    assert len(recipients) >= 100
    store = site.store()
    try:
        async with store.read() as tx:
            for customer in customers:
                said_to = [one.template for one in await tx.communications.of(customer)]
                assert said_to.count("welcome_email_self_serve") == 1
                assert len(await tx.lifecycles.history(customer)) == 1
                assert len(await tx.runs.of(customer)) >= 2
    finally:
        await store.close()
