"""Calls that steps make to outside systems take turns, across all workers."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.circuits import Circuits
from models.errors import Retryable
from models.outside import System
from persistence.store import SqlStore

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


async def test_all_workers_together_ask_no_faster_than_they_may(store: SqlStore) -> None:
    clock = [NOON]
    rates = {System.CALENDLY: 0.5}
    circuits = [Circuits(store, lambda: clock[0], rates) for _ in range(2)]

    async def asked() -> str:
        return "answer"

    async with store.begin() as tx:
        for count in range(4):  # others took the next eight seconds
            wait = await tx.vendor_outbox.slot(
                System.CALENDLY, clock[0], every=timedelta(seconds=2), longest=timedelta(minutes=1)
            )
            assert wait == timedelta(seconds=2 * count)
    for one in circuits:
        with pytest.raises(Retryable) as told:
            await one.call(System.CALENDLY, asked)
        assert told.value.after == timedelta(seconds=8), "what is not taken costs nobody a turn"
    clock[0] += timedelta(seconds=8)
    assert await circuits[0].call(System.CALENDLY, asked) == "answer"
    async with store.begin() as tx:
        assert (await tx.vendor_outbox.circuit(System.CALENDLY)).failures == 0
        turn = await tx.vendor_outbox.slot(
            System.CALENDLY, clock[0], every=timedelta(seconds=2), longest=timedelta(minutes=1)
        )
    assert turn == timedelta(seconds=2)
