"""ChurnZero: attributes and events by its push address, accounts read by its REST address (section 2).

The application key is part of the push address: no error of ours quotes an address, and the HTTP library's own log is
off (``telemetry``). There is no documented way to make a task: an event is recorded, and a play of theirs makes one.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from integrations.http import Api, Query
from integrations.standing import standing
from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, Standing, System

PUSH, PUSH_EU = "https://analytics.churnzero.net", "https://eu1analytics.churnzero.net"


class ChurnZero:
    """A CS platform. ``rest``, ``user`` and ``key``: the REST address and its login; empty: accounts are not read."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        app_key: str,
        push: str = PUSH,
        rest: str = "",
        user: str = "",
        key: str = "",
    ) -> None:
        secrets = [app_key, key]
        self._push = Api(client, System.CHURNZERO, push, setting="STEADFAST_CHURNZERO_APP_KEY", secrets=secrets)
        self._rest = (
            Api(
                client,
                System.CHURNZERO,
                rest,
                setting="STEADFAST_CHURNZERO_KEY",
                auth=(user, key),
                secrets=secrets,
            )
            if rest
            else None
        )
        self._key = app_key

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Attributes of the account under our id; setting them again changes nothing."""
        values: dict[str, object] = {
            "Name": account.title,
            "Steadfast Stage": account.stage,
            "Steadfast Health Score": account.health_score,
            "Steadfast Health Grade": account.health_grade,
            "Steadfast Plays": None if account.plays is None else "; ".join(account.plays),
            "NextRenewalDate": account.renewal_date,
        }
        told = {f"attr_{name}": str(value) for name, value in values.items() if value is not None}
        await self._send({"action": "setAttribute", "entity": "account", **_whose(account), **told})
        return Receipt(reference=account.customer, said="attributes set")

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """An event that a play of theirs turns into a task."""
        fields = {"cf_Title": task.title, "cf_Type": task.type, "cf_Due": task.due.date().isoformat()}
        return await self._event(account, "Steadfast task", fields, task.text)

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """An event with the note's text."""
        return await self._event(account, "Steadfast note", {"cf_Title": note.title}, note.text)

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """An event when a play begins or ends."""
        fields = {"cf_Playbook": play.playbook, "cf_Status": play.status, "eventDate": play.at.isoformat()}
        return await self._event(account, "Steadfast play", fields, play.reason)

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """Accounts by OData pages; the cursor is their skip token."""
        if self._rest is None:
            return Page(items=())
        params: Query = {"$top": 100, "$skiptoken": cursor}
        found = await self._rest.get("/Account", params)
        items = tuple(
            OutsideAccount(external_id=str(one["Id"]), customer=one.get("ExternalId") or None, name=one.get("Name"))
            for one in found["value"]
        )
        token = parse_qs(urlsplit(found.get("@odata.nextLink") or "").query).get("$skiptoken")
        return Page(items=items, next=token[0] if token else None)

    async def check(self) -> Standing:
        """Reads one account where the REST address is set; the push address can only be written to."""
        rest = self._rest
        if rest is None:
            return Standing(
                system=System.CHURNZERO,
                connected=True,
                account="push only",
                missing=("REST address and login (STEADFAST_CHURNZERO_REST)",),
                unchecked=("the app key: what it opens can only be written to",),
            )

        async def who() -> str:
            await rest.get("/Account", {"$top": 1})
            return "ChurnZero instance of the login"

        unchecked = ("the app key: what it opens can only be written to",)
        return await standing(System.CHURNZERO, who, {}, unchecked=unchecked)

    async def _event(self, account: Account, name: str, fields: dict[str, str], text: str) -> Receipt:
        asked = {"action": "trackEvent", "entity": "account", **_whose(account), "eventName": name, **fields}
        if text:
            asked["description"] = text[:1000]
        await self._send(asked, repeatable=False)
        return Receipt(said="event recorded")

    async def _send(self, params: dict[str, Any], *, repeatable: bool = True) -> None:
        asked = {"appKey": self._key, **params}
        await self._push.call("GET", "/i", params=asked, repeatable=repeatable, empty=True)


def _whose(account: Account) -> dict[str, str]:
    return {"accountExternalId": account.customer}
