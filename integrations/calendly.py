"""Calendly: single-use scheduling links that say which customer and play they belong to (section 2)."""

from urllib.parse import urlencode

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.outside import Standing, System

BASE = "https://api.calendly.com"


class Calendly:
    """The meetings port. ``event_type``: URI of the event type that is offered, or empty: the first active one."""

    def __init__(self, client: httpx.AsyncClient, *, token: str, event_type: str = "", base: str = BASE) -> None:
        self._api = Api(
            client,
            System.CALENDLY,
            base,
            setting="STEADFAST_CALENDLY_TOKEN",
            headers={"authorization": f"Bearer {token}"},
            secrets=[token],
        )
        self._event_type = event_type

    async def link(self, token: str, meeting: str, key: str) -> str:
        """A link for one booking. An unused one harms nobody, so a second attempt may make a second link.

        What is booked carries the tracking back: ``utm_source`` is us, ``utm_campaign`` the meeting, ``utm_content``
        the token that says whose it is.
        """
        if not self._event_type:
            self._event_type = await self._first_event_type()
        asked = {"max_event_count": 1, "owner": self._event_type, "owner_type": "EventType"}
        made = await self._api.call("POST", "/scheduling_links", json=asked)
        tracking = {"utm_source": "steadfast", "utm_campaign": meeting, "utm_content": token}
        return f"{made['resource']['booking_url']}?{urlencode(tracking)}"

    async def check(self) -> Standing:
        """``/users/me`` names the owner of the token."""

        async def who() -> str:
            found = (await self._api.get("/users/me"))["resource"]
            return f"{found.get('name')} <{found.get('email')}>"

        return await standing(System.CALENDLY, who, {"an active event type": self._first_event_type})

    async def _first_event_type(self) -> str:
        me = (await self._api.get("/users/me"))["resource"]["uri"]
        found = await self._api.get("/event_types", {"user": me, "active": "true", "count": 1})
        if not found["collection"]:
            raise self._api.rejected("the owner of the token has no active event type")
        return str(found["collection"][0]["uri"])
