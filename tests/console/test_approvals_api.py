"""Approvals over HTTP: what waits, and an answer in JSON only."""

from datetime import UTC, datetime

from models.approval import Approval, ApprovalKind
from tests.console.kit import Console

ASKED = datetime(2026, 1, 5, tzinfo=UTC)


async def ask(console: Console) -> int:
    async with console.store.begin() as tx:
        stored = await tx.approvals.ask(
            Approval(
                key="k", kind=ApprovalKind.REPORT, title="April", requested_by="marc", requested_at=ASKED
            )
        )  # fmt: skip
    return stored.number


async def test_what_waits_is_listed_and_decided(console: Console) -> None:
    number = await ask(console)
    listed = (await console.http.get("/api/approvals")).json()["approvals"]
    assert [(one["number"], one["title"], one["status"]) for one in listed] == [(number, "April", "pending")]
    answer = await console.http.post(f"/api/approvals/{number}", json={"approved": True, "by": "lena"})
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    assert (await console.http.get("/api/approvals")).json() == {"approvals": []}


async def test_what_is_wrong_is_refused_by_name(console: Console) -> None:
    number = await ask(console)
    path = f"/api/approvals/{number}"
    form = await console.http.post(path, data={"approved": "true", "by": "lena"})
    assert (form.status_code, form.json()["field"]) == (422, "content-type")
    for body, field in (({"approved": "yes", "by": "l"}, "approved"), ({"approved": True}, "by"), ([], "body")):
        answer = await console.http.post(path, json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    own = await console.http.post(path, json={"approved": True, "by": "marc"})
    assert own.status_code == 409
    assert (await console.http.post("/api/approvals/999", json={"approved": True, "by": "l"})).status_code == 404
