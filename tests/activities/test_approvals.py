"""A named person's yes or no: once, by somebody else than who asked, and told to waiting plays."""

from datetime import UTC, datetime

import pytest

from activities.approvals import decide
from activities.runs import RunActivities
from models.approval import Approval, ApprovalKind, ApprovalStatus, Verdict
from models.enums import Plan, RunStatus
from models.errors import NotFound, Refused
from models.events import Event
from models.play import RunRecord
from models.records import Customer
from persistence.store import SqlStore

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
YES, NO = Verdict(approved=True, by="lena"), Verdict(approved=False, by="lena", reason="too much")


async def asked(store: SqlStore, **more: object) -> Approval:
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", plan=Plan.PRO))
        request = Approval(
            key="save:C-1:1|1|offer",
            kind=ApprovalKind.SAVE_OFFER,
            customer="C-1",
            title="20 % for three months",
            detail={"percent": 20},
            requested_by="marc",
            requested_at=NOW,
        )
        return await tx.approvals.ask(request.model_copy(update=more))


async def said(store: SqlStore) -> list[Event]:
    async with store.read() as tx:
        rows = await tx.inbox.undelivered(before=NOW.replace(year=2030), limit=10)
    return [Event.model_validate_json(row.body) for row in rows]


async def test_a_request_is_stored_once_and_decided_once(store: SqlStore) -> None:
    first = await asked(store)
    again = await asked(store, title="another title")
    assert (again.number, again.title) == (first.number, "20 % for three months")
    for _ in range(2):
        async with store.begin() as tx:
            decided = await decide(tx, first.number, YES, NOW)
        assert (decided.status, decided.decided_by) == (ApprovalStatus.APPROVED, "lena")
    (event,) = await said(store)
    assert event.type == "approval_decided"
    assert event.data["kind"] == "save_offer"
    assert event.data["approved"] is True
    with pytest.raises(Refused, match="lena decided already"):
        async with store.begin() as tx:
            await decide(tx, first.number, NO, NOW)
    async with store.read() as tx:
        assert await tx.approvals.requests(status=ApprovalStatus.PENDING) == []
        assert [one.status for one in await tx.approvals.requests(customer="C-1")] == [ApprovalStatus.APPROVED]


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict(approved=True, by="Marc"), "whoever asked cannot decide"),
        (Verdict(approved=False, by="lena"), "a refusal says why"),
    ],
)
async def test_what_is_no_decision_changes_nothing(store: SqlStore, verdict: Verdict, says: str) -> None:
    request = await asked(store)
    with pytest.raises(Refused, match=says):
        async with store.begin() as tx:
            await decide(tx, request.number, verdict, NOW)
    async with store.read() as tx:
        stored = await tx.approvals.get(request.number)
    assert stored is not None
    assert stored.status is ApprovalStatus.PENDING
    assert await said(store) == []


async def test_what_concerns_no_customer_is_told_to_nobody(store: SqlStore) -> None:
    request = await asked(store, key="report:2026-04", kind=ApprovalKind.REPORT, customer="")
    async with store.begin() as tx:
        await decide(tx, request.number, NO, NOW)
    assert await said(store) == []
    with pytest.raises(NotFound):
        async with store.begin() as tx:
            await decide(tx, 999, YES, NOW)


async def test_what_a_run_asked_and_nobody_decided_goes_with_the_run(store: SqlStore) -> None:
    mine = await asked(store, workflow_id="save:C-1:1")
    decided = await asked(store, key="save:C-1:1|1|other", workflow_id="save:C-1:1")
    async with store.begin() as tx:
        await decide(tx, decided.number, YES, NOW)
    record = RunRecord(
        workflow_id="save:C-1:1", customer="C-1", process="save", playbook="save.x", version=1, fingerprint="f",
        status=RunStatus.EXITED, reason="the customer left", started=NOW, ended=NOW,
    )  # fmt: skip
    await RunActivities(store).close_run(record)
    async with store.read() as tx:
        stand = {one.number: one.status for one in await tx.approvals.requests(customer="C-1")}
    assert stand == {mine.number: ApprovalStatus.WITHDRAWN, decided.number: ApprovalStatus.APPROVED}
    with pytest.raises(Refused, match="nothing is left to decide: the customer left"):
        async with store.begin() as tx:
            await decide(tx, mine.number, YES, NOW)
