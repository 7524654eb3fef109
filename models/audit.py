"""The audit log's entries and the chain over them: a row that was changed, removed or slipped in is found.

Each link carries the SHA-256 of the link before it and of its own entry. Who can write to the database can make a new
chain from the beginning; what catches that is a link noted elsewhere (``starter.py audit verify --expect``).
"""

import hashlib
import json
from datetime import UTC
from typing import NamedTuple

from pydantic import JsonValue

from models.base import Carried, Instant

BEGINNING = "0" * 64
"""What stands before the first link."""


class AuditEntry(Carried):
    """One act of a person or of the system. ``subject``: a customer, a run, or ``*`` for all."""

    number: int
    at: Instant
    actor: str
    action: str
    subject: str
    detail: dict[str, JsonValue]


class AuditLink(Carried):
    """The link of the entry with the same number; hashes in lower-case hexadecimal."""

    number: int
    previous: str
    sha256: str


class Row(NamedTuple):
    """What is stored under a number; None: nothing."""

    number: int
    entry: AuditEntry | None
    link: AuditLink | None


class Broken(Carried):
    """The first row at which the log stops being what was written."""

    number: int
    reason: str


class Verified(Carried):
    """How far the chain holds. ``head``: the last link that does, worth noting somewhere else."""

    entries: int
    head: AuditLink | None
    broken: Broken | None

    @property
    def whole(self) -> bool:
        """Nothing was changed."""
        return self.broken is None


def linked(entry: AuditEntry, previous: str) -> AuditLink:
    """The link of an entry after the link with that hash."""
    plain = [
        previous, entry.number, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.actor, entry.action,
        entry.subject, entry.detail,
    ]  # fmt: skip
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return AuditLink(number=entry.number, previous=previous, sha256=hashlib.sha256(text.encode()).hexdigest())


class Walk:
    """Recomputes every link, given whatever has an entry or a link in the order of the numbers.

    ``expected``: number and hash of a link noted earlier; only those two are compared.
    """

    def __init__(self, expected: AuditLink | None = None) -> None:
        self._expected = expected
        self._last: AuditLink | None = None
        self._count = 0
        self._broken: Broken | None = None

    def follow(self, row: Row) -> bool:
        """Whether the chain holds up to here; False: no need to go on."""
        reason = _wrong(row, BEGINNING if self._last is None else self._last.sha256)
        noted = self._expected
        if not reason and row.link is not None and noted is not None:
            if row.number == noted.number and row.link.sha256 != noted.sha256:
                reason = "its link is another than the one noted"
            elif row.number > noted.number and (self._last is None or self._last.number < noted.number):
                reason = f"number {noted.number} was noted, and is missing before it"
        if reason:
            self._broken = Broken(number=row.number, reason=reason)
            return False
        self._last, self._count = row.link, self._count + 1
        return True

    def verified(self) -> Verified:
        """After the last row."""
        noted, broken = self._expected, self._broken
        if broken is None and noted is not None and (self._last is None or self._last.number < noted.number):
            broken = Broken(number=noted.number, reason="it was noted, and the log ends before it")
        return Verified(entries=self._count, head=self._last, broken=broken)


def _wrong(row: Row, before: str) -> str:
    if row.entry is None:
        return "the row was removed; its link is still there"
    if row.link is None:
        return "the row has no link: it was not written through the log, or its link was removed"
    if row.link.previous != before:
        return "it does not follow the row before it: one was removed, added or moved"
    if linked(row.entry, before) != row.link:
        return "its content is not what was written"
    return ""
