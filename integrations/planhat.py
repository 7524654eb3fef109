"""Planhat: stage, health and plays as custom fields of a company, tasks and notes; companies read (section 2).

Writes are bulk upserts by ``externalId``; an answer of 200 lists the records it refused.
"""

from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.ids import delivery_key
from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, Standing, System

BASE = "https://api.planhat.com"
_PAGE = 2000


class Planhat:
    """A CS platform."""

    def __init__(self, client: httpx.AsyncClient, *, token: str, base: str = BASE) -> None:
        self._api = Api(
            client,
            System.PLANHAT,
            base,
            setting="STEADFAST_PLANHAT_TOKEN",
            headers={"authorization": f"Bearer {token}"},
            secrets=[token],
        )

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The company under our id."""
        record: dict[str, Any] = {
            "externalId": account.customer,
            "name": account.title,
            "custom": _custom(account),
        }
        if account.stage is not None:
            record["phase"] = account.stage.value
        return Receipt(reference=await self._put("/companies", record), said="company saved")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A task of the company."""
        record = {
            "externalId": delivery_key(key),
            "action": task.title,
            "companyExternalId": account.customer,
            "description": task.text,
            "endDate": task.due.isoformat(),
            "status": "To-Do",
            "type": "todo",
        }
        return Receipt(reference=await self._put("/tasks", record), said="task saved")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note of the company."""
        record = {
            "externalId": delivery_key(key),
            "type": "note",
            "companyExternalId": account.customer,
            "subject": note.title,
            "description": note.text,
            "date": note.at.isoformat(),
        }
        return Receipt(reference=await self._put("/conversations", record), said="note saved")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play's beginning or end, as a note."""
        return await self.add_note(account, AddNote(title=play.playbook, text=play.line, at=play.at), key)

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Companies, a page of 2,000 at a time; the cursor is the offset."""
        offset = int(cursor or 0)
        found = await self._api.get("/companies", {"limit": _PAGE, "offset": offset, "sort": "_id"})
        items = tuple(
            OutsideAccount(
                external_id=str(one["_id"]),
                customer=one.get("externalId") or None,
                name=one.get("name"),
                fields={"phase": one.get("phase"), "h": one.get("h")},
            )
            for one in found
        )
        return Page(items=items, next=str(offset + _PAGE) if len(items) == _PAGE else None)

    async def check(self) -> Standing:
        """Lists one company."""

        async def who() -> str:
            await self._api.get("/companies", {"limit": 1})
            return "Planhat tenant of the token"

        async def tasks() -> None:
            await self._api.get("/tasks", {"limit": 1})

        return await standing(System.PLANHAT, who, {"tasks": tasks})

    async def _put(self, path: str, record: dict[str, Any]) -> str:
        done = await self._api.call("PUT", path, json=[record])
        refused = [*(done.get("createdErrors") or []), *(done.get("updatedErrors") or [])]
        if refused:
            raise self._api.rejected(
                "; ".join(str(one.get("message", one)) for one in refused if isinstance(one, dict))
            )
        keys = [*(done.get("insertsKeys") or []), *(done.get("updatesKeys") or [])]
        return str(keys[0].get("_id", "")) if keys and isinstance(keys[0], dict) else record["externalId"]


def _custom(account: Account) -> dict[str, Any]:
    values: dict[str, Any] = {
        "Steadfast stage": account.stage,
        "Steadfast health score": account.health_score,
        "Steadfast health grade": account.health_grade,
        "Steadfast renewal date": account.renewal_date.isoformat() if account.renewal_date else None,
        "Steadfast MRR": None if account.mrr is None else float(account.mrr),
        "Steadfast plays": None if account.plays is None else "; ".join(account.plays),
    }
    return {name: value for name, value in values.items() if value is not None}
