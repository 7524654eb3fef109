"""The playbooks in force: the files of the checkout, and over them what was released (section 20 of the domain).

A playbook that was never released is as its file says. Once it was, only a release changes it: a file edited and not
released changes nothing. Without its file a playbook is retired, whatever was released.
"""

from collections.abc import Iterable

from models.enums import Segment
from models.playbook import Playbook
from models.release import Release, ReleaseNote
from playbooks.catalog import Catalog, Entry


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
        self._files = files
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
        self._catalog, self._known = in_force(self._files, found), ids
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
