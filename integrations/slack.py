"""Slack: messages to our own people, with buttons (section 2).

An answer of 200 may say ``ok: false``: that is an error too.
"""

from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.errors import Misconfigured, Retryable
from models.outside import Button, PostChat, Receipt, Standing, System

BASE = "https://slack.com/api"
_SETTING = "STEADFAST_SLACK_TOKEN"
_AUTH = frozenset(("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"))
_AGAIN = frozenset(("ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"))
_SCOPES = ("chat:write", "im:write", "users:read.email")


class Slack:
    """The chat port. ``channel``: where messages go that are for nobody in particular."""

    def __init__(self, client: httpx.AsyncClient, *, token: str, channel: str, base: str = BASE) -> None:
        headers = {"authorization": f"Bearer {token}"}
        self._api = Api(client, System.SLACK, base, setting=_SETTING, headers=headers, secrets=[token])
        self._channel = channel

    async def post(self, message: PostChat, key: str) -> Receipt:
        """To the person of that address, else to the channel. Slack has no idempotency key."""
        channel = await self._direct(message.to_email) if message.to_email else self._channel
        body: dict[str, Any] = {
            "channel": channel,
            "text": escape(f"{message.title}\n{message.text}".strip()),
            "blocks": _blocks(message),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        sent = await self._say("chat.postMessage", body, repeatable=False)
        return Receipt(reference=f"{sent['channel']}:{sent['ts']}", said="posted")

    async def update(self, reference: str, text: str) -> Receipt:
        """Replace a message of ours (its buttons too), once somebody has answered."""
        channel, _, stamp = reference.partition(":")
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": escape(text)[:3000]}}]
        await self._say("chat.update", {"channel": channel, "ts": stamp, "text": escape(text), "blocks": blocks})
        return Receipt(reference=reference, said="updated")

    async def email_of(self, user: str) -> str | None:
        """The address of a member of our own workspace; who was invited from another one is nobody here."""
        found = (await self._form("users.info", {"user": user}))["user"]
        outside = ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted")
        if any(found.get(name) for name in outside) or found.get("is_email_confirmed") is False:
            return None
        return found.get("profile", {}).get("email") or None

    async def check(self) -> Standing:
        """``auth.test`` names the team and the bot; the channel must be one we see."""

        async def who() -> str:
            found = await self._say("auth.test", {})
            return f"{found.get('user')} in {found.get('team')}"

        return await standing(
            System.SLACK,
            who,
            {
                f"channel {self._channel} visible (channels:read)": lambda: self._form(
                    "conversations.info", {"channel": self._channel}
                )
            },
        )

    async def _direct(self, email: str) -> str:
        found = await self._form("users.lookupByEmail", {"email": email})
        opened = await self._say("conversations.open", {"users": found["user"]["id"]})
        return str(opened["channel"]["id"])

    async def _say(self, method: str, body: dict[str, Any], *, repeatable: bool = True) -> Any:
        headers = {"content-type": "application/json; charset=utf-8"}
        return self._judged(
            await self._api.call("POST", f"/{method}", json=body, headers=headers, repeatable=repeatable)
        )

    async def _form(self, method: str, form: dict[str, str]) -> Any:
        return self._judged(await self._api.call("POST", f"/{method}", form=form))

    def _judged(self, answer: Any) -> Any:
        if answer.get("ok"):
            return answer
        error = str(answer.get("error"))
        if error in _AUTH:
            needed = f", needs {answer['needed']}" if answer.get("needed") else ""
            raise Misconfigured(f"slack: {error}{needed}"[:300], field=_SETTING)
        if error in _AGAIN:
            raise Retryable(f"slack: {error}")
        raise self._api.rejected(error)


def escape(text: str) -> str:
    """The three characters that Slack's markup gives a meaning, so that foreign text mentions and links nothing."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(message: PostChat) -> list[dict[str, Any]]:
    said = f"*{escape(message.title)}*\n{escape(message.text)}".strip()
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": said[:3000]}}]
    if message.buttons:
        blocks.append({"type": "actions", "elements": [_button(one) for one in message.buttons[:25]]})
    return blocks


def _button(one: Button) -> dict[str, Any]:
    button: dict[str, Any] = {
        "type": "button",
        "text": {"type": "plain_text", "text": one.label},
        "action_id": one.action,
    }
    for name, value in (("value", one.value), ("url", one.url), ("style", one.style)):
        if value:
            button[name] = value
    return button
