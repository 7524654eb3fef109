"""A transaction is there as a whole or not at all, and says what a failure means."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.errors import BadInput, NotFound, Refused, Retryable
from models.play import OnboardingRecord
from models.records import Customer
from models.run import StepResult
from persistence import engine as engine_module
from persistence.engine import Database
from persistence.store import SqlStore
from persistence.tables.customers import customer

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_a_crash_inside_a_transaction_leaves_nothing(store: SqlStore) -> None:
    async def crashes() -> None:
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1"))
            await tx.effects.put("k", "w", StepResult(status="done"), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await crashes()
    async with store.begin() as tx:
        assert await tx.customers.get("C-1") is None
        assert await tx.effects.get("k") is None


async def test_a_cancelled_transaction_leaves_nothing_and_frees_the_next(store: SqlStore) -> None:
    entered = asyncio.Event()

    async def hangs() -> None:
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1"))
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hangs())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.begin() as tx:
        assert await tx.customers.get("C-1") is None


async def test_many_writers_at_once_all_get_their_turn(store: SqlStore) -> None:
    async def write(number: int) -> None:
        async with store.begin() as tx:
            await tx.customers.put(Customer(id=f"C-{number}"))

    await asyncio.gather(*(write(number) for number in range(40)))
    async with store.read() as tx:
        assert len((await tx.connection.execute(select(customer.c.id))).all()) == 40


async def test_a_reader_sees_one_state_and_waits_for_no_writer(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Before"))
    async with store.read() as reading:
        before = await reading.customers.get("C-1")
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="After"))
        assert await reading.customers.get("C-1") == before
    async with store.read() as reading:
        after = await reading.customers.get("C-1")
    assert after is not None
    assert after.name == "After"


async def test_a_second_result_for_a_key_is_refused_and_undoes_its_transaction(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.effects.put("k", "w", StepResult(status="done", reason="first"), NOW)

    async def again() -> None:
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1"))
            await tx.effects.put("k", "w", StepResult(status="done", reason="second"), NOW)

    with pytest.raises(Retryable):
        await again()
    async with store.begin() as tx:
        kept = await tx.effects.get("k")
        assert kept is not None
        assert kept.reason == "first"
        assert await tx.customers.get("C-1") is None


async def test_a_row_of_nobody_is_not_found(store: SqlStore) -> None:
    record = OnboardingRecord(
        customer="nobody", cycle=1, program="p", version=1, status="in_progress", started=NOW, completed_steps=(),
        current_step=None, progress=0, milestones={}, late=(), blockers=(), last_progress=NOW,
    )  # fmt: skip
    with pytest.raises(NotFound):
        async with store.begin() as tx:
            await tx.onboardings.save(record)


async def test_moments_and_amounts_come_back_as_they_went(store: SqlStore) -> None:
    madrid = timezone(timedelta(hours=2))
    value = Customer(
        id="C-1", mrr=Decimal("12345678901.10"), stage_since=datetime(2026, 7, 1, 12, 0, 0, 1, madrid), cycle=3
    )
    async with store.begin() as tx:
        await tx.customers.put(value)
    async with store.read() as tx:
        stored = await tx.customers.get("C-1")
    assert stored is not None
    assert stored == value
    assert str(stored.mrr) == "12345678901.10"
    assert stored.stage_since is not None
    assert stored.stage_since.tzinfo == UTC


async def test_a_naive_moment_is_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with store.begin() as tx:
            await tx.facts.add_login("C-1", datetime(2026, 1, 1), "k")  # noqa: DTZ001 (what must not pass)


async def test_text_that_postgresql_cannot_hold_is_bad_input(postgres_url: str) -> None:
    store = SqlStore.open(postgres_url)
    with pytest.raises(BadInput):
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="nul \0 character"))
    await store.close()


async def test_a_locked_sqlite_file_is_retryable(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "BUSY_MILLISECONDS", 50)
    one, other = SqlStore.open(sqlite_url), SqlStore.open(sqlite_url)
    async with one.begin():
        with pytest.raises(Retryable, match="locked"):
            async with other.begin():
                pass
    async with other.begin():
        pass
    await one.close()
    await other.close()


async def test_a_transaction_begun_inside_another_is_refused_instead_of_waiting_for_ever(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "QUEUE_SECONDS", 0.05)
    store = SqlStore.open(sqlite_url)
    async with store.begin():
        with pytest.raises(Retryable):
            async with store.begin():
                pass
    await store.close()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/nothing", "sqlite:////nonexistent/folder/x.db"])
async def test_a_database_that_cannot_be_reached_is_retryable(url: str) -> None:
    database = Database.open(url)
    with pytest.raises(Retryable):
        async with database.write():
            pass
    await database.close()


async def test_sqlite_is_opened_so_that_an_acknowledged_row_survives(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    async with database.read() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 10_000]
    await database.close()


async def test_nobody_cannot_be_assigned_a_manager(store: SqlStore) -> None:
    with pytest.raises(Refused):
        async with store.begin() as tx:
            await tx.customers.assign("nobody", "csm-1")
