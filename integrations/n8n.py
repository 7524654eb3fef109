"""n8n, as far as it can be asked without starting anything; what is posted there goes by ``webhook_sender`` (14.3).

Only a post tells whether a workflow is active behind an address and takes our signature, and a post starts it. What n8n
documents as harmless is ``GET /healthz`` of an instance: 200 where it can be reached, self-hosted or in n8n's cloud.
"""

from collections.abc import Mapping

import httpx

from integrations.http import Api
from integrations.standing import standing
from models.errors import Rejected
from models.outside import Standing

_HOOKS = ("webhook", "webhook-test")
"""Segments of the path at which the addresses of webhook nodes begin; what stands before them is the instance."""
UNCHECKED = ("whether a workflow is active behind each address and takes our signature: only a post tells",)


class N8n:
    """One instance. ``targets``: the names of the addresses that lead to it; ``setting``: the variable of the first."""

    def __init__(
        self, client: httpx.AsyncClient, *, base: str, targets: tuple[str, ...], setting: str, timeout: float = 10.0
    ) -> None:
        address = httpx.URL(base)
        auth = (address.username, address.password) if address.userinfo else None
        self._base = str(address.copy_with(userinfo=b"", query=None, fragment=None)).rstrip("/")
        self._targets = targets
        secrets = (address.password,)
        self._api = Api(client, "n8n", self._base, setting=setting, auth=auth, secrets=secrets, timeout=timeout)

    async def check(self) -> Standing:
        """``/healthz``; what it cannot say is named as unchecked, what answers but is no n8n has it missing."""
        refused: list[Rejected] = []

        async def who() -> str:
            try:
                await self._well()
            except Rejected as error:
                refused.append(error)
            return f"{self._base} for {', '.join(self._targets)}"

        async def health() -> None:
            if refused:
                raise refused[0]

        return await standing("n8n", who, {"/healthz of an n8n": health}, unchecked=UNCHECKED)

    async def _well(self) -> None:
        found = await self._api.get("/healthz")
        if found.get("status") != "ok":
            raise self._api.rejected("/healthz does not say that it is well")


def instances(urls: Mapping[str, str], base: str = "") -> dict[str, tuple[str, ...]]:
    """Address of each instance to the names of the addresses that lead to it. ``base``: of the one there is."""
    found: dict[str, tuple[str, ...]] = {}
    for target, url in urls.items():
        where = base or instance_of(url)
        found[where] = (*found.get(where, ()), target)
    return found


def instance_of(url: str) -> str:
    """What stands before ``/webhook/`` in the address of a webhook node; without it, the host."""
    address = httpx.URL(url)
    segments = address.path.strip("/").split("/")
    at = next((place for place, one in enumerate(segments) if one in _HOOKS), 0)
    return str(address.copy_with(path="/" + "/".join(segments[:at]), query=None, fragment=None)).rstrip("/")
