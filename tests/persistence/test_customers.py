"""What events say of a customer, in whatever order they come."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.enums import LifecycleStage, Segment, SubscriptionStatus, TriggeredBy
from models.errors import BadInput, NotFound
from models.events import Event
from models.records import Csm, Customer, Transition
from persistence.store import SqlStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_numbers = count()


def event(
    kind: str,
    at: datetime = NOW,
    *,
    key: str = "",
    customer: str = "C-1",
    data: dict[str, object] | None = None,
    **said: object,
) -> Event:
    if kind == "subscription_created":
        said = {"plan": "growth", **said}
    return Event(
        event_id=key or f"e-{next(_numbers)}", type=kind, occurred_at=at, customer={"id": customer, **said},
        data=data or {},
    )  # fmt: skip


async def applied(store: SqlStore, *events: Event) -> Customer:
    stored = None
    for each in events:
        async with store.begin() as tx:
            stored = await tx.customers.apply(each, currency="EUR")
    assert stored is not None
    return stored


async def test_a_first_event_makes_the_customer(store: SqlStore) -> None:
    stored = await applied(
        store,
        event(
            "trial_started", name="Ana Ltd", first_name="Ana", email="ana@example.com", plan="pro", mrr="49.00",
            currency="EUR", seats=3, locale="es-ES", timezone="Europe/Madrid", csm_id="csm-1",
            renewal_date="2027-03-01", contract_length_months=12, consent={"marketing": False}, data={"trial_days": 7},
        ),
    )  # fmt: skip
    assert stored == Customer(
        id="C-1", name="Ana Ltd", first_name="Ana", email="ana@example.com", plan="pro", mrr=Decimal("49.00"),
        currency="EUR", seats=3, locale="es-ES", timezone="Europe/Madrid", csm_id="csm-1",
        renewal_date=date(2027, 3, 1), contract_length_months=12, consent_marketing=False,
        subscription_status=SubscriptionStatus.TRIALING, trial_ends_at=NOW + timedelta(days=7),
    )  # fmt: skip


async def test_a_trial_lasts_fourteen_days_unless_said(store: SqlStore) -> None:
    assert (await applied(store, event("trial_started"))).trial_ends_at == NOW + timedelta(days=14)


async def test_an_absent_field_changes_nothing(store: SqlStore) -> None:
    stored = await applied(
        store, event("trial_started", name="Ana"), event("user_logged_in", NOW + timedelta(days=1), seats=2)
    )
    assert (stored.name, stored.seats) == ("Ana", 2)


async def test_an_older_event_does_not_overwrite_but_fills_what_is_unknown(store: SqlStore) -> None:
    stored = await applied(
        store,
        event("user_logged_in", NOW, name="New"),
        event("user_logged_in", NOW - timedelta(days=1), name="Old", seats=4),
    )
    assert (stored.name, stored.seats) == ("New", 4)


async def test_the_first_subscription_begins_the_first_cycle_and_a_second_changes_nothing(store: SqlStore) -> None:
    stored = await applied(
        store, event("trial_started"), event("subscription_created", NOW + timedelta(days=3)),
        event("subscription_created", NOW + timedelta(days=9)),
    )  # fmt: skip
    assert stored.subscription_status is SubscriptionStatus.ACTIVE
    assert (stored.cycle, stored.subscribed_at) == (1, NOW + timedelta(days=3))


async def test_a_win_back_begins_a_new_cycle(store: SqlStore) -> None:
    first = event("subscription_created")
    stored = await applied(
        store, first, event("subscription_cancelled", NOW + timedelta(days=30)),
        event("subscription_created", NOW + timedelta(days=60)), first,
    )  # fmt: skip
    assert (stored.cycle, stored.subscribed_at) == (2, NOW + timedelta(days=60))


async def test_the_same_event_twice_is_one_event(store: SqlStore) -> None:
    one = event("subscription_created", name="Ana")
    assert await applied(store, one) == await applied(store, one)


async def test_the_same_event_in_two_transactions_at_once_is_one_event(store: SqlStore) -> None:
    one = event("subscription_created", name="Ana")
    first, second = await asyncio.gather(applied(store, one), applied(store, one))
    assert first == second
    assert first.cycle == 1


async def test_another_currency_is_refused_and_nothing_is_stored(store: SqlStore) -> None:
    with pytest.raises(BadInput, match="currency"):
        await applied(store, event("trial_started", currency="USD", mrr="10.00"))
    async with store.read() as tx:
        assert await tx.customers.get("C-1") is None


async def test_what_was_assigned_is_not_undone_by_an_event_told_again(store: SqlStore) -> None:
    one = event("subscription_created", csm_id="csm-1")
    stored = await applied(store, one)
    async with store.begin() as tx:
        await tx.customers.put(stored.model_copy(update={"csm_id": "csm-2"}))
    assert (await applied(store, one)).csm_id == "csm-2"


async def test_events_older_than_an_import_change_nothing_it_knew(store: SqlStore) -> None:
    imported = Customer(
        id="C-1", name="Imported", subscription_status=SubscriptionStatus.ACTIVE, subscribed_at=NOW, cycle=1,
        imported_at=NOW + timedelta(days=10), outreach_held=True,
    )  # fmt: skip
    async with store.begin() as tx:
        await tx.customers.put(imported)
    assert await applied(store, event("subscription_cancelled", NOW + timedelta(days=5), name="Older")) == imported
    later = await applied(store, event("subscription_cancelled", NOW + timedelta(days=11)))
    assert later.subscription_status is SubscriptionStatus.CANCELLED


_KINDS = ("trial_started", "subscription_created", "subscription_cancelled", "user_logged_in")
_TOLD = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, 6),
        st.sampled_from([None, "Ana", "Bea"]),
        st.sampled_from([None, "starter", "pro"]),
        st.sampled_from([None, {"marketing": True}, {"marketing": False, "relationship": True}]),
    ),
    min_size=1,
    max_size=7,
)

_Told = tuple[str, int, str | None, str | None, dict[str, bool] | None]


@given(told=_TOLD, shuffle=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_order_of_arrival_does_not_matter(store: SqlStore, told: list[_Told], shuffle: Random) -> None:
    ids = f"P-{next(_numbers)}", f"P-{next(_numbers)}"

    def events(customer: str) -> list[Event]:
        return [
            event(
                kind, NOW + timedelta(days=day), key=f"e{number}", customer=customer, data={},
                **{k: v for k, v in {"name": name, "plan": plan, "consent": consent}.items() if v is not None},
            )
            for number, (kind, day, name, plan, consent) in enumerate(told)
        ]  # fmt: skip

    in_order = sorted(events(ids[0]), key=lambda each: each.occurred_at)
    shuffled = events(ids[1])
    shuffle.shuffle(shuffled)
    expected = await applied(store, *in_order)
    assert await applied(store, *shuffled, *shuffled[:2]) == expected.model_copy(update={"id": ids[1]})


async def test_the_manager_with_the_fewest_customers_of_the_segment_is_chosen(store: SqlStore) -> None:
    async with store.begin() as tx:
        for name in ("a", "b", "c"):
            segments = (Segment.ENTERPRISE,) if name == "c" else (Segment.SMB, Segment.ENTERPRISE)
            await tx.customers.put_csm(Csm(id=name, name=name, email=f"{name}@example.com", segments=segments))
        first = await tx.customers.least_loaded_csm(Segment.SMB)
        assert first is not None
        assert first.id == "a"
        await tx.customers.put(Customer(id="1", csm_id="a"))
        await tx.customers.put(Customer(id="2", csm_id="b", stage=LifecycleStage.CHURNED))
        second = await tx.customers.least_loaded_csm(Segment.SMB)
        assert second is not None
        assert second.id == "b"
        assert await tx.customers.least_loaded_csm(Segment.SELF_SERVE) is None
        third = await tx.customers.csm("c")
        assert third is not None
        assert third.segments == (Segment.ENTERPRISE,)
        assert await tx.customers.csm("nobody") is None


async def test_two_assignments_at_once_make_one(store: SqlStore) -> None:
    await applied(store, event("trial_started"))

    async def assign(csm: str) -> bool:
        async with store.begin() as tx:
            return await tx.customers.assign("C-1", csm)

    assert sorted(await asyncio.gather(assign("a"), assign("b"))) == [False, True]


async def test_lifting_the_hold_tells_who_was_held(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="b", outreach_held=True))
        await tx.customers.put(Customer(id="a", outreach_held=True))
        await tx.customers.put(Customer(id="c"))
    async with store.begin() as tx:
        assert await tx.customers.activate_outreach(NOW) == ["a", "b"]
        assert await tx.customers.activate_outreach(NOW) == []
        lifted = await tx.customers.get("a")
        assert lifted is not None
        assert not lifted.outreach_held
        assert [entry.action for entry in await tx.audit.of("*")] == ["outreach_activated"]


async def test_a_cause_changes_the_stage_once(store: SqlStore) -> None:
    change = Transition(
        customer="C-1", from_stage=None, to_stage="onboarding", at=NOW, rule="R1", reason="paid",
        triggered_by=TriggeredBy.AUTOMATIC, cause="c1", facts={"plan": "pro"},
    )  # fmt: skip
    later = change.model_copy(update={"to_stage": LifecycleStage.ADOPTING, "cause": "c2"})
    await applied(store, event("subscription_created"))
    async with store.begin() as tx:
        assert await tx.lifecycles.record(change)
        assert await tx.lifecycles.record(later)
        assert not await tx.lifecycles.record(change)
        stored = await tx.customers.get("C-1")
        assert stored is not None
        assert stored.stage is LifecycleStage.ADOPTING
        assert [each.cause for each in await tx.lifecycles.history("C-1")] == ["c1", "c2"]
        told = await tx.lifecycles.by_cause("C-1", "c1")
        assert told is not None
        assert told.facts == {"plan": "pro"}
        assert await tx.lifecycles.by_cause("C-1", "c3") is None
        with pytest.raises(NotFound):
            await tx.lifecycles.record(change.model_copy(update={"customer": "nobody"}))
