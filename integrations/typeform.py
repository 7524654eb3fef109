"""Typeform: links to a survey that say whose it is, and its answers read (section 2).

The hidden fields ``steadfast`` and ``survey`` of the form carry whose answer it is, signed, and of which survey.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

import httpx
from pydantic import JsonValue

from integrations.http import Api
from integrations.standing import standing
from models.outside import Page, Standing, System

BASE = "https://api.typeform.com"
_PAGE = 200


class Typeform:
    """The survey port for a form of theirs."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        token: str,
        form: str,
        base: str = BASE,
        whose: Callable[[str], str] | None = None,
    ) -> None:
        """``whose``: makes the signed statement of whose a link is; absent: the link says it unsigned."""
        self._api = Api(
            client,
            System.TYPEFORM,
            base,
            setting="STEADFAST_TYPEFORM_TOKEN",
            headers={"authorization": f"Bearer {token}"},
            secrets=[token],
        )
        self._form, self._whose = form, whose

    def link(self, customer: str, survey: str, language: str) -> str:
        """The form, with our ids in its hidden fields; nothing is asked of their API."""
        said = {"steadfast": self._whose(customer)} if self._whose is not None else {"customer": customer}
        return f"https://form.typeform.com/to/{self._form}#{urlencode({**said, 'survey': survey})}"

    async def events(self, cursor: str | None = None, *, created_from: datetime) -> Page[dict[str, JsonValue]]:
        """Completed responses since then, newest first, each as a webhook would have brought it."""
        found = await self._api.get(
            f"/forms/{self._form}/responses",
            {
                "page_size": _PAGE,
                "since": created_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "before": cursor,
                "response_type": "completed",
            },
        )
        items = tuple({"event_type": "form_response", "form_response": one} for one in found["items"])
        full = len(items) >= _PAGE
        return Page(items=items, next=str(found["items"][-1]["token"]) if full else None)

    async def check(self) -> Standing:
        """``/me`` names the account; the form must be readable."""

        async def who() -> str:
            found = await self._api.get("/me")
            return str(found.get("alias") or found.get("email"))

        rights = {
            "forms:read": partial(self._api.get, f"/forms/{self._form}"),
            "responses:read": partial(self._api.get, f"/forms/{self._form}/responses", {"page_size": 1}),
        }
        return await standing(System.TYPEFORM, who, rights)
