"""What HubSpot answers, whole as its description asks: an object, an upsert, an association."""

from typing import Any

from tests.integrations.vendor_kit import ok

HUB = "/crm/objects/2026-09"

_THEN = "2026-05-12T12:00:00Z"

ASSOCIATED = ok({"completedAt": _THEN, "startedAt": _THEN, "status": "COMPLETE", "results": []})


def stored(number: str) -> dict[str, Any]:
    """An object of any kind."""
    return {"id": number, "properties": {}, "archived": False, "createdAt": _THEN, "updatedAt": _THEN}


def upserted(number: str) -> dict[str, Any]:
    """An upsert of one that made it."""
    made = {**stored(number), "new": True}
    return {"results": [made], "status": "COMPLETE", "startedAt": _THEN, "completedAt": _THEN}
