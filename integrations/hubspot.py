"""HubSpot, CRM objects API of 2026-09: companies, contacts, tasks, notes and deals (section 2).

A company is found by the unique property ``steadfast_customer_id``, a deal by ``steadfast_deal``, a contact by its
e-mail: saving again is the same record. Tasks and notes have no such key, so they are searched for by a mark in their
text before they are made.
"""

from datetime import UTC, datetime, time
from functools import partial

import httpx

from integrations.http import Api
from integrations.standing import standing
from integrations.text import as_html
from models.enums import Priority
from models.ids import delivery_key
from models.outside import (
    Account,
    AddNote,
    AddTask,
    OutsideAccount,
    Page,
    Receipt,
    ReportPlay,
    SaveDeal,
    Standing,
    System,
)

BASE = "https://api.hubapi.com"
VERSION = "2026-09"
ID = "steadfast_customer_id"
DEAL = "steadfast_deal"
STAGES = {"open": "appointmentscheduled", "won": "closedwon", "lost": "closedlost"}
_RIGHTS = ("companies", "contacts", "tasks", "notes", "deals")
_PRIORITY = {Priority.LOW: "LOW", Priority.NORMAL: "MEDIUM", Priority.HIGH: "HIGH", Priority.URGENT: "HIGH"}


class HubSpot:
    """The CRM port. ``stages``: our deal stages to the pipeline's internal names."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        token: str,
        base: str = BASE,
        pipeline: str = "default",
        stages: dict[str, str] | None = None,
    ) -> None:
        self._api = Api(
            client,
            System.HUBSPOT,
            base,
            setting="STEADFAST_HUBSPOT_TOKEN",
            headers={"authorization": f"Bearer {token}"},
            secrets=[token],
        )
        self._pipeline, self._stages = pipeline, {**STAGES, **(stages or {})}

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The company, and its contact where the e-mail address is shared."""
        company = await self._company(account)
        if account.email is not None:
            contact = await self._upsert("contacts", "email", account.email, _contact(account))
            await self._associate("contacts", contact, "companies", company)
        return Receipt(reference=company, said="company saved")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A task on the company; the owner is told by address, since HubSpot's owner ids are not ours."""
        mark = delivery_key(key)
        owner = f"<br>{task.owner_email}" if task.owner_email else ""
        properties = {
            "hs_task_subject": task.title,
            "hs_task_body": f"{as_html(task.text)}{owner}<br>{mark}",
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": _PRIORITY[task.priority],
            "hs_task_type": "TODO",
            "hs_timestamp": _moment(task.due),
        }
        return await self._once("tasks", "hs_task_body", mark, properties, account)

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note on the company."""
        mark = delivery_key(key)
        body = f"<b>{as_html(note.title)}</b><br>{as_html(note.text)}<br>{mark}"
        properties = {"hs_note_body": body, "hs_timestamp": _moment(note.at)}
        return await self._once("notes", "hs_note_body", mark, properties, account)

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play's beginning or end, as a note."""
        return await self.add_note(account, AddNote(title=play.playbook, text=play.line, at=play.at), key)

    async def save_deal(self, account: Account, deal: SaveDeal, key: str) -> Receipt:
        """The deal under our number, on the company."""
        company = await self._company(account)
        properties = {
            "dealname": deal.name,
            "pipeline": self._pipeline,
            "dealstage": self._stages[deal.stage],
            "dealtype": "existingbusiness",
        }
        if deal.amount is not None:
            properties["amount"] = str(deal.amount)
        if deal.currency is not None:
            properties["deal_currency_code"] = deal.currency
        if deal.close_date is not None:
            properties["closedate"] = _moment(datetime.combine(deal.close_date, time(), UTC))
        made = await self._upsert("deals", DEAL, deal.number, properties)
        await self._associate("deals", made, "companies", company)
        return Receipt(reference=made, said="deal saved")

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Companies, a page of 100 at a time."""
        found = await self._api.get(
            f"/crm/objects/{VERSION}/companies", {"limit": 100, "after": cursor, "properties": f"name,domain,{ID}"}
        )
        items = tuple(
            OutsideAccount(
                external_id=str(one["id"]),
                customer=one["properties"].get(ID) or None,
                name=one["properties"].get("name"),
                fields={"domain": one["properties"].get("domain")},
            )
            for one in found["results"]
        )
        return Page(items=items, next=((found.get("paging") or {}).get("next") or {}).get("after"))

    async def check(self) -> Standing:
        """Reads one record of each kind that we write."""

        async def who() -> str:
            await self._api.get(f"/crm/objects/{VERSION}/companies", {"limit": 1})
            return "HubSpot account of the token"

        rights = {
            f"crm.objects.{kind}.read": partial(self._api.get, f"/crm/objects/{VERSION}/{kind}", {"limit": 1})
            for kind in _RIGHTS
        }
        return await standing(System.HUBSPOT, who, rights)

    async def _company(self, account: Account) -> str:
        properties = _company(account)
        if account.external_id is not None:
            path = f"/crm/objects/{VERSION}/companies/{account.external_id}"
            saved = await self._api.call("PATCH", path, json={"properties": properties})
            return str(saved["id"])
        return await self._upsert("companies", ID, account.customer, properties)

    async def _upsert(self, kind: str, by: str, value: str, properties: dict[str, str]) -> str:
        asked = {"inputs": [{"id": value, "idProperty": by, "properties": {**properties, by: value}}]}
        done = await self._api.call("POST", f"/crm/objects/{VERSION}/{kind}/batch/upsert", json=asked)
        if done.get("errors") or not done["results"]:  # 207: the item was refused
            raise self._api.rejected("; ".join(str(one.get("message", one)) for one in done.get("errors", [])))
        return str(done["results"][0]["id"])

    async def _once(self, kind: str, field: str, mark: str, properties: dict[str, str], account: Account) -> Receipt:
        """Made unless one with our mark is there. The index of the search lags by seconds, the outbox row does not."""
        asked = {
            "filterGroups": [{"filters": [{"propertyName": field, "operator": "CONTAINS_TOKEN", "value": mark}]}],
            "sorts": [],
            "properties": [],
            "limit": 1,
            "after": "0",
        }
        found = await self._api.call("POST", f"/crm/objects/{VERSION}/{kind}/search", json=asked)
        if found["results"]:
            made = str(found["results"][0]["id"])
        else:
            created = await self._api.call(
                "POST",
                f"/crm/objects/{VERSION}/{kind}",
                json={"properties": properties, "associations": []},
                repeatable=False,
            )
            made = str(created["id"])
        await self._associate(kind, made, "companies", await self._company(account))
        return Receipt(reference=made, said=f"{kind} saved")

    async def _associate(self, kind: str, id_: str, to: str, to_id: str) -> None:
        path = f"/crm/objects/{VERSION}/{kind}/{id_}/associations/default/{to}/{to_id}"
        await self._api.call("PUT", path, empty=True)


def _company(account: Account) -> dict[str, str]:
    values: dict[str, object] = {
        ID: account.customer,
        "name": account.name,
        "steadfast_plan": account.plan,
        "steadfast_stage": account.stage,
        "steadfast_health_score": account.health_score,
        "steadfast_health_grade": account.health_grade,
        "steadfast_mrr": account.mrr,
        "steadfast_renewal_date": account.renewal_date,
        "steadfast_plays": None if account.plays is None else "; ".join(account.plays),
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _contact(account: Account) -> dict[str, str]:
    return {"firstname": account.first_name} if account.first_name else {}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
