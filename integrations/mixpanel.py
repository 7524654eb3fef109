"""Mixpanel: usage read once a day for the whole book, and health on group profiles (section 2).

The query API allows 60 calls an hour and 5 at once: usage is asked per event and day range, segmented by the property
that holds our customer id, never per account.
"""

from datetime import date
from typing import Any

import httpx

from integrations.http import Api, Query
from integrations.standing import standing
from models.outside import Account, Receipt, Standing, System, UsageDay

QUERY, INGEST = "https://mixpanel.com/api/query", "https://api.mixpanel.com"
HOSTS = {
    "us": (QUERY, INGEST),
    "eu": ("https://eu.mixpanel.com/api/query", "https://api-eu.mixpanel.com"),
    "in": ("https://in.mixpanel.com/api/query", "https://api-in.mixpanel.com"),
}
_MOST_VALUES = 10_000


class Mixpanel:
    """The product-analytics reader. ``customer_property``: of events and groups, holds our customer id."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        user: str,
        secret: str,
        project: int,
        token: str = "",
        customer_property: str = "customer_id",
        query: str = QUERY,
        ingest: str = INGEST,
    ) -> None:
        secrets, setting = [secret, token], "STEADFAST_MIXPANEL_SECRET"
        self._query = Api(client, System.MIXPANEL, query, setting=setting, auth=(user, secret), secrets=secrets)
        self._ingest = Api(client, System.MIXPANEL, ingest, setting="STEADFAST_MIXPANEL_TOKEN", secrets=secrets)
        self._project, self._token, self._property = project, token, customer_property

    async def usage(self, event: str, first: date, last: date) -> tuple[UsageDay, ...]:
        """How often each customer did ``event`` on each day, both included; one call, days without use left out."""
        found = await self._query.get(
            "/segmentation",
            {
                "project_id": self._project,
                "event": event,
                "from_date": first.isoformat(),
                "to_date": last.isoformat(),
                "on": f'properties["{self._property}"]',
                "unit": "day",
                "type": "general",
                "limit": _MOST_VALUES,
            },
        )
        values = found["data"]["values"]
        if len(values) >= _MOST_VALUES:
            raise self._query.rejected(f"more than {_MOST_VALUES} customers did {event}: the answer is not whole")
        return tuple(
            UsageDay(customer=customer, day=date.fromisoformat(day[:10]), feature=event, count=count)
            for customer, days in values.items()
            if customer not in ("undefined", "null", "")
            for day, count in days.items()
            if count
        )

    async def save_account(self, account: Account, key: str) -> Receipt:
        """Stage and health on the group profile of our customer id."""
        values: dict[str, object] = {
            "steadfast_stage": account.stage,
            "steadfast_health_score": account.health_score,
            "steadfast_health_grade": account.health_grade,
        }
        told: dict[str, Any] = {
            name: value if isinstance(value, float) else str(value)
            for name, value in values.items()
            if value is not None
        }
        update = {
            "$token": self._token,
            "$group_key": self._property,
            "$group_id": account.customer,
            "$set": told,
        }
        answer = await self._ingest.call("POST", "/groups", json=[update], params={"verbose": 1, "ip": 0})
        if isinstance(answer, dict) and not answer.get("status"):
            raise self._ingest.rejected(answer.get("error"))
        return Receipt(reference=account.customer, said="group saved")

    async def check(self) -> Standing:
        """Names of the project's events, with the service account."""

        async def who() -> str:
            params: Query = {"project_id": self._project, "type": "general", "limit": 1}
            await self._query.get("/events/names", params)
            return f"project {self._project}"

        return await standing(System.MIXPANEL, who, {})
