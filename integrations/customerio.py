"""Customer.io: mail through its transactional API, people and events through its Track API (section 2).

Sends have no idempotency key: from the moment the request may have left until its answer, the outcome is unknown, as
with SMTP. Texts are ours, rendered; the transactional message of their side only gathers the statistics.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.ids import delivery_key
from models.message import OutgoingMail, SendReceipt
from models.outside import Account, Receipt, ReportPlay, Standing, System

APP, TRACK = "https://api.customer.io", "https://track.customer.io"
APP_EU, TRACK_EU = "https://api-eu.customer.io", "https://track-eu.customer.io"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CustomerIo:
    """The e-mail port (a ``Mailer``), and account write-back where the Track credentials are set."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        app_key: str,
        site_id: str = "",
        track_key: str = "",
        message: str = "",
        app: str = APP,
        track: str = TRACK,
    ) -> None:
        """``message``: the transactional message under which sends are counted; empty: theirs by default."""
        secrets = [app_key, track_key]
        self._app = Api(
            client,
            System.CUSTOMERIO,
            app,
            setting="STEADFAST_CUSTOMERIO_APP_KEY",
            headers={"authorization": f"Bearer {app_key}"},
            secrets=secrets,
        )
        self._track = Api(
            client,
            System.CUSTOMERIO,
            track,
            setting="STEADFAST_CUSTOMERIO_TRACK_KEY",
            auth=(site_id, track_key),
            secrets=secrets,
        )
        self._message, self._tracks = message, bool(site_id and track_key)

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        """Hand a rendered mail over. Raises OutcomeUnknown when it may have been sent."""
        headers = {"X-Steadfast-Message": mail.message_id}
        if mail.list_unsubscribe:
            headers["List-Unsubscribe"] = f"<{mail.list_unsubscribe}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        asked: dict[str, Any] = {
            "to": mail.to,
            "from": _mailbox(mail.from_name, mail.from_email),
            "identifiers": {"email": mail.to},
            "subject": mail.subject,
            "body": mail.html,
            "body_plain": mail.text,
            "headers": headers,
            "message_data": {"steadfast_key": delivery_key(mail.key)},
            # Ours are the consents and suppressions that count (section 9.2); theirs would drop a mail in silence.
            "send_to_unsubscribed": True,
        }
        if self._message:
            asked["transactional_message_id"] = self._message
        if mail.reply_to:
            asked["reply_to"] = mail.reply_to
        await before_data()
        sent = await self._app.call("POST", "/v1/send/email", json=asked, repeatable=False)
        return SendReceipt(message_id=mail.message_id, response=f"customer.io delivery {sent.get('delivery_id')}")

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The person under our id, with what we know as attributes."""
        values: dict[str, object] = {
            "email": account.email,
            "first_name": account.first_name,
            "plan": account.plan,
            "steadfast_stage": account.stage,
            "steadfast_health_score": account.health_score,
            "steadfast_health_grade": account.health_grade,
        }
        told = {
            name: value if isinstance(value, float) else str(value)
            for name, value in values.items()
            if value is not None
        }
        await self._track.call("PUT", f"/api/v1/customers/{quote(account.customer, safe='')}", json=told, empty=True)
        return Receipt(reference=account.customer, said="person saved")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """An event on the person; a repeat of its id is ignored there."""
        asked = {
            "name": f"steadfast_play_{play.status}",
            "id": _ulid(play.at, key),
            "timestamp": int(play.at.timestamp()),
            "data": {"playbook": play.playbook, "reason": play.reason},
        }
        path = f"/api/v1/customers/{quote(account.customer, safe='')}/events"
        await self._track.call("POST", path, json=asked, empty=True)
        return Receipt(said="event recorded")

    async def check(self) -> Standing:
        """Lists the transactional messages with the App key; the Track key is tried where it is set."""

        async def who() -> str:
            found = await self._app.get("/v1/transactional")
            return f"workspace with {len(found.get('messages') or [])} transactional messages"

        rights: dict[str, Callable[[], Awaitable[object]]] = {}
        if self._tracks:
            rights["Track API"] = partial(self._track.get, "/api/v1/accounts/region")
        return await standing(System.CUSTOMERIO, who, rights)


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _ulid(at: datetime, key: str) -> str:
    """A ULID of that moment whose random part is the key's: the same for every attempt."""
    moment = int(at.astimezone(UTC).timestamp() * 1000)
    chance = int(delivery_key(key).removeprefix("wh_"), 16) & ((1 << 80) - 1)
    number, text = (moment << 80) | chance, ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        text = _ALPHABET[digit] + text
    return text
