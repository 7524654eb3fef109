"""Notion, version 2026-03-11: pages about an account in one data source (section 2).

The data source needs a title and a text property ``Steadfast key``: a page is looked for by its key before it is made.
"""

from datetime import datetime
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.outside import Account, Receipt, SavePage, Standing, System
from models.outside_links import OutsidePage

BASE = "https://api.notion.com/v1"
VERSION = "2026-03-11"
KEY = "Steadfast key"
_TEXT = 2000
_BLOCKS = 100
"""Characters of one text, and blocks of one request."""
_LISTED = 100
"""Pages of one answer: the most that they give."""


class Notion:
    """The knowledge port. ``title``: name of the data source's title property."""

    def __init__(
        self, client: httpx.AsyncClient, *, token: str, data_source: str, title: str = "Name", base: str = BASE
    ) -> None:
        headers = {"authorization": f"Bearer {token}", "notion-version": VERSION}
        self._api = Api(client, System.NOTION, base, setting="STEADFAST_NOTION_TOKEN", headers=headers, secrets=[token])
        self._source, self._title = data_source, title

    async def save_page(self, account: Account, page: SavePage, key: str) -> Receipt:
        """The page under our number; one that is there is left as people have edited it."""
        asked = {"filter": {"property": KEY, "rich_text": {"equals": page.number}}, "page_size": 1}
        found = await self._api.call("POST", f"/data_sources/{self._source}/query", json=asked)
        if found["results"]:
            there = found["results"][0]
            return Receipt(reference=str(there["id"]), said=f"page was there: {there.get('url') or 'no address'}")
        texts = [*page.paragraphs, *(account.lines if page.account else ())]
        blocks = [_paragraph(part) for text in texts for part in _parts(text)]
        made = await self._api.call(
            "POST",
            "/pages",
            json={
                "parent": {"type": "data_source_id", "data_source_id": self._source},
                "properties": {
                    self._title: {"title": [_text(f"{account.title}: {page.title}"[:_TEXT])]},
                    KEY: {"rich_text": [_text(page.number)]},
                },
                "children": blocks[:_BLOCKS],
            },
            repeatable=False,
        )
        for start in range(_BLOCKS, len(blocks), _BLOCKS):
            more = {"children": blocks[start : start + _BLOCKS]}
            await self._api.call("PATCH", f"/blocks/{made['id']}/children", json=more, repeatable=False)
        return Receipt(reference=str(made["id"]), said=f"page created: {made.get('url') or 'no address'}")

    async def pages(self, customer: str) -> tuple[OutsidePage, ...]:
        """Those whose key begins with the customer, to the last page of the listing."""
        asked: dict[str, Any] = {
            "filter": {"property": KEY, "rich_text": {"starts_with": f"{customer}/"}},
            "sorts": [{"timestamp": "last_edited_time", "direction": "descending"}],
            "page_size": _LISTED,
        }
        found: list[OutsidePage] = []
        while True:
            answer = await self._api.call("POST", f"/data_sources/{self._source}/query", json=asked)
            found += [self._page(one) for one in answer["results"]]
            if not answer.get("has_more") or not answer.get("next_cursor"):
                return tuple(found)
            asked["start_cursor"] = answer["next_cursor"]

    def _page(self, one: dict[str, Any]) -> OutsidePage:
        title = ((one.get("properties") or {}).get(self._title) or {}).get("title") or []
        changed = one.get("last_edited_time")
        return OutsidePage(
            url=str(one["url"]),
            title="".join(str(part.get("plain_text", "")) for part in title)[:_TEXT],
            changed_at=datetime.fromisoformat(changed) if isinstance(changed, str) else None,
        )

    async def check(self) -> Standing:
        """``/users/me`` names the bot; the data source must be shared with it and have our property."""

        async def who() -> str:
            found = await self._api.get("/users/me")
            return f"{found.get('name')} in {(found.get('bot') or {}).get('workspace_name')}"

        async def source() -> None:
            found = await self._api.get(f"/data_sources/{self._source}")
            for needed in (KEY, self._title):
                if needed not in (found.get("properties") or {}):
                    raise self._api.rejected(f"the data source has no property '{needed}'")

        return await standing(System.NOTION, who, {"data source shared with the connection": source})


def _parts(text: str) -> list[str]:
    return [text[start : start + _TEXT] for start in range(0, len(text), _TEXT)] or [""]


def _text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": {"content": content}}


def _paragraph(text: str) -> dict[str, Any]:
    return {"object": "block", "type": "paragraph", "paragraph": {"rich_text": [_text(text)] if text else []}}
