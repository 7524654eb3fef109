"""Vitally: stage, health and plays as traits of an account, tasks, notes; accounts read (section 2).

``externalId`` is our id everywhere and makes every write an upsert. Vitally computes its own health: ours is a trait.
"""

from functools import partial
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from integrations.text import as_html
from models.ids import delivery_key
from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, Standing, System

EU = "https://rest.vitally-eu.io/resources"


class Vitally:
    """A CS platform."""

    def __init__(self, client: httpx.AsyncClient, *, key: str, subdomain: str = "", base: str = "") -> None:
        """``subdomain``: of the American host; empty: the European one."""
        self._api = Api(
            client,
            System.VITALLY,
            base or (f"https://{subdomain}.rest.vitally.io/resources" if subdomain else EU),
            setting="STEADFAST_VITALLY_KEY",
            auth=(key, ""),
            secrets=[key],
        )

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The account and its traits."""
        asked = {"externalId": account.customer, "name": account.title, "traits": _traits(account)}
        saved = await self._api.call("POST", "/accounts", json=asked)
        return Receipt(reference=str(saved["id"]), said="account saved")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A task of the account."""
        asked = {
            "externalId": delivery_key(key),
            "name": task.title,
            "accountId": await self._account(account),
            "description": as_html(task.text),
            "dueDate": task.due.date().isoformat(),
            "tags": ["steadfast", task.type],
        }
        made = await self._api.call("POST", "/tasks", json=asked)
        return Receipt(reference=str(made["id"]), said="task saved")

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note of the account."""
        asked = {
            "externalId": delivery_key(key),
            "accountId": await self._account(account),
            "note": f"<b>{as_html(note.title)}</b><br>{as_html(note.text)}",
            "tags": ["steadfast"],
        }
        made = await self._api.call("POST", "/notes", json=asked)
        return Receipt(reference=str(made["id"]), said="note saved")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play's beginning or end, as a note."""
        return await self.add_note(account, AddNote(title=play.playbook, text=play.line, at=play.at), key)

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Accounts, a page of 100 at a time."""
        found = await self._api.get("/accounts", {"limit": 100, "from": cursor})
        items = tuple(
            OutsideAccount(
                external_id=str(one["id"]),
                customer=one.get("externalId") or None,
                name=one.get("name"),
                fields={"healthScore": one.get("healthScore"), "mrr": one.get("mrr")},
            )
            for one in found["results"]
        )
        return Page(items=items, next=found.get("next") or None)

    async def check(self) -> Standing:
        """Lists one account."""

        async def who() -> str:
            await self._api.get("/accounts", {"limit": 1})
            return "Vitally workspace of the key"

        return await standing(System.VITALLY, who, {"tasks": partial(self._api.get, "/tasks", {"limit": 1})})

    async def _account(self, account: Account) -> str:
        return account.external_id or (await self.save_account(account, "")).reference


def _traits(account: Account) -> dict[str, Any]:
    values: dict[str, Any] = {
        "steadfast_stage": account.stage,
        "steadfast_plan": account.plan,
        "steadfast_health_score": account.health_score,
        "steadfast_health_grade": account.health_grade,
        "steadfast_renewal_date": account.renewal_date.isoformat() if account.renewal_date else None,
        "steadfast_mrr": None if account.mrr is None else float(account.mrr),
        "steadfast_plays": None if account.plays is None else "; ".join(account.plays),
    }
    return {name: value for name, value in values.items() if value is not None}
