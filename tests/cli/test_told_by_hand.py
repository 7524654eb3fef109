"""What a person changes from the command line or the console is told outside like what a play changes."""

import asyncio
import json
from pathlib import Path

import pytest

from console.app import compose
from models.approval import ApprovalStatus
from models.outside import PostChat
from models.records import Customer
from models.vendor_delivery import VendorDelivery
from persistence.store import SqlStore
from settings import load
from tests.cli.kit import Run

STAGE = ("stage", "C-1", "at_risk", "--by", "marta", "--reason", "she called")


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> str:
    """Slack is configured (nothing is called), and there is a customer."""
    monkeypatch.setenv("STEADFAST_EVENTS_SECRET", "whsec_c3RlYWRmYXN0LXRlc3RzLW9ubHktMzItYnl0ZXM=")
    monkeypatch.setenv("STEADFAST_CHAT", "slack")
    monkeypatch.setenv("STEADFAST_SLACK_TOKEN", "xoxb-a-secret-token")
    monkeypatch.setenv("STEADFAST_SLACK_CHANNEL", "C0")

    async def put() -> None:
        store = SqlStore.open(sqlite_url)
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="Sol", email="ana@sol.example"))
        await store.close()

    asyncio.run(put())
    return sqlite_url


def outbox(url: str) -> list[VendorDelivery]:
    async def read() -> list[VendorDelivery]:
        store = SqlStore.open(url)
        async with store.read() as tx:
            found = await tx.vendor_outbox.of("C-1")
        await store.close()
        return found

    return asyncio.run(read())


def test_a_request_by_hand_is_posted_with_buttons(run: Run, chat: str) -> None:
    assert run(*STAGE).code == 0
    [row] = outbox(chat)
    assert isinstance(row.operation, PostChat)
    assert [button.label for button in row.operation.buttons][:2] == ["Approve", "Refuse"]
    assert run(*STAGE).code == 0
    assert len(outbox(chat)) == 1


def test_with_wrong_settings_one_may_look_and_nothing_changes(
    run: Run, chat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEADFAST_SLACK_CHANNEL", "")
    looked = run("approvals", "list", "--json")
    assert (looked.code, json.loads(looked.out)) == (0, [])
    changed = run(*STAGE)
    assert changed.code == 1
    assert "STEADFAST_SLACK_CHANNEL" in changed.err
    assert json.loads(run("approvals", "list", "--json").out) == []


def test_the_console_tells_as_well(chat: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    assert run(*STAGE).code == 0

    async def decide() -> None:
        async with compose(load()) as deps, deps.store.begin() as tx:
            [asked] = await tx.approvals.requests()
            decided = asked.model_copy(update={"status": ApprovalStatus.APPROVED, "decided_by": "lena"})
            assert await tx.approvals.settle(decided)

    asyncio.run(decide())
    assert [row.status.value for row in outbox(chat)] == ["skipped"], "answered before it was posted"
