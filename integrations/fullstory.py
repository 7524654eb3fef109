"""FullStory: links to recorded visits for a manager's task, and stage and health on users (section 2)."""

from datetime import UTC, datetime
from typing import Any

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.ids import delivery_key
from models.outside import Account, Receipt, ReportPlay, Standing, System
from models.outside_links import OutsideSession

BASE = "https://api.fullstory.com"


class FullStory:
    """The session reader; a user is ours by ``uid``."""

    def __init__(self, client: httpx.AsyncClient, *, key: str, base: str = BASE) -> None:
        self._api = Api(
            client,
            System.FULLSTORY,
            base,
            setting="STEADFAST_FULLSTORY_KEY",
            headers={"authorization": f"Basic {key}"},  # the raw key, as their documentation has it
            secrets=[key],
        )

    async def sessions(self, *, uid: str | None = None, email: str | None = None) -> tuple[OutsideSession, ...]:
        """The latest visits of a user, by our id or by address."""
        found = await self._api.get("/v2/sessions", {"uid": uid, "email": email, "limit": 5})
        return tuple(_session(one) for one in found.get("sessions") or found.get("results") or [])

    async def save_account(self, account: Account, key: str) -> Receipt:
        """The user under our id."""
        asked: dict[str, Any] = {"uid": account.customer, "display_name": account.title}
        if account.email is not None:
            asked["email"] = account.email
        values: dict[str, object] = {
            "steadfast_stage": account.stage,
            "steadfast_health_score": account.health_score,
            "steadfast_health_grade": account.health_grade,
        }
        asked["properties"] = {
            name: value if isinstance(value, float) else str(value)
            for name, value in values.items()
            if value is not None
        }
        saved = await self._post("/v2/users", asked, key)
        return Receipt(reference=str((saved or {}).get("id", account.customer)), said="user saved")

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """An event on the user."""
        asked = {
            "name": f"Steadfast play {play.status}",
            "timestamp": play.at.astimezone(UTC).isoformat(),
            "user": {"uid": account.customer},
            "properties": {"playbook": play.playbook, "reason": play.reason},
        }
        await self._post("/v2/events", asked, key)
        return Receipt(said="event recorded")

    async def check(self) -> Standing:
        """``/me`` names the key's owner and role."""

        async def who() -> str:
            found = await self._api.get("/me")
            return f"{found.get('email')} of {found.get('orgId')} ({found.get('role')})"

        return await standing(System.FULLSTORY, who, {})

    async def _post(self, path: str, body: dict[str, Any], key: str) -> Any:
        return await self._api.call("POST", path, json=body, headers={"idempotency-key": delivery_key(key)})


def _session(one: dict[str, Any]) -> OutsideSession:
    made = one.get("created_time") or one.get("createdTime")
    at = None
    if isinstance(made, str) and not made.isdigit():
        at = datetime.fromisoformat(made).astimezone(UTC)
    elif made is not None:
        at = datetime.fromtimestamp(int(made), UTC)
    return OutsideSession(url=str(one.get("app_url") or one.get("fsUrl") or one.get("url") or ""), at=at)
