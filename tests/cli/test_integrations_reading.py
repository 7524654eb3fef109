"""``integrations visits`` and ``pages``: what FullStory recorded and what Notion keeps of a customer."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.records import Customer
from persistence.store import SqlStore
from starter import main
from tests.integrations.vendor_double import Reply, double

Run = Callable[..., Any]
SEEN = "https://app.fullstory.example/ui/o/session/1:2"


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))

    async def command(*words: str, **env: str) -> tuple[int, str, str]:
        for name, value in env.items():
            monkeypatch.setenv(f"STEADFAST_{name}", value)
        store = SqlStore.open(sqlite_url)
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="Sol", email="ana@sol.example"))
        await store.close()
        code = await asyncio.to_thread(main, ["integrations", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


async def test_visits_by_our_id_and_by_address_only_where_it_is_shared(run: Run) -> None:
    nobody = Reply(200, {"results": []})
    async with double(nobody) as vendor:
        env = {"SESSIONS_FROM": "fullstory", "FULLSTORY_KEY": "k-fullstory", "FULLSTORY_BASE": vendor.base}
        code, out, _ = await run("visits", "C-1", **env)
        assert (code, "No recorded visits of C-1" in out) == (0, True)
        assert [one.query for one in vendor.asked] == [{"uid": "C-1", "limit": "5"}]
        vendor.replies = [
            nobody,
            nobody,
            Reply(200, {"results": [{"app_url": SEEN, "created_time": "2026-05-10T09:30:00Z"}]}),
        ]
        code, out, _ = await run("visits", "C-1", "--json", SHARE="stage,email")
    assert code == 0
    assert json.loads(out) == [{"url": SEEN, "at": "2026-05-10T09:30:00Z"}]
    assert vendor.asked[-1].query["email"] == "ana@sol.example"


async def test_pages_to_the_end_of_the_listing(run: Run) -> None:
    def page(number: int) -> dict[str, Any]:
        return {
            "id": f"p{number}",
            "url": f"https://notion.example/p{number}",
            "last_edited_time": "2026-05-12T12:00:00.000Z",
            "properties": {"Name": {"title": [{"plain_text": "Sol: "}, {"plain_text": f"page {number}"}]}},
        }

    first = {"results": [page(1)], "has_more": True, "next_cursor": "c2"}
    async with double(Reply(200, first), Reply(200, {"results": [page(2)], "has_more": False})) as vendor:
        env = {
            "KNOWLEDGE": "notion",
            "NOTION_TOKEN": "t-notion",
            "NOTION_DATA_SOURCE": "ds1",
            "NOTION_BASE": vendor.base,
        }
        code, out, _ = await run("pages", "C-1", "--json", **env)
        assert code == 0
        assert [(one["title"], one["url"]) for one in json.loads(out)] == [
            ("Sol: page 1", "https://notion.example/p1"),
            ("Sol: page 2", "https://notion.example/p2"),
        ]
        asked, more = (one.json for one in vendor.asked)
        assert asked["filter"] == {"property": "Steadfast key", "rich_text": {"starts_with": "C-1/"}}
        assert more["start_cursor"] == "c2"
        vendor.replies = [Reply(200, {"results": []})]
        assert "No pages about C-1" in (await run("pages", "C-1"))[1]


async def test_who_is_not_there_is_said(run: Run) -> None:
    assert "STEADFAST_SESSIONS_FROM" in (await run("visits", "C-1"))[2]
    assert "STEADFAST_KNOWLEDGE" in (await run("pages", "C-1"))[2]
    async with double(Reply(401, {"message": "bad token t-notion-secret"})) as vendor:
        env = {
            "KNOWLEDGE": "notion",
            "NOTION_TOKEN": "t-notion-secret",
            "NOTION_DATA_SOURCE": "ds1",
            "NOTION_BASE": vendor.base,
        }
        code, _, err = await run("pages", "C-1", **env)
        assert (code, "STEADFAST_NOTION_TOKEN" in err, "t-notion-secret" in err) == (1, True, False)
        code, _, err = await run("pages", "C-404")
    assert (code, "no such customer" in err) == (1, True)
    code, _, err = await run("visits", "C-1", SESSIONS_FROM="fullstory")
    assert (code, "STEADFAST_FULLSTORY_KEY" in err) == (1, True)
