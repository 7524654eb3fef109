"""Keys, the worker's lease, caught mail, and the list of customers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import pytest

from models.enums import LifecycleStage, Plan, RunStatus, Segment
from models.errors import BadInput, Refused
from models.play import OnboardingRecord, RunRecord
from models.records import Csm, Customer
from persistence.caught_mail import CaughtMailStore
from persistence.engine import Database
from persistence.keys import DESTROYED, CustomerKeyStore
from persistence.lease import LEASE, WorkerLease
from persistence.portfolio import Portfolio
from persistence.store import SqlStore

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_of_two_keys_made_at_once_one_is_kept(database: Database) -> None:
    keys = CustomerKeyStore(database)
    assert await keys.get("C-1") is None
    stored = await asyncio.gather(keys.create("C-1", b"one"), keys.create("C-1", b"two"))
    assert stored[0] == stored[1] == await keys.get("C-1")


async def test_a_destroyed_key_is_told_from_one_that_never_was_and_a_new_one_may_follow(database: Database) -> None:
    keys = CustomerKeyStore(database)
    await keys.create("C-1", b"one")
    await keys.destroy("C-1")
    await keys.destroy("C-1")
    assert await keys.get("C-1") == DESTROYED
    assert await keys.create("C-1", b"two") == b"two"
    await keys.destroy("never")
    assert await keys.get("never") == DESTROYED


async def test_one_worker_host_at_a_time_on_sqlite(database: Database) -> None:
    lease = WorkerLease(database)
    await lease.acquire("a", NOW)
    await lease.acquire("a", NOW + LEASE / 2)
    late = NOW + LEASE + timedelta(seconds=1)
    if database.dialect == "sqlite":
        with pytest.raises(Refused, match="'a'"):
            await lease.acquire("b", late)
    else:
        await lease.acquire("b", late)
    await lease.acquire("b", NOW + 2 * LEASE)
    await lease.release("a")
    await lease.release("b")
    await lease.acquire("c", NOW)


async def test_caught_mail_is_read_newest_first_in_pages(database: Database) -> None:
    box = CaughtMailStore(database)
    for number in range(5):
        await box.add(
            received_at=NOW, envelope_from="us@example.com", envelope_to=["ana@example.com", "b@example.com"],
            message_id=f"<{number}@x>", subject="Hola ñ", raw=b"From: us\r\n\r\n\x00\xff",
        )  # fmt: skip
    first = await box.page(2)
    assert [mail.message_id for mail in first] == ["<4@x>", "<3@x>"]
    assert first[0].raw == b""
    assert [mail.message_id for mail in await box.page(9, before_id=first[-1].id)] == ["<2@x>", "<1@x>", "<0@x>"]
    whole = await box.get(first[0].id)
    assert whole is not None
    assert whole.raw == b"From: us\r\n\r\n\x00\xff"
    assert whole.envelope_to == ("ana@example.com", "b@example.com")
    assert await box.get(99) is None


async def test_the_list_of_customers_tells_what_runs_for_each(store: SqlStore, database: Database) -> None:
    async with store.begin() as tx:
        await tx.customers.put_csm(Csm(id="csm-1", name="Marta", email="m@example.com"))
        for number in range(5):
            stage = LifecycleStage.TRIAL if number else LifecycleStage.ONBOARDING
            await tx.customers.put(Customer(id=f"C-{number}", name=f"Company {number}", plan=Plan.PRO, stage=stage))
        await tx.customers.assign("C-0", "csm-1")
        for n, status in enumerate([RunStatus.RUNNING, RunStatus.RUNNING, RunStatus.COMPLETED]):
            run = RunRecord(
                workflow_id=f"w{n}", customer="C-0", process="sequence", playbook="p", version=1, fingerprint="f",
                status=status, started=NOW,
            )  # fmt: skip
            await (tx.runs.open(run) if status is RunStatus.RUNNING else tx.runs.close(run))
        for cycle in (1, 2):
            await tx.onboardings.save(
                OnboardingRecord(
                    customer="C-0", cycle=cycle, program="p", version=1, status="in_progress", started=NOW,
                    completed_steps=(), current_step=None, progress=cycle * 20, milestones={}, late=(), blockers=(),
                    last_progress=NOW,
                )
            )  # fmt: skip
    portfolio = Portfolio(database)
    page = await portfolio.page(limit=2)
    first = page.rows[0]
    assert (first.id, first.csm_name, first.running, first.progress) == ("C-0", "Marta", 2, 40)
    assert (first.segment, first.onboarding_status) == (Segment.MID_MARKET, "in_progress")
    assert (page.rows[1].running, page.rows[1].progress) == (0, None)
    seen = [row.id for row in page.rows]
    while page.after is not None:
        page = await portfolio.page(limit=2, after=page.after)
        seen += [row.id for row in page.rows]
    assert seen == [f"C-{number}" for number in range(5)]
    assert await portfolio.stages() == {"onboarding": 1, "trial": 4}
    assert (await portfolio.customers(), await portfolio.running()) == (5, 2)


class Narrowing(TypedDict, total=False):
    search: str
    stage: LifecycleStage
    csm_id: str


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "ACME"}, ["C-1"]),
        ({"search": "C-"}, ["C-1", "C-2"]),
        ({"search": "100%"}, ["C-2"]),
        ({"search": "%"}, ["C-2"]),
        ({"stage": LifecycleStage.TRIAL}, ["C-1"]),
        ({"csm_id": "nobody"}, []),
    ],
)
async def test_the_list_can_be_narrowed(
    store: SqlStore, database: Database, asked: Narrowing, expected: list[str]
) -> None:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Acme", stage=LifecycleStage.TRIAL))
        await tx.customers.put(Customer(id="C-2", name="100% Bots"))
    assert [row.id for row in (await Portfolio(database).page(**asked)).rows] == expected


@pytest.mark.parametrize("limit", [0, 201])
async def test_a_page_has_bounds(database: Database, limit: int) -> None:
    with pytest.raises(BadInput, match="limit"):
        await Portfolio(database).page(limit=limit)
