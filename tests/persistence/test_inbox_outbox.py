"""Events in and webhooks out: stored once, whatever is repeated."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.enums import CommunicationStatus, DeliveryStatus, MessageClass
from models.errors import NotFound, Retryable
from models.events import Event
from models.records import Communication, WebhookDelivery
from persistence.store import SqlStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def login(event_id: str = "e-1") -> Event:
    return Event(event_id=event_id, type="user_logged_in", occurred_at=NOW, customer={"id": "C-1", "name": "Ana"})


async def test_two_producers_of_one_event_at_once_store_one_row(store: SqlStore) -> None:
    async def add() -> tuple[int, bool]:
        async with store.begin() as tx:
            row, new = await tx.inbox.add("api", login(), NOW)
            return row.number, new

    results = await asyncio.gather(*(add() for _ in range(8)))
    assert len({number for number, _ in results}) == 1
    assert [new for _, new in results].count(True) == 1


async def test_an_event_id_is_of_its_source(store: SqlStore) -> None:
    async with store.begin() as tx:
        one, _ = await tx.inbox.add("api", login(), NOW)
        other, new = await tx.inbox.add("file", login(), NOW)
        assert new
        assert other.number > one.number


async def test_the_stored_body_is_the_event(store: SqlStore) -> None:
    async with store.begin() as tx:
        row, _ = await tx.inbox.add("api", login(), NOW)
    async with store.read() as tx:
        stored = await tx.inbox.get(row.number)
        assert stored is not None
        assert Event.model_validate_json(stored.body) == login()
        assert stored == row
        assert await tx.inbox.get(row.number + 1) is None


async def test_what_is_not_delivered_is_found_again_oldest_first(store: SqlStore) -> None:
    async with store.begin() as tx:
        for number in range(4):
            await tx.inbox.add("api", login(f"e-{number}"), NOW + timedelta(minutes=number))
        await tx.inbox.delivered(2, NOW)
        await tx.inbox.failed(1, "Temporal is down")
    async with store.begin() as tx:
        waiting = await tx.inbox.undelivered(before=NOW + timedelta(minutes=3), limit=10)
        assert [(row.number, row.attempts, row.error) for row in waiting] == [(1, 1, "Temporal is down"), (3, 0, "")]
        assert len(await tx.inbox.undelivered(before=NOW + timedelta(hours=1), limit=2)) == 2
        await tx.inbox.delivered(1, NOW + timedelta(hours=1))
        delivered = await tx.inbox.get(1)
        assert delivered is not None
        assert (delivered.delivered_at, delivered.error, delivered.attempts) == (NOW + timedelta(hours=1), "", 1)


def delivery(key: str = "k") -> WebhookDelivery:
    return WebhookDelivery(
        key=key, customer="C-1", workflow="onboarding_completed", target="cs_events", payload={"a": [1, None, "é"]},
        status=DeliveryStatus.PENDING, created_at=NOW,
    )  # fmt: skip


async def test_a_webhook_is_stored_once_and_keeps_its_status(store: SqlStore) -> None:
    async with store.begin() as tx:
        first = await tx.outbox.add(delivery())
        assert first == delivery().model_copy(update={"id": first.id})
        await tx.outbox.mark(first.id, DeliveryStatus.DELIVERED, at=NOW, response="200")
    async with store.begin() as tx:
        again = await tx.outbox.add(delivery())
        assert (again.id, again.status, again.delivered_at, again.response) == (first.id, "delivered", NOW, "200")
        assert [each.id for each in await tx.outbox.of("C-1")] == [first.id]
        assert await tx.outbox.get(first.id + 1) is None


async def test_what_was_delivered_stays_delivered(store: SqlStore) -> None:
    async with store.begin() as tx:
        row = await tx.outbox.add(delivery())
        await tx.outbox.mark(row.id, DeliveryStatus.FAILED, at=NOW, response="500")
        assert [each.id for each in await tx.outbox.pending(limit=5)] == []
        await tx.outbox.mark(row.id, DeliveryStatus.DELIVERED, at=NOW, response="200")
        await tx.outbox.mark(row.id, DeliveryStatus.FAILED, at=NOW, response="late")
        stored = await tx.outbox.get(row.id)
        assert stored is not None
        assert stored.status is DeliveryStatus.DELIVERED
        with pytest.raises(NotFound):
            await tx.outbox.mark(row.id + 1, DeliveryStatus.FAILED, at=NOW)


def message(key: str, **changes: object) -> Communication:
    value = Communication(
        key=key, customer="C-1", workflow_id="w", template="welcome_email", channel="email",
        message_class=MessageClass.RELATIONSHIP, language="es", recipient="ana@example.com", subject="Hola",
        text="Hola", message_id=f"<{key}@x>", status=CommunicationStatus.QUEUED, created_at=NOW,
    )  # fmt: skip
    return value.model_copy(update=changes)


async def test_a_message_is_stored_then_moved_on(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.communications.reserve(message("a"))
        assert await tx.communications.by_key("a") == message("a")
        await tx.communications.mark("a", CommunicationStatus.SENDING, at=NOW)
        await tx.communications.mark("a", CommunicationStatus.UNKNOWN, at=NOW, response="connection lost")
        assert [each.key for each in await tx.communications.unknown()] == ["a"]
        await tx.communications.mark("a", CommunicationStatus.SENT, at=NOW, response="250", resent=True)
        assert await tx.communications.by_key("a") == message(
            "a", status=CommunicationStatus.SENT, sent_at=NOW, provider_response="250", resent=True
        )
        assert await tx.communications.unknown() == []
        with pytest.raises(NotFound):
            await tx.communications.mark("b", CommunicationStatus.SENT, at=NOW)


async def test_a_message_is_reserved_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.communications.reserve(message("a"))
    with pytest.raises(Retryable):
        async with store.begin() as tx:
            await tx.communications.reserve(message("a"))


async def test_the_cap_counts_what_was_reserved_and_did_not_fail(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.communications.reserve(message("a"))
        await tx.communications.reserve(message("old", created_at=NOW - timedelta(days=8)))
        await tx.communications.reserve(message("bill", message_class=MessageClass.TRANSACTIONAL))
        await tx.communications.reserve(message("failed", status=CommunicationStatus.FAILED))
        await tx.communications.reserve(message("other", customer="C-2"))
        since = NOW - timedelta(days=7)
        classes = (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
        assert await tx.communications.count_since("C-1", since, classes) == 1
        assert [each.key for each in await tx.communications.of("C-1")] == ["old", "a", "bill", "failed"]


async def test_two_sends_at_once_cannot_both_take_the_last_place(store: SqlStore) -> None:
    async def send(key: str) -> bool:
        async with store.begin() as tx:
            if await tx.communications.count_since("C-1", NOW, [MessageClass.RELATIONSHIP]) >= 1:
                return False
            await asyncio.sleep(0)
            await tx.communications.reserve(message(key))
            return True

    assert (await asyncio.gather(*(send(f"m{number}") for number in range(6)))).count(True) == 1


async def test_a_suppressed_address_stays_so_however_it_is_written(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.communications.suppress("Ana@Example.com ", "unsubscribed", NOW)
        await tx.communications.suppress("ana@example.com", "bounced", NOW)
        assert await tx.communications.suppressed("ANA@example.com") == "unsubscribed"
        assert await tx.communications.suppressed("bea@example.com") is None
