"""Intercom, API 2.16: in-app messages, companies and contacts, notes, and tickets read (section 2)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from integrations.text import as_html
from models.errors import Rejected
from models.outside import Account, AddNote, OutsideTicket, Page, Receipt, ReportPlay, ShowInApp, Standing, System

BASE = "https://api.intercom.io"
VERSION = "2.16"


class Intercom:
    """The in-app port, account write-back, and the ticket reader. ``admin``: the teammate who speaks."""

    def __init__(self, client: httpx.AsyncClient, *, token: str, admin: str, base: str = BASE) -> None:
        headers = {"authorization": f"Bearer {token}", "intercom-version": VERSION}
        self._api = Api(
            client, System.INTERCOM, base, setting="STEADFAST_INTERCOM_TOKEN", headers=headers, secrets=[token]
        )
        self._admin = admin

    async def show(self, account: Account, message: ShowInApp, key: str) -> Receipt:
        """In the product, when the contact is next there. Intercom has no idempotency key for messages."""
        contact = await self._contact(account)
        asked = {
            "message_type": "in_app",
            "body": f"<p><b>{as_html(message.title)}</b></p><p>{as_html(message.text)}</p>",
            "from": {"type": "admin", "id": self._admin},
            "to": {"type": "user", "id": contact},
        }
        sent = await self._api.call("POST", "/messages", json=asked, repeatable=False)
        return Receipt(reference=str(sent["id"]), said="message queued")

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The company (found by our id), and its contact where the e-mail address is shared."""
        asked: dict[str, Any] = {"company_id": account.customer, "name": account.title}
        if account.plan is not None:
            asked["plan"] = account.plan.value
        if account.mrr is not None:
            asked["monthly_spend"] = int(account.mrr)
        asked["custom_attributes"] = _attributes(account)
        company = await self._api.call("POST", "/companies", json=asked)
        if account.email is not None:
            contact = await self._contact(account)
            await self._api.call("POST", f"/contacts/{contact}/companies", json={"id": company["id"]})
        return Receipt(reference=str(company["id"]), said="company saved")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note on the contact."""
        contact = await self._contact(account)
        body = f"<p><b>{as_html(note.title)}</b></p><p>{as_html(note.text)}</p>"
        made = await self._api.call(
            "POST", f"/contacts/{contact}/notes", json={"body": body, "admin_id": self._admin}, repeatable=False
        )
        return Receipt(reference=str(made["id"]), said="note added")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """An event on the contact; Intercom drops a repeat of the same name and second."""
        await self._contact(account)
        asked = {
            "event_name": f"steadfast-play-{play.status}",
            "created_at": int(play.at.timestamp()),
            "user_id": account.customer,
            "metadata": {"playbook": play.playbook, "reason": play.reason},
        }
        await self._api.call("POST", "/events", json=asked, empty=True)
        return Receipt(said="event recorded")

    async def tickets(self, since: datetime, cursor: str | None = None) -> Page[OutsideTicket]:
        """Tickets updated since then, a page of 50 at a time."""
        paging: dict[str, Any] = {"per_page": 50}
        if cursor is not None:
            paging["starting_after"] = cursor
        asked = {
            "query": {"field": "updated_at", "operator": ">", "value": int(since.timestamp())},
            "pagination": paging,
        }
        found = await self._api.call("POST", "/tickets/search", json=asked)
        pages = (found.get("pages") or {}).get("next") or {}
        return Page(items=tuple(_ticket(one) for one in found["tickets"]), next=pages.get("starting_after"))

    async def check(self) -> Standing:
        """``/me`` names the teammate and the workspace."""

        async def who() -> str:
            found = await self._api.get("/me")
            return f"{found.get('name')} of {(found.get('app') or {}).get('name')}"

        rights = {
            "Read companies": partial(self._api.get, "/companies", {"per_page": 1}),
            "Read contacts": partial(self._api.get, "/contacts", {"per_page": 1}),
            f"admin {self._admin} (STEADFAST_INTERCOM_ADMIN)": partial(self._api.get, f"/admins/{self._admin}"),
        }
        return await standing(System.INTERCOM, who, rights)

    async def _contact(self, account: Account) -> str:
        found = await self._search("external_id", account.customer)
        if found is not None:
            return found
        asked: dict[str, Any] = {"role": "user", "external_id": account.customer}
        if account.email is not None:
            asked["email"] = account.email
        if account.first_name is not None:
            asked["name"] = account.first_name
        try:
            made = await self._api.call("POST", "/contacts", json=asked)
        except Rejected as error:
            if error.status != 409 or account.email is None:
                raise
            other = await self._search("email", account.email)  # there without our id
            if other is None:
                raise
            await self._api.call("PUT", f"/contacts/{other}", json={"external_id": account.customer})
            return other
        return str(made["id"])

    async def _search(self, field: str, value: str) -> str | None:
        asked = {"query": {"field": field, "operator": "=", "value": value}, "pagination": {"per_page": 1}}
        found = await self._api.call("POST", "/contacts/search", json=asked)
        return str(found["data"][0]["id"]) if found["data"] else None


def _attributes(account: Account) -> dict[str, str]:
    """Their description types custom attributes as text."""
    values = {
        "steadfast_stage": account.stage,
        "steadfast_health_score": account.health_score,
        "steadfast_health_grade": account.health_grade,
        "steadfast_plays": None if account.plays is None else "; ".join(account.plays),
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _ticket(one: dict[str, Any]) -> OutsideTicket:
    told = one.get("ticket_attributes") or {}
    contacts = (one.get("contacts") or {}).get("contacts") or []
    state = one.get("ticket_state")
    category = state.get("category") if isinstance(state, dict) else state
    closed = category == "resolved" or one.get("open") is False
    updated = datetime.fromtimestamp(one["updated_at"], UTC)
    company, contact = one.get("company_id"), contacts[0].get("id") if contacts else None
    return OutsideTicket(
        ticket_id=str(one["id"]),
        company=str(company) if company else None,
        contact=str(contact) if contact else None,
        external_id=(contacts[0].get("external_id") or None) if contacts else None,
        subject=str(told.get("_default_title_") or "")[:500],
        text=str(told.get("_default_description_") or "")[:8000],
        status="closed" if closed else "open",
        created_at=datetime.fromtimestamp(one["created_at"], UTC),
        updated_at=updated,
        closed_at=updated if closed else None,
    )
