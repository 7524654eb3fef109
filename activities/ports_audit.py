"""The audit log, as a repository of a transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue


class Audit(Protocol):
    """Acts, in the order they were done; each is chained to the one before."""

    async def add(self, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, JsonValue]) -> None:
        """Note an act, with the transaction or not at all."""
        ...
