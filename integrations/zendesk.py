"""Zendesk: tickets read by the incremental cursor, and stage and health on organisations (section 2)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.ids import delivery_key
from models.outside import Account, AddNote, OutsideTicket, Page, Receipt, Standing, System

_CLOSED = frozenset(("solved", "closed"))
_CSAT = {"good": 5, "bad": 1}


class Zendesk:
    """The ticket reader; an organisation is ours by its ``external_id``."""

    def __init__(self, client: httpx.AsyncClient, *, subdomain: str, email: str, token: str, base: str = "") -> None:
        self._api = Api(
            client,
            System.ZENDESK,
            base or f"https://{subdomain}.zendesk.com/api/v2",
            setting="STEADFAST_ZENDESK_TOKEN",
            auth=(f"{email}/token", token),
            secrets=[token],
        )

    async def tickets(self, since: datetime, cursor: str | None = None) -> Page[OutsideTicket]:
        """Tickets changed since then, oldest change first, with requesters and organisations side by side.

        ``next`` is there on the last page too: it is where to go on next time. The end is a page without items.
        """
        params: dict[str, str | int] = {"per_page": 100, "include": "users,organizations"}
        params |= {"cursor": cursor} if cursor else {"start_time": int(since.timestamp())}
        found = await self._api.get("/incremental/tickets/cursor", params)
        people = {one["id"]: one for one in found.get("users") or []}
        companies = {one["id"]: one for one in found.get("organizations") or []}
        items = tuple(_ticket(one, people, companies) for one in found["tickets"] if one.get("status") != "deleted")
        return Page(items=items, next=found.get("after_cursor"))

    async def create_ticket(self, account: Account, subject: str, text: str, key: str) -> Receipt:
        """A ticket of the organisation; a repeat under the same key is the same ticket."""
        ticket: dict[str, Any] = {
            "subject": subject,
            "comment": {"body": text, "public": False},
            "external_id": delivery_key(key),
            "tags": ["steadfast"],
        }
        if account.email:
            ticket["requester"] = {"email": account.email, "name": account.first_name or account.title}
        made = await self._api.call(
            "POST", "/tickets", json={"ticket": ticket}, headers={"idempotency-key": delivery_key(key)}
        )
        return Receipt(reference=str(made["ticket"]["id"]), said="ticket created")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note about an account is a ticket of its own, private and solved."""
        return await self.create_ticket(account, note.title, note.text, key)

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Stage and health as fields of the organisation."""
        fields = {
            "steadfast_stage": account.stage,
            "steadfast_health_score": account.health_score,
            "steadfast_health_grade": account.health_grade,
        }
        told: dict[str, object] = {name: str(value) for name, value in fields.items() if value is not None}
        organisation = {"external_id": account.customer, "name": account.title, "organization_fields": told}
        saved = await self._api.call("POST", "/organizations/create_or_update", json={"organization": organisation})
        return Receipt(reference=str(saved["organization"]["id"]), said="organisation saved")

    async def check(self) -> Standing:
        """``/users/me`` answers an anonymous user where the credentials are wrong."""

        async def who() -> str:
            found = (await self._api.get("/users/me"))["user"]
            if not found.get("id"):
                raise self._api.rejected("the credentials are not recognised")
            return f"{found.get('name')} ({found.get('role')})"

        rights = {
            "read tickets (an admin, for the incremental export)": partial(
                self._api.get, "/incremental/tickets/cursor", {"start_time": 1, "per_page": 1}
            ),
            "read organisations": partial(self._api.get, "/organizations", {"page[size]": 1}),
        }
        return await standing(System.ZENDESK, who, rights)


def _ticket(one: dict[str, Any], people: dict[int, Any], companies: dict[int, Any]) -> OutsideTicket:
    requester = people.get(one.get("requester_id") or 0) or {}
    company = companies.get(one.get("organization_id") or 0) or {}
    status: Literal["open", "closed"] = "closed" if one["status"] in _CLOSED else "open"
    updated = _at(one["updated_at"])
    return OutsideTicket(
        ticket_id=str(one["id"]),
        requester_email=requester.get("email"),
        company=str(company["id"]) if company else None,
        external_id=company.get("external_id") or requester.get("external_id"),
        subject=str(one.get("subject") or "")[:500],
        text=str(one.get("description") or "")[:8000],
        status=status,
        priority=one.get("priority"),
        tags=tuple(str(tag) for tag in (one.get("tags") or [])[:50]),
        csat=_CSAT.get((one.get("satisfaction_rating") or {}).get("score") or ""),
        created_at=_at(one["created_at"]),
        updated_at=updated,
        closed_at=updated if status == "closed" else None,
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
