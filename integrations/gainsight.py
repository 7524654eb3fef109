"""Gainsight NXT: stage, health and plays on the Company object, timeline notes, CTAs; companies read (section 2).

An answer of 200 may say ``result: false``: that is an error too. Scorecards have no write API: a rule of theirs sets
the measure from the company's field.
"""

from datetime import UTC, datetime
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from integrations.text import as_html
from models.enums import Priority
from models.ids import delivery_key
from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, Standing, System

ID = "Steadfast_Customer_Id__gc"
_PAGE = 1000
_PRIORITY = {Priority.LOW: "Low", Priority.NORMAL: "Medium", Priority.HIGH: "High", Priority.URGENT: "High"}


class Gainsight:
    """A CS platform. ``author``: address of the user who writes timeline entries and owns CTAs without an owner."""

    def __init__(self, client: httpx.AsyncClient, *, key: str, tenant: str, author: str, base: str = "") -> None:
        self._api = Api(
            client,
            System.GAINSIGHT,
            base or f"https://{tenant}.gainsightcloud.com",
            setting="STEADFAST_GAINSIGHT_KEY",
            headers={"accesskey": key},
            secrets=[key],
        )
        self._author = author

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The company found by our id, made where it is not there."""
        record = _record(account)
        company = await self._find(account)
        if company is None:
            done = await self._call("POST", "/v1/data/objects/Company", {"records": [record]})
        else:
            asked = {"records": [{**record, "Gsid": company}]}
            done = await self._call("PUT", "/v1/data/objects/Company?keys=Gsid", asked)
        records = ((done.get("data") or {}).get("records")) or [{}]
        return Receipt(reference=str(records[0].get("Gsid") or company or ""), said="company saved")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A timeline entry of the company; a repeat of its ``ExternalId`` is the same entry."""
        record = {
            "ExternalId": delivery_key(key),
            "ContextName": "Company",
            "TypeName": "Update",
            "Subject": note.title,
            "Notes": as_html(note.text),
            "Author": self._author,
            "ActivityDate": note.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "GsCompanyId": await self._company(account),
        }
        await self._call("POST", "/v1/ant/es/activity", {"records": [record]})
        return Receipt(reference=delivery_key(key), said="timeline entry saved")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A call to action."""
        record = {
            "referenceId": delivery_key(key),
            "Name": task.title,
            "CompanyId": await self._company(account),
            "OwnerEmail": task.owner_email or self._author,
            "type": "Activity",
            "reason": "Steadfast",
            "status": "New",
            "priority": _PRIORITY[task.priority],
            "DueDate": task.due.date().isoformat(),
            "Comments": as_html(task.text),
        }
        await self._call("POST", "/v2/cockpit/cta", {"requests": [{"record": record}]})
        return Receipt(reference=delivery_key(key), said="call to action saved")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play's beginning or end, on the timeline."""
        return await self.add_note(account, AddNote(title=play.playbook, text=play.line, at=play.at), key)

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Companies, a page of 1,000 at a time; the cursor is the offset."""
        offset = int(cursor or 0)
        asked = {"select": ["Gsid", "Name", ID], "limit": _PAGE, "offset": offset}
        found = await self._call("POST", "/v1/data/objects/query/Company", asked)
        records = (found.get("data") or {}).get("records") or []
        items = tuple(
            OutsideAccount(external_id=str(one["Gsid"]), customer=one.get(ID) or None, name=one.get("Name"))
            for one in records
        )
        return Page(items=items, next=str(offset + _PAGE) if len(records) == _PAGE else None)

    async def check(self) -> Standing:
        """Queries one company, with our field."""

        async def who() -> str:
            await self._call("POST", "/v1/data/objects/query/Company", {"select": ["Name"], "limit": 1, "offset": 0})
            return self._api.base.removeprefix("https://")

        async def field() -> None:
            await self._call("POST", "/v1/data/objects/query/Company", {"select": [ID], "limit": 1, "offset": 0})

        return await standing(System.GAINSIGHT, who, {f"company field {ID}": field})

    async def _find(self, account: Account) -> str | None:
        if account.external_id is not None:
            return account.external_id
        asked = {
            "select": ["Gsid"],
            "where": {
                "conditions": [{"name": ID, "alias": "A", "value": [account.customer], "operator": "EQ"}],
                "expression": "A",
            },
            "limit": 1,
            "offset": 0,
        }
        found = await self._call("POST", "/v1/data/objects/query/Company", asked)
        records = (found.get("data") or {}).get("records") or []
        return str(records[0]["Gsid"]) if records else None

    async def _company(self, account: Account) -> str:
        return await self._find(account) or (await self.save_account(account, "")).reference

    async def _call(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self._api.call(method, path, json=body)
        if answer.get("result") is not True:
            raise self._api.rejected(f"{answer.get('errorCode')}: {answer.get('errorDesc')}")
        return answer


def _record(account: Account) -> dict[str, Any]:
    values: dict[str, Any] = {
        "Name": account.title,
        ID: account.customer,
        "Steadfast_Stage__gc": account.stage,
        "Steadfast_Health_Score__gc": account.health_score,
        "Steadfast_Health_Grade__gc": account.health_grade,
        "RenewalDate": account.renewal_date.isoformat() if account.renewal_date else None,
        "Steadfast_MRR__gc": None if account.mrr is None else float(account.mrr),
        "Steadfast_Plays__gc": None if account.plays is None else "; ".join(account.plays),
        "Steadfast_Stage_Since__gc": _day(account.stage_since),
    }
    return {name: value for name, value in values.items() if value is not None}


def _day(at: datetime | None) -> str | None:
    return at.astimezone(UTC).date().isoformat() if at else None
