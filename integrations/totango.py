"""Totango: touchpoints and tasks of an account, attributes through its collector; accounts searched (section 2)."""

import json
from datetime import UTC
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.enums import Priority
from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, Standing, System

BASE, EU = "https://api.totango.com", "https://api-eu1.totango.com"
COLLECTOR = "https://sdr.totango.com"
_PAGE = 1000
_PRIORITY = {Priority.LOW: 3, Priority.NORMAL: 2, Priority.HIGH: 1, Priority.URGENT: 1}


class Totango:
    """A CS platform. ``activity``: the activity type under which tasks and touchpoints are filed."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        token: str,
        service: str = "",
        activity: str = "support",
        base: str = BASE,
        collector: str = COLLECTOR,
    ) -> None:
        """``service``: id of the collector's service (SP-...); empty: attributes are not written."""
        setting = "STEADFAST_TOTANGO_TOKEN"
        headers, secrets = {"app-token": token}, [token]
        self._api = Api(client, System.TOTANGO, base, setting=setting, headers=headers, secrets=secrets)
        self._collector = Api(client, System.TOTANGO, collector, setting="STEADFAST_TOTANGO_SERVICE", secrets=secrets)
        self._service, self._activity = service, activity

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Attributes of the account under our id; sending them again changes nothing."""
        if not self._service:
            raise self._api.rejected("attributes need the collector's service id (STEADFAST_TOTANGO_SERVICE)")
        values: dict[str, object] = {
            "Steadfast Stage": account.stage,
            "Steadfast Health Score": account.health_score,
            "Steadfast Health Grade": account.health_grade,
            "Contract Renewal Date": account.renewal_date,
            "Steadfast Plays": None if account.plays is None else "; ".join(account.plays),
        }
        told = {f"sdr_o.{name}": str(value) for name, value in values.items() if value is not None}
        form = {"sdr_s": self._service, "sdr_o": account.customer, "sdr_odn": account.title, **told}
        await self._collector.call("POST", "/pixel.gif/", form=form, empty=True)
        return Receipt(reference=account.customer, said="attributes sent")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A task of the account."""
        asked: dict[str, Any] = {
            "title": task.title,
            "description": task.text,
            "due_date": task.due.astimezone(UTC).date().isoformat(),
            "priority": _PRIORITY[task.priority],
            "status": "open",
            "account_id": account.customer,
            "activity_type_id": self._activity,
        }
        if task.owner_email:
            asked["assignee"] = task.owner_email
        made = await self._api.call("POST", "/api/v3/tasks", json=asked, repeatable=False)
        return Receipt(reference=str(made.get("id", "")), said="task added")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A touchpoint of the account."""
        asked = {
            "account_id": account.customer,
            "subject": note.title,
            "content": note.text,
            "activity_type_id": self._activity,
            "touchpoint_tags": ["steadfast"],
            "create_date": int(note.at.timestamp() * 1000),
        }
        made = await self._api.call("POST", "/api/v3/touchpoints/", json=asked, repeatable=False)
        return Receipt(reference=str(made.get("id", "")), said="touchpoint added")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play's beginning or end, as a touchpoint."""
        return await self.add_note(account, AddNote(title=play.playbook, text=play.line, at=play.at), key)

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Accounts, a page of 1,000 at a time; the cursor is the offset."""
        offset = int(cursor or 0)
        query = {
            "terms": [],
            "count": _PAGE,
            "offset": offset,
            "fields": [{"type": "string", "term": "status_group", "field_display_name": "Status"}],
        }
        found = await self._api.call("POST", "/api/v1/search/accounts", form={"query": json.dumps(query)})
        hits = ((found.get("response") or {}).get("accounts") or {}).get("hits") or []
        items = tuple(
            OutsideAccount(
                external_id=str(one["name"]),
                customer=str(one["name"]),
                name=one.get("display_name"),
                fields={"Status": (one.get("selected_fields") or [None])[0]},
            )
            for one in hits
        )
        return Page(items=items, next=str(offset + _PAGE) if len(hits) == _PAGE else None)

    async def check(self) -> Standing:
        """Lists the activity types; ours must be one of them."""

        async def who() -> str:
            await self._api.get("/api/v3/activity-types")
            return "Totango service of the token"

        async def activity() -> None:
            found = await self._api.get("/api/v3/activity-types")
            names = {str(one.get("activity_type_id", one.get("id"))) for one in found}
            if self._activity not in names:
                raise self._api.rejected(f"no such type; there are {', '.join(sorted(names))}")

        return await standing(System.TOTANGO, who, {f"activity type {self._activity}": activity})
