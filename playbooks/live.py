"""The playbooks in force: the files of the checkout, and over them what was released (section 20 of the domain).

When a worker starts, a file with a higher version than the last release becomes a release by itself: runs under way
finish on the old. A file edited without raising its version changes nothing. ``starter.py playbooks release`` puts a
file in force at once and says what becomes of the runs. Without its file a playbook is retired, whatever was released.
"""

from collections.abc import Iterable
from datetime import datetime

from models.enums import Segment
from models.playbook import Playbook
from models.release import Policy, Release, ReleaseNote
from playbooks.catalog import Catalog, Entry

DEPLOYMENT = "deployment"
"""The author of a release that came with the checkout."""


def deployed(files: Catalog, releases: Iterable[Release], now: datetime) -> tuple[list[Release], list[str]]:
    """Releases that the files make, and files whose content changed without their version, which make none."""
    last: dict[tuple[str, frozenset[Segment]], Release] = {}
    for one in releases:
        last.setdefault((one.playbook, frozenset(one.segments)), one)
    made, unversioned = [], []
    for entry in files.entries():
        book = entry.playbook
        before = last.get((book.id, frozenset(book.segments)))
        if before is None or book.version > before.version:
            made.append(_release(entry, now))
        elif book.version == before.version and entry.fingerprint != before.fingerprint:
            unversioned.append(_name(entry))
    return made, unversioned


def _release(entry: Entry, now: datetime) -> Release:
    """The same for every worker that starts with the file, so there is one of it."""
    book = entry.playbook
    return Release(
        id=f"rel_{entry.fingerprint[:40]}",
        playbook=book.id,
        segments=book.segments,
        version=book.version,
        fingerprint=entry.fingerprint,
        document=book,
        author=DEPLOYMENT,
        reason=f"version {book.version} of {_name(entry)}",
        at=now,
        policy=Policy.FINISH,
    )


def _name(entry: Entry) -> str:
    """The file as it is named in the checkout."""
    return entry.file.rpartition("/playbooks/")[2] or entry.file


def in_force(files: Catalog, releases: Iterable[Release]) -> Catalog:
    """The catalog after the releases, newest first."""
    ids = {entry.playbook.id for entry in files.entries()}
    released = [
        Entry(one.document, one.fingerprint, f"release {one.id}", one.note) for one in releases if one.playbook in ids
    ]
    return Catalog(_needed([*released, *files.entries()]))


def _needed(entries: Iterable[Entry]) -> list[Entry]:
    """Of one id the first that suits a segment is in force for it; one that is in force for nobody is left out."""
    taken: set[tuple[str, Segment]] = set()
    kept = []
    for entry in entries:
        claims = {(entry.playbook.id, segment) for segment in Segment if entry.suits(segment)}
        if claims - taken:
            free = tuple(segment for segment in Segment if (entry.playbook.id, segment) in claims - taken)
            kept.append(entry._replace(only=free))
        taken |= claims
    return kept


class Live:
    """What the activities ask; implements ``activities.ports.Playbooks``. A release is taken while it works."""

    def __init__(self, files: Catalog) -> None:
        """``files``: of the checkout."""
        self.files = files
        self._known: tuple[str, ...] = ()
        self._catalog = files

    @property
    def catalog(self) -> Catalog:
        """What is in force now."""
        return self._catalog

    def take(self, releases: Iterable[Release]) -> bool:
        """Follow these releases, newest first; whether anything changed."""
        found = list(releases)
        ids = tuple(one.id for one in found)
        if ids == self._known:
            return False
        self._catalog, self._known = in_force(self.files, found), ids
        return True

    def all(self) -> tuple[Playbook, ...]:
        """Every playbook in force."""
        return self._catalog.all()

    def by_id(self, playbook: str, segment: Segment | None) -> Playbook:
        """The playbook of that id for that segment. Raises NotFound."""
        return self._catalog.by_id(playbook, segment)

    def for_trigger(self, trigger: str, segment: Segment | None) -> tuple[Playbook, ...]:
        """What an event of that name starts."""
        return self._catalog.for_trigger(trigger, segment)

    def program_for(self, segment: Segment) -> Playbook:
        """The onboarding program of a segment."""
        return self._catalog.program_for(segment)

    def note(self, playbook: Playbook) -> ReleaseNote | None:
        """Who released it; None: it is as its file says."""
        return self._catalog.note(playbook)
