"""Freshdesk: tickets read by the time of their last change, and health on companies (section 2)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.outside import Account, OutsideTicket, Page, Receipt, Standing, System

_CLOSED = (4, 5)
_PRIORITY = {1: "low", 2: "medium", 3: "high", 4: "urgent"}
_PAGE = 100
_LAST_PAGE = 300
"""Freshdesk lists no deeper; by then the listing is started again from the last change seen."""
HEALTH = ((70.0, "Happy"), (40.0, "Doing okay"), (float("-inf"), "At risk"))
"""Their health is a choice of three by default: from our score, with the domain's bounds (section 14.2)."""


class Freshdesk:
    """The ticket reader; a company is ours by the custom field ``steadfast_customer_id`` or a mapping."""

    def __init__(self, client: httpx.AsyncClient, *, domain: str, key: str, base: str = "") -> None:
        self._api = Api(
            client,
            System.FRESHDESK,
            base or f"https://{domain}.freshdesk.com/api/v2",
            setting="STEADFAST_FRESHDESK_KEY",
            auth=(key, "X"),
            secrets=[key],
        )

    async def tickets(self, since: datetime, cursor: str | None = None) -> Page[OutsideTicket]:
        """Tickets changed since then, oldest change first. The cursor is ``moment|page``."""
        start, number = _cursor(since, cursor)
        found = await self._api.get(
            "/tickets",
            {
                "updated_since": start,
                "order_by": "updated_at",
                "order_type": "asc",
                "per_page": _PAGE,
                "page": number,
                "include": "requester,description,stats",
            },
        )
        items = tuple(_ticket(one) for one in found)
        if len(found) < _PAGE:
            return Page(items=items)
        deeper = f"{start}|{number + 1}" if number < _LAST_PAGE else f"{found[-1]['updated_at']}|1"
        return Page(items=items, next=deeper)

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Health, renewal date and stage of the company that a mapping knows."""
        if account.external_id is None:
            raise self._api.rejected("no Freshdesk company is mapped to this account")
        told: dict[str, Any] = {"custom_fields": {"steadfast_customer_id": account.customer}}
        if account.stage is not None:
            told["custom_fields"]["steadfast_stage"] = account.stage.value
        if account.health_score is not None:
            told["health_score"] = next(name for floor, name in HEALTH if account.health_score >= floor)
        if account.renewal_date is not None:
            told["renewal_date"] = account.renewal_date.isoformat()
        saved = await self._api.call("PUT", f"/companies/{account.external_id}", json=told)
        return Receipt(reference=str(saved["id"]), said="company saved")

    async def check(self) -> Standing:
        """``/agents/me`` names the agent of the key."""

        async def who() -> str:
            found = await self._api.get("/agents/me")
            return str((found.get("contact") or {}).get("name") or found.get("id"))

        rights = {
            "view tickets": partial(self._api.get, "/tickets", {"per_page": 1}),
            "view companies": partial(self._api.get, "/companies", {"per_page": 1}),
        }
        return await standing(System.FRESHDESK, who, rights)


def _cursor(since: datetime, cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), 1
    start, _, number = cursor.partition("|")
    return start, int(number)


def _ticket(one: dict[str, Any]) -> OutsideTicket:
    status: Literal["open", "closed"] = "closed" if one["status"] in _CLOSED else "open"
    stats = one.get("stats") or {}
    closed = stats.get("resolved_at") or stats.get("closed_at")
    return OutsideTicket(
        ticket_id=str(one["id"]),
        requester_email=(one.get("requester") or {}).get("email"),
        company=str(one["company_id"]) if one.get("company_id") else None,
        subject=str(one.get("subject") or "")[:500],
        text=str(one.get("description_text") or "")[:8000],
        status=status,
        priority=_PRIORITY.get(one.get("priority") or 0),
        tags=tuple(str(tag) for tag in (one.get("tags") or [])[:50]),
        created_at=_at(one["created_at"]),
        updated_at=_at(one["updated_at"]),
        closed_at=_at(closed) if closed and status == "closed" else None,
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
