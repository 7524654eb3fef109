"""Releases and pauses of playbooks, as repositories of a transaction (section 20 of the domain)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from models.release import MoveLine, Pause, Release


class Releases(Protocol):
    """Releases, newest first."""

    async def add(self, release: Release) -> None:
        """Keep one; again under its id changes nothing."""
        ...

    async def all(self, playbook: str | None = None) -> list[Release]:
        """Every release, or those of one playbook."""
        ...

    async def became(self, release: str, lines: Sequence[MoveLine], at: datetime) -> None:
        """What became of runs; the last word of each run stays."""
        ...


class Pauses(Protocol):
    """Playbooks that do nothing for now."""

    async def of(self, playbook: str) -> Pause | None:
        """The open pause of a playbook, or None."""
        ...

    async def open(self) -> list[Pause]:
        """Every open pause."""
        ...

    async def pause(self, playbook: str, *, by: str, reason: str, at: datetime) -> Pause:
        """Pause it. Raises Refused when it is paused already."""
        ...

    async def resume(self, playbook: str, *, by: str, at: datetime) -> Pause:
        """Resume it. Raises NotFound when it was never paused."""
        ...
