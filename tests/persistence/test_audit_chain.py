"""The audit log is one chain: what is changed, removed, slipped in or forked is found, on both databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from sqlalchemy import create_engine, delete, insert, text, update
from sqlalchemy.exc import IntegrityError

from models.audit import BEGINNING, AuditLink, Verified, Walk
from persistence import audit as audit_rows
from persistence import migrate
from persistence.store import SqlStore
from persistence.tables.audit import audit_link
from persistence.tables.operations import audit_log
from tests.cli.kit import Run, run

AT = datetime(2026, 3, 1, 12, 0, 0, 123, tzinfo=UTC)
VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"
BEFORE = f"{int(next(VERSIONS.glob('*_audit_chain.py')).name[:4]) - 1:04d}"
__all__ = ["run"]


async def _filled(store: SqlStore, acts: int = 5) -> None:
    for number in range(1, acts + 1):
        async with store.begin() as tx:
            detail: dict[str, JsonValue] = {
                "reason": f"año {number} — «sí»",
                "share": 0.1 + number,
                "none": None,
                "deep": {"b": [1], "a": 2},
            }
            await tx.audit.add(AT + timedelta(minutes=number), "Ana", "did_it", "C-1", detail)


async def _verified(store: SqlStore, expected: AuditLink | None = None) -> Verified:
    walk = Walk(expected)
    async with store.read() as tx:
        async for row in tx.audit.rows():
            if not walk.follow(row):
                break
    return walk.verified()


async def test_every_act_is_chained_to_the_one_before(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_rows, "_PAGE", 2)
    await _filled(store)
    found = await _verified(store)
    assert (found.whole, found.entries) == (True, 5)
    assert found.head is not None
    assert (await _verified(store, found.head)).whole
    async with store.read() as tx:
        assert [one.number for one in await tx.audit.latest(2)] == [4, 5]
        assert (await tx.audit.of("C-1"))[0].detail["reason"] == "año 1 — «sí»"


async def test_an_empty_log_is_whole(store: SqlStore) -> None:
    assert (await _verified(store)).whole


TAMPERED = {
    "another actor": (update(audit_log).where(audit_log.c.number == 3).values(actor="Eva"), 3, "content"),
    "another moment": (
        update(audit_log).where(audit_log.c.number == 3).values(at=AT + timedelta(microseconds=1)), 3, "content",
    ),
    "another detail": (update(audit_log).where(audit_log.c.number == 5).values(detail={"reason": "x"}), 5, "content"),
    "a removed row": (delete(audit_log).where(audit_log.c.number == 2), 2, "removed"),
    "the last row removed": (delete(audit_log).where(audit_log.c.number == 5), 5, "removed"),
    "a removed link": (delete(audit_link).where(audit_link.c.number == 4), 4, "no link"),
    "another link": (update(audit_link).where(audit_link.c.number == 4).values(sha256="a" * 64), 4, "content"),
    "a row slipped in": (
        insert(audit_log).values(at=AT, actor="Eva", action="x", subject="*", detail={}), 6, "no link",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
async def test_what_was_tampered_with_is_named(store: SqlStore, case: str) -> None:
    await _filled(store)
    statement, number, reason = TAMPERED[case]
    async with store.begin() as tx:
        await tx.connection.execute(statement)
    found = await _verified(store)
    assert found.broken is not None
    assert found.broken.number == number
    assert reason in found.broken.reason
    assert found.entries == number - 1


async def test_a_row_removed_with_its_link_is_missed_by_the_next(store: SqlStore) -> None:
    await _filled(store)
    async with store.begin() as tx:
        await tx.connection.execute(delete(audit_log).where(audit_log.c.number == 2))
        await tx.connection.execute(delete(audit_link).where(audit_link.c.number == 2))
    found = await _verified(store)
    assert found.broken is not None
    assert (found.broken.number, "does not follow" in found.broken.reason) == (3, True)


async def test_an_end_cut_off_is_missed_by_whoever_noted_a_link(store: SqlStore) -> None:
    await _filled(store)
    noted = (await _verified(store)).head
    assert noted is not None
    async with store.begin() as tx:
        for table in (audit_log, audit_link):
            await tx.connection.execute(delete(table).where(table.c.number > 3))
    assert (await _verified(store)).whole
    found = await _verified(store, noted)
    assert found.broken is not None
    assert found.broken.number == 5
    await _filled(store, 2)  # written again, as if nothing had been
    assert not (await _verified(store, noted)).whole


async def test_writers_at_once_make_one_chain(store: SqlStore) -> None:
    async def act(number: int) -> None:
        async with store.begin() as tx:
            await tx.audit.add(AT, f"writer {number}", "did_it", "*", {"n": number})
            await asyncio.sleep(0)
            await tx.audit.add(AT, f"writer {number}", "did_more", "*", {"n": number})

    await asyncio.gather(*(act(number) for number in range(12)))
    found = await _verified(store)
    assert (found.whole, found.entries) == (True, 24)


async def _broken_off(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.audit.add(AT, "Ana", "did_it", "*", {})
        raise ZeroDivisionError


async def test_an_act_that_is_rolled_back_leaves_no_link(store: SqlStore) -> None:
    await _filled(store, 2)
    with pytest.raises(ZeroDivisionError):
        await _broken_off(store)
    await _filled(store, 1)
    found = await _verified(store)
    assert (found.whole, found.entries) == (True, 3)


async def test_the_database_refuses_a_fork(store: SqlStore) -> None:
    await _filled(store, 2)
    with pytest.raises(Exception) as refused:
        async with store.begin() as tx:
            await tx.connection.execute(insert(audit_link).values(number=9, previous=BEGINNING, sha256="b" * 64))
    assert isinstance(refused.value.__cause__ or refused.value, IntegrityError)


def test_rows_from_before_the_chain_are_chained(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    migrate.upgrade(url, BEFORE)
    with create_engine(url).begin() as connection:
        for number in range(3):
            connection.execute(
                text(
                    "INSERT INTO audit_log (at, actor, action, subject, detail) VALUES (:at, 'Ana', 'x', '*', :detail)"
                ),
                {"at": f"2026-01-0{number + 1} 10:00:00.000000", "detail": json.dumps({"número": number})},
            )
    migrate.upgrade(url)

    async def check() -> Verified:
        store = SqlStore.open(url)
        try:
            await _filled(store, 1)
            return await _verified(store)
        finally:
            await store.close()

    found = asyncio.run(check())
    assert (found.whole, found.entries) == (True, 4)


async def test_rows_from_before_the_chain_are_chained_on_postgresql(postgres_url: str) -> None:
    """The migration's hash is the code's, whatever the database gives back."""
    store = SqlStore.open(postgres_url)
    await _filled(store, 3)
    await store.close()
    await asyncio.to_thread(migrate.downgrade, postgres_url, BEFORE)
    await asyncio.to_thread(migrate.upgrade, postgres_url)
    store = SqlStore.open(postgres_url)
    found = await _verified(store)
    await store.close()
    assert (found.whole, found.entries) == (True, 3)


def test_on_the_command_line(run: Run, sqlite_url: str) -> None:
    async def act() -> None:
        store = SqlStore.open(sqlite_url)
        await _filled(store, 3)
        await store.close()

    asyncio.run(act())
    said = run("audit", "verify", "--json")
    found = json.loads(said.out)
    assert (said.code, found["whole"], found["entries"]) == (0, True, 3)
    noted = f"{found['head']['number']}:{found['head']['sha256']}"
    assert run("audit", "verify", "--expect", noted).code == 0
    assert [one["number"] for one in json.loads(run("audit", "list", "C-1", "--json").out)] == [1, 2, 3]
    assert json.loads(run("audit", "list", "C-2", "--json").out) == []
    assert "did_it" in run("audit", "list", "--limit", "1").out

    with create_engine(sqlite_url.replace("+aiosqlite", "")).begin() as connection:
        connection.execute(text("UPDATE audit_log SET actor = 'Eva' WHERE number = 2"))
    said = run("audit", "verify")
    assert said.code == 1
    assert "broken at number 2" in said.out

    wrong = run("audit", "verify", "--expect", "3")
    assert wrong.code == 2
    assert "--expect" in wrong.err
