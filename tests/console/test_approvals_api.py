"""Approvals over HTTP: what waits, and an answer in JSON only."""

from datetime import UTC, datetime

from models.approval import Approval, ApprovalKind
from models.enums import Role
from models.records import Csm
from tests.console.kit import Console

ASKED = datetime(2026, 1, 5, tzinfo=UTC)


async def ask(console: Console, **more: object) -> int:
    async with console.store.begin() as tx:
        request = Approval(key="k", kind=ApprovalKind.REPORT, title="April", requested_by="marc", requested_at=ASKED)
        stored = await tx.approvals.ask(request.model_copy(update=more))
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


async def test_a_role_that_is_named_decides_alone(console: Console) -> None:
    number = await ask(console, role=Role.CS_MANAGER, only=True)
    path, yes = f"/api/approvals/{number}", {"approved": True, "by": "lena"}
    refused = await console.http.post(path, json=yes)
    assert (refused.status_code, refused.json()["field"]) == (409, "by")
    assert "nobody of the team is one" in refused.text
    async with console.store.begin() as tx:
        for id_, leads in (("lena", None), ("berta", "lena")):
            await tx.customers.put_csm(Csm(id=id_, name=id_.title(), email=f"{id_}@us.example", manager_id=leads))
    assert (await console.http.post(path, json={**yes, "by": "berta"})).status_code == 409
    assert (await console.http.post(path, json=yes)).json()["decided_by"] == "lena"
