"""Facts see nothing later than the moment they are asked of, and say unknown rather than guess."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import JsonValue

from models.book import BookAccount, BookSubscription
from models.enums import LifecycleStage, Plan, Segment, SubscriptionStatus, TriggeredBy
from models.errors import BadInput
from models.events import Event
from models.facts import CATALOGUE
from models.play import OnboardingRecord
from models.records import Customer, Transition
from models.success_plan import SuccessPlan
from persistence.book import BookLoader
from persistence.engine import Database
from persistence.store import SqlStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def fact(
    store: SqlStore, name: str, as_of: datetime = NOW, since: datetime = NOW - DAY, *, cycle: int = 0
) -> JsonValue:
    async with store.read() as tx:
        return (await tx.facts.read("C-1", [name], as_of=as_of, since=since, cycle=cycle))[name]


async def put(store: SqlStore, **fields: object) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", **fields))


async def happened(store: SqlStore, kind: str, at: datetime, **said: object) -> None:
    one = Event(event_id=f"{kind}-{at}".replace(" ", "T"), type=kind, occurred_at=at, customer={"id": "C-1", **said})
    async with store.begin() as tx:
        await tx.customers.apply(one, currency="EUR")


async def test_nothing_is_known_of_nobody(store: SqlStore) -> None:
    async with store.read() as tx:
        found = await tx.facts.read("C-1", list(CATALOGUE), as_of=NOW, since=NOW)
    assert found == dict.fromkeys(CATALOGUE)


async def test_every_fact_of_the_catalogue_can_be_read(store: SqlStore) -> None:
    await happened(store, "trial_started", NOW, plan="pro")
    async with store.read() as tx:
        found = await tx.facts.read("C-1", list(CATALOGUE), as_of=NOW, since=NOW)
    assert found == {
        **dict.fromkeys(CATALOGUE), "plan": "pro", "segment": "mid_market", "subscription_status": "trialing",
        "trial_days_remaining": 14, "onboarding_status": "not_started",
        "has_csm": False, "has_email": False, "has_kickoff": True, "has_success_plan": False,
        "still_no_login": True, "no_response": True,
    }  # fmt: skip


async def test_a_misspelt_fact_is_refused(store: SqlStore) -> None:
    with pytest.raises(BadInput, match="stagee"):
        await fact(store, "stagee")


@pytest.mark.parametrize(
    ("ago", "days"),
    [(timedelta(0), 0), (DAY - timedelta(seconds=1), 0), (DAY, 1), (7 * DAY, 7), (8 * DAY - HOUR, 7)],
)
async def test_days_since_a_login_are_whole_days(store: SqlStore, ago: timedelta, days: int) -> None:
    await put(store)
    async with store.begin() as tx:
        await tx.facts.add_login("C-1", NOW - ago, "k")
        await tx.facts.add_login("C-1", NOW - ago, "k")
        await tx.facts.add_login("C-1", NOW + HOUR, "later")
    assert await fact(store, "days_since_last_login") == days


@pytest.mark.parametrize(
    ("logins", "imported", "expected"),
    [
        ([], False, True),
        ([], True, None),
        ([NOW - 2 * DAY], True, True),
        ([NOW - DAY], False, True),
        ([NOW - HOUR], False, False),
        ([NOW], True, False),
        ([NOW + HOUR], False, True),
        ([NOW + HOUR], True, None),
    ],
)
async def test_no_login_since_the_run_started(
    store: SqlStore, logins: list[datetime], imported: bool, expected: bool | None
) -> None:
    await put(store, imported_at=NOW - 9 * DAY if imported else None)
    async with store.begin() as tx:
        for at in logins:
            await tx.facts.add_login("C-1", at, str(at))
    assert await fact(store, "still_no_login") is expected


async def test_a_response_counts_from_the_start_of_the_run_to_now(store: SqlStore) -> None:
    await put(store)
    async with store.begin() as tx:
        await tx.facts.add_response("C-1", "reply", NOW - 2 * DAY, "before")
        await tx.facts.add_response("C-1", "reply", NOW + HOUR, "after")
    assert await fact(store, "no_response") is True
    assert await fact(store, "no_response", NOW + HOUR) is False


async def test_a_subscription_is_told_as_it_was(store: SqlStore) -> None:
    await happened(store, "trial_started", NOW)
    await happened(store, "subscription_created", NOW + 10 * DAY, plan="pro")
    await happened(store, "subscription_cancelled", NOW + 40 * DAY)
    await happened(store, "subscription_created", NOW + 50 * DAY, plan="pro")
    told = [await fact(store, "subscription_status", NOW + days * DAY) for days in (-1, 0, 10, 40, 50)]
    assert told == [None, "trialing", "active", "cancelled", "active"]
    assert [await fact(store, "days_as_customer", NOW + days * DAY) for days in (9, 12, 53)] == [None, 2, 3]
    assert [await fact(store, "trial_days_remaining", NOW + days * DAY) for days in (4, 14, 15)] == [10, 0, -1]


async def test_a_stage_is_told_as_it_was(store: SqlStore) -> None:
    await put(store)
    changes = [(None, "trial", 0), ("trial", "onboarding", 5), ("onboarding", "adopting", 9)]
    for before, after, day in changes:
        change = Transition(
            customer="C-1", from_stage=before, to_stage=after, at=NOW + day * DAY, rule="r", reason="r",
            triggered_by=TriggeredBy.AUTOMATIC, cause=after,
        )  # fmt: skip
        async with store.begin() as tx:
            await tx.lifecycles.record(change)
    told = [await fact(store, "stage", NOW + day * DAY) for day in (-1, 0, 7, 9)]
    assert told == [None, "trial", "onboarding", "adopting"]


async def test_an_imported_stage_is_known_from_its_day(store: SqlStore) -> None:
    await put(store, stage=LifecycleStage.GROWING, stage_since=NOW, imported_at=NOW)
    assert await fact(store, "stage") == "growing"
    assert await fact(store, "stage", NOW - HOUR) is None


async def test_a_plan_that_came_later_is_not_told_of_the_past(store: SqlStore) -> None:
    await happened(store, "trial_started", NOW, plan="starter")
    assert await fact(store, "plan", NOW - HOUR) is None
    assert await fact(store, "segment", NOW - HOUR) is None
    assert await fact(store, "has_kickoff", NOW - HOUR) is None
    assert await fact(store, "has_kickoff") is False


async def test_before_the_import_the_plan_is_that_of_the_span(store: SqlStore, database: Database) -> None:
    loader = BookLoader(database)
    account = BookAccount(id="C-1", plan=Plan.PRO, status=SubscriptionStatus.ACTIVE, subscribed_at=NOW, cycle=1)
    await loader.accounts([account], as_of=NOW + 60 * DAY)
    await loader.subscriptions(
        [
            BookSubscription(id="s1", customer="C-1", started=date(2026, 1, 1), ended=date(2026, 2, 1), plan="starter"),
            BookSubscription(id="s2", customer="C-1", started=date(2026, 2, 10), plan="growth"),
        ]
    )
    moments = (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC), NOW, NOW + 61 * DAY)
    assert [await fact(store, "plan", at) for at in moments] == [None, "starter", "growth", "pro"]
    assert await fact(store, "subscription_status", NOW) is None
    assert await fact(store, "subscription_status", NOW + 60 * DAY) == "active"


async def test_a_stored_segment_overrides_that_of_the_plan(store: SqlStore) -> None:
    await put(store, plan=Plan.STARTER, segment=Segment.ENTERPRISE)
    assert await fact(store, "segment") == "enterprise"


def record(**changes: object) -> OnboardingRecord:
    value = OnboardingRecord(
        customer="C-1", cycle=1, program="p", version=1, status="in_progress", started=NOW, completed_steps=(),
        current_step="a", progress=0, milestones={}, late=(), blockers=(), last_progress=NOW,
    )  # fmt: skip
    return value.model_copy(update=changes)


async def test_an_onboarding_is_told_as_it_was(store: SqlStore) -> None:
    await put(store)
    done = {"progress": 100, "status": "completed", "finished": NOW + 4 * DAY, "first_value": NOW + 2 * DAY}
    for saved in (
        record(),
        record(progress=40, last_progress=NOW + DAY),
        record(progress=40, last_progress=NOW + DAY, status="stalled"),
        record(last_progress=NOW + 4 * DAY, **done),
    ):
        async with store.begin() as tx:
            await tx.onboardings.save(saved)
    days = (-1, 0, 2, 4)
    told = [await fact(store, "onboarding_completion", NOW + day * DAY) for day in days]
    assert told == [None, 0, 40, 100]
    told = [await fact(store, "onboarding_status", NOW + day * DAY) for day in days]
    assert told == ["not_started", "in_progress", "in_progress", "completed"]
    assert [await fact(store, "first_value_reached", NOW + day * DAY) for day in days] == [None, False, True, True]


async def test_a_stall_is_told_while_it_lasts(store: SqlStore) -> None:
    await put(store)
    async with store.begin() as tx:
        await tx.onboardings.save(record(status="stalled"))
    assert await fact(store, "onboarding_status", NOW + 3 * DAY) == "stalled"


async def test_a_win_back_is_asked_of_its_own_cycle(store: SqlStore) -> None:
    await put(store)
    async with store.begin() as tx:
        await tx.onboardings.save(record(progress=100, first_value=NOW))
        await tx.onboardings.save(record(cycle=2, started=NOW + DAY, last_progress=NOW + DAY))
    later = NOW + 2 * DAY
    assert await fact(store, "onboarding_completion", later) == 0
    assert await fact(store, "onboarding_completion", later, cycle=1) == 100
    assert await fact(store, "onboarding_completion", NOW) == 100
    assert await fact(store, "first_value_reached", later, cycle=2) is False


async def test_of_an_imported_account_an_onboarding_is_unknown(store: SqlStore) -> None:
    await put(store, imported_at=NOW)
    assert await fact(store, "onboarding_status") is None


async def test_a_plan_made_later_is_not_seen(store: SqlStore) -> None:
    await put(store)
    async with store.begin() as tx:
        await tx.plans.add(SuccessPlan(customer="C-1", created_at=NOW, updated_at=NOW), "k", "p")
    assert await fact(store, "has_success_plan") is True
    assert await fact(store, "has_success_plan", NOW - HOUR) is False


async def test_an_address_and_a_manager_are_known(store: SqlStore) -> None:
    await put(store, email="ana@example.com", csm_id="csm-1")
    assert await fact(store, "has_email") is True
    assert await fact(store, "has_csm") is True
