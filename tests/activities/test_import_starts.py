"""An imported customer's plays begin at the subscription, and do nothing that was due before they were decided."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.lifecycle import LifecycleActivities
from activities.places import Places
from activities.starting import Starting
from integrations.calendars import LibraryCalendars
from models.enums import Plan, SubscriptionStatus
from models.events import Occurrence
from models.play import DecideInput
from models.records import Customer
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from settings import Settings
from worker import house

AS_OF = datetime(2024, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=690)], ids=["the same day", "two years later"])
async def test_what_was_due_before_now_is_before_the_import(plain_url: str, later: timedelta) -> None:
    store = SqlStore.open(plain_url)
    began = AS_OF - timedelta(days=10)
    account = Customer(
        id="A-1",
        plan=Plan.STARTER,
        subscription_status=SubscriptionStatus.ACTIVE,
        subscribed_at=began,
        cycle=1,
        outreach_held=True,
        imported_at=AS_OF,
    )
    try:
        async with store.begin() as tx:
            await tx.customers.put(account)
        seen = Occurrence(kind="imported", key="import:A-1:2024-12-31", at=AS_OF)
        asked = DecideInput(customer="A-1", occurrence=seen, now=AS_OF + later)
        ours = house(Settings())
        starting = Starting(Catalog.load(), Places(ours, LibraryCalendars()))
        decided = await LifecycleActivities(store, ours, starting).decide(asked)
    finally:
        await store.close()
    assert len(decided.plays) == 2
    assert {(play.started, play.not_before, play.counted_from) for play in decided.plays} == {
        (began, AS_OF + later, AS_OF + later)
    }
