"""``starter.py integrations``: who is connected, what waits, what an operator does; and old answers from a file."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.mixpanel import Mixpanel
from integrations.notion import Notion
from integrations.slack import Slack
from integrations.totango import Totango
from integrations.zendesk import Zendesk
from models.outside import SaveAccount, System
from models.records import Customer
from models.vendor import Ref, VendorEvent
from models.vendor import VendorStatus as Became
from models.vendor_delivery import VendorDelivery, VendorStatus
from persistence.store import SqlStore
from starter import main
from tests.integrations.vendor_double import Reply, double

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
Ran = tuple[int, str, str]


@pytest.fixture
def run(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("STEADFAST_EVENTS_SECRET", "whsec_c3RlYWRmYXN0LXRlc3RzLW9ubHktMzItYnl0ZXM=")

    async def command(*words: str, **env: str) -> Ran:
        for name, value in env.items():
            monkeypatch.setenv(f"STEADFAST_{name}", value)
        code = await asyncio.to_thread(main, ["integrations", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


async def test_nobody_is_configured_and_that_is_fine(run: Callable[..., Any]) -> None:
    code, out, _ = await run("check")
    assert (code, "No outside system" in out) == (0, True)


async def test_check_says_as_whom_and_what_is_missing(run: Callable[..., Any]) -> None:
    ok = Reply(200, {"results": [], "ok": True, "user": "bot", "team": "Us"})
    async with double(ok) as vendor:
        code, out, _ = await run(
            "check",
            "--json",
            CRM="hubspot",
            HUBSPOT_TOKEN="t-hubspot",
            HUBSPOT_BASE=vendor.base,
            CHAT="slack",
            SLACK_TOKEN="t-slack-token",
            SLACK_CHANNEL="C0",
            SLACK_BASE=vendor.base,
        )
        assert code == 0
        assert {one["system"]: one["account"] for one in json.loads(out)} == {
            "hubspot": "HubSpot account of the token",
            "slack": "bot in Us",
        }
        vendor.replies = [Reply(401, {"message": "expired t-hubspot"})]
        code, out, err = await run("check", "--json")
        told = json.loads(out)
    assert code == 1
    assert "not connected: hubspot, slack" in err
    assert "expired [redacted]" in told[0]["error"]


async def test_every_missing_setting_is_a_line(run: Callable[..., Any]) -> None:
    code, _, err = await run("check", CRM="hubspot", CHAT="slack")
    assert code == 1
    assert [line.partition(":")[0] for line in err.splitlines()] == [
        "STEADFAST_HUBSPOT_TOKEN",
        "STEADFAST_SLACK_TOKEN",
        "STEADFAST_SLACK_CHANNEL",
    ]


@pytest.mark.parametrize(
    ("make", "replies", "missing"),
    [
        (
            lambda c, b: HubSpot(c, token="tttttt", base=b),
            [Reply(200, {"results": []})] * 4 + [Reply(403, {"message": "scope"}), Reply(200, {"results": []})],
            "crm.objects.notes.read",
        ),
        (
            lambda c, b: Slack(c, token="tttttt", channel="C0", base=b),
            [
                Reply(200, {"ok": True, "user": "b", "team": "t"}),
                Reply(200, {"ok": False, "error": "channel_not_found"}),
            ],
            "channel C0",
        ),
        (
            lambda c, b: Intercom(c, token="tttttt", admin="9", base=b),
            [Reply(200, {"name": "Eva", "app": {"name": "Us"}})] * 3 + [Reply(404, {})],
            "STEADFAST_INTERCOM_ADMIN",
        ),
        (
            lambda c, b: Zendesk(c, subdomain="u", email="e@x.example", token="tttttt", base=b),
            [Reply(200, {"user": {"id": 1, "name": "Eva", "role": "agent"}}), Reply(403, {}), Reply(200, {})],
            "admin",
        ),
        (
            lambda c, b: Notion(c, token="tttttt", data_source="d", base=b),
            [Reply(200, {"name": "bot", "bot": {"workspace_name": "Us"}}), Reply(200, {"properties": {"Name": {}}})],
            "Steadfast key",
        ),
        (
            lambda c, b: Totango(c, token="tttttt", activity="cs", base=b),
            [Reply(200, [{"activity_type_id": "support"}])],
            "there are support",
        ),
        (lambda c, b: Mixpanel(c, user="u", secret="tttttt", project=7, query=b), [Reply(200, [])], ""),
    ],
)
async def test_a_missing_right_is_named(make: Callable[..., Any], replies: list[Reply], missing: str) -> None:
    async with double(*replies) as vendor, httpx.AsyncClient(trust_env=False) as http:
        found = await make(http, vendor.base).check()
    assert found.connected
    assert found.account
    assert (missing in "; ".join(found.missing)) if missing else not found.missing


async def _waiting(url: str) -> None:
    store = SqlStore.open(url)
    async with store.begin() as tx:
        await tx.customers.put(Customer(id="C-1", name="Sol", email="ana@sol.example"))
        for number, status in enumerate((VendorStatus.PENDING, VendorStatus.FAILED, VendorStatus.UNKNOWN)):
            await tx.vendor_outbox.add(
                VendorDelivery(
                    key=f"k{number}",
                    customer=f"C-{number}",
                    system=System.HUBSPOT,
                    operation=SaveAccount(),
                    status=status,
                    created_at=NOON,
                    next_try=datetime(2099, 1, 1, tzinfo=UTC),
                    response="said so",
                )
            )
        before = await tx.vendor_outbox.circuit(System.HUBSPOT)
        late = datetime(2099, 1, 1, tzinfo=UTC)
        after = before.model_copy(update={"state": "open", "retry_at": late, "reason": "HTTP 503"})
        await tx.vendor_outbox.change(before, after)
    await store.close()


async def test_an_operator_sees_what_waits_and_asks_again(run: Callable[..., Any], sqlite_url: str) -> None:
    assert "Nothing waits" in (await run("status"))[1]
    await _waiting(sqlite_url)
    [told] = json.loads((await run("status", "--json"))[1])["deliveries"]
    assert (told["system"], told["waiting"], told["failed"], told["unknown"]) == ("hubspot", 1, 1, 1)
    assert (told["circuit"]["state"], told["circuit"]["reason"]) == ("open", "HTTP 503")
    assert [one["status"] for one in json.loads((await run("list", "--json"))[1])] == ["pending", "failed", "unknown"]
    assert "1 deliveries" in (await run("retry", "hubspot"))[1]
    assert "2 deliveries" in (await run("retry", "hubspot", "--failed"))[1]
    [told] = json.loads((await run("status", "--json"))[1])["deliveries"]
    assert (told["waiting"], told["failed"], told["circuit"]["state"]) == (2, 0, "closed")


async def test_the_status_is_of_both_directions(run: Callable[..., Any], sqlite_url: str) -> None:
    assert "Everything that came in was understood" in (await run("status"))[1]
    store = SqlStore.open(sqlite_url)
    async with store.begin() as tx:
        for number, became in enumerate((Became.REFUSED, Became.PARKED, Became.PARKED, Became.APPLIED)):
            event = VendorEvent(
                vendor="zendesk", event_id=f"e{number}", kind="k", at=NOON, received_at=NOON, status=became
            )
            await tx.vendor_events.add(event)
        await tx.identities.doubt(Ref(system="zendesk", id="organization:5"), [], NOON)
        await tx.pulls.failed("zendesk", NOON, "HTTP 401")
    await store.close()
    told = json.loads((await run("status", "--json"))[1])
    assert (told["refused_events"], told["parked_events"]) == ({"zendesk": 1}, {"zendesk": 2})
    assert told["open_identity_cases"] == 1
    assert [(one["source"], one["error"]) for one in told["sources"]] == [("zendesk", "HTTP 401")]
    shown = (await run("status"))[1]
    assert "HTTP 401" in shown
    assert "1 accounts wait" in shown


async def test_a_feed_token_is_for_a_customer(run: Callable[..., Any]) -> None:
    code, out, _ = await run("feed-token", "C-1")
    assert (code, "." in out.strip()) == (0, True)
    code, _, err = await run("feed-token", "ana@sol.example")
    assert (code, "e-mail" in err) == (2, True)


async def test_accounts_of_a_platform_page_by_page(run: Callable[..., Any]) -> None:
    first = {"results": [{"id": "v1", "externalId": "C-1", "name": "Sol"}], "next": "p2"}
    second = {"results": [{"id": "v2", "externalId": None, "name": "Luna"}], "next": None}
    async with double(Reply(200, first), Reply(200, second)) as vendor:
        code, out, _ = await run(
            "accounts", "vitally", "--json", WRITE_BACK="vitally", VITALLY_KEY="k-vitally", VITALLY_BASE=vendor.base
        )
    assert code == 0
    assert [(one["external_id"], one["customer"]) for one in json.loads(out)] == [("v1", "C-1"), ("v2", None)]
    assert vendor.asked[1].query["from"] == "p2"
    assert (await run("accounts", "slack"))[0] == 2


EXPORT = """Response ID,Email,Name,Score,Comment,Survey type,Created at,Updated at
101,ana@sol.example,Ana,9,Muy fácil de usar,nps,2025-01-02 10:00:00 UTC,2025-01-03 11:00:00 UTC
102,ana@sol.example,Ana,3,,nps,2025-06-02 10:00:00 UTC,2025-06-02 10:05:00 UTC
103,nobody@else.example,,7,,nps,2025-02-01 10:00:00 UTC,2025-02-01 10:00:00 UTC
104,ana@sol.example,Ana,5,,csat,2025-02-01 10:00:00 UTC,2025-02-01 10:00:00 UTC
105,ana@sol.example,Ana,,,nps,2025-02-01 10:00:00 UTC,2025-02-01 10:00:00 UTC
"""


async def test_old_answers_are_history_and_set_off_nothing(
    run: Callable[..., Any], sqlite_url: str, tmp_path: Path
) -> None:
    await _waiting(sqlite_url)
    file = tmp_path / "delighted.csv"
    file.write_text(EXPORT, encoding="utf-8")
    done = json.loads((await run("import-delighted", str(file), "--json"))[1])
    assert done == {
        "answers": 3,
        "stored": 2,
        "there_before": 0,
        "skipped": 2,
        "unmatched": ["nobody@else.example"],
    }
    again = json.loads((await run("import-delighted", str(file), "--json"))[1])
    assert (again["stored"], again["there_before"]) == (0, 2)
    store = SqlStore.open(sqlite_url)
    async with store.begin() as tx:
        answers = await tx.surveys.of("C-1")
        assert [(one.score, one.submitted_at.isoformat()) for one in answers] == [
            (9, "2025-01-03T11:00:00+00:00"),
            (3, "2025-06-02T10:05:00+00:00"),
        ]
        assert answers[0].feedback == "Muy fácil de usar"
        assert await tx.work.tasks("C-1") == []
        assert await tx.inbox.undelivered(before=datetime(2100, 1, 1, tzinfo=UTC), limit=9) == []
    await store.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Score", "Rating"), "score"),
        (("102,ana@sol.example,Ana,3", "102,ana@sol.example,Ana,12"), "line 3: score"),
        (("101,ana@sol.example", "101,ana"), "line 2: email"),
        (("2025-06-02 10:05:00 UTC", "last week"), "line 3: date"),
        (("2025-06-02 10:05:00 UTC", "2199-06-02 10:05:00 UTC"), "future"),
    ],
)
async def test_a_wrong_file_is_refused_whole(
    run: Callable[..., Any], sqlite_url: str, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    await _waiting(sqlite_url)
    file = tmp_path / "delighted.csv"
    file.write_text(EXPORT.replace(*change), encoding="utf-8")
    code, _, err = await run("import-delighted", str(file))
    assert code == 2
    assert said in err
    store = SqlStore.open(sqlite_url)
    async with store.begin() as tx:
        assert await tx.surveys.of("C-1") == []
    await store.close()
