"""The playbooks in force: loaded once, all of them checked, found by id, trigger and segment.

Several files may share an id when each is for other segments; a customer of unknown segment is treated as
self-serve, as section 4.4 of the domain treats every segment that is neither mid-market nor enterprise.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self

from models.enums import Segment
from models.errors import BadInput, NotFound
from models.playbook import Playbook
from models.release import ReleaseNote
from playbooks.check import Checked, check_file, files
from playbooks.problem import Problem, errors
from playbooks.vocabulary import TemplateIndex

DIRECTORY = Path(__file__).parent
"""Where the playbooks that come with Steadfast are."""

FALLBACK = Segment.SELF_SERVE


class Entry(NamedTuple):
    """One playbook in force, with the fingerprint of its content and the file it came from.

    ``note``: who released it. ``only``: the segments for which it is in force, where a later release took others.
    """

    playbook: Playbook
    fingerprint: str
    file: str
    note: ReleaseNote | None = None
    only: tuple[Segment, ...] | None = None

    def suits(self, segment: Segment) -> bool:
        """Whether it is for customers of the segment."""
        if self.only is not None:
            return segment in self.only
        return not self.playbook.segments or segment in self.playbook.segments


class Catalog:
    """Playbooks that passed every check; implements ``activities.ports.Playbooks``."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(sorted(entries, key=lambda entry: (entry.playbook.id, entry.file)))

    @classmethod
    def load(cls, directory: Path = DIRECTORY, templates: TemplateIndex | None = None) -> Self:
        """Read every file below the directory.

        Raises:
            BadInput: something is wrong with one of them; the message has a line for each problem.
        """
        checked = [check_file(path, templates) for path in files([directory])]
        found = errors([problem for one in checked for problem in one.problems]) + clashes(checked)
        if not checked:
            found.append(Problem(str(directory), 1, 1, "there are no playbooks", "a directory with *.yaml files"))
        if found:
            raise BadInput("\n".join(str(problem) for problem in sorted(found)))
        return cls(
            Entry(one.playbook, one.playbook.fingerprint(), one.file) for one in checked if one.playbook is not None
        )

    def all(self) -> tuple[Playbook, ...]:
        """Every playbook, by id."""
        return tuple(entry.playbook for entry in self._entries)

    def entries(self) -> tuple[Entry, ...]:
        """Every playbook with its fingerprint and file, by id."""
        return self._entries

    def by_id(self, playbook: str, segment: Segment | None = None) -> Playbook:
        """The playbook of that id for that segment; without a segment, the only one or the self-serve one.

        Raises:
            NotFound: there is none of that id, or none for the segment.
        """
        named = [entry for entry in self._entries if entry.playbook.id == playbook]
        if not named:
            known = ", ".join(dict.fromkeys(entry.playbook.id for entry in self._entries))
            raise NotFound(f"no such playbook; known: {known}", field="playbook", value=playbook)
        fitting = [entry for entry in named if entry.suits(segment or FALLBACK)]
        if not fitting and segment is None and len(named) == 1:
            fitting = named
        if not fitting:
            raise NotFound(f"not for segment {segment or FALLBACK}", field="playbook", value=playbook)
        return fitting[0].playbook

    def for_trigger(self, trigger: str, segment: Segment | None = None) -> tuple[Playbook, ...]:
        """What an event named ``trigger`` starts for a customer of the segment: programs and sequences, by id."""
        wanted = segment or FALLBACK
        return tuple(e.playbook for e in self._entries if e.playbook.trigger == trigger and e.suits(wanted))

    def program_for(self, segment: Segment | None = None) -> Playbook:
        """The onboarding program of a segment (section 4.4): its own, else the self-serve one.

        Raises:
            NotFound: there is no onboarding program for either.
        """
        for wanted in (segment or FALLBACK, FALLBACK):
            for entry in self._entries:
                if entry.playbook.process == "onboarding" and entry.suits(wanted):
                    return entry.playbook
        raise NotFound("no onboarding program", field="segment", value=str(segment))

    def note(self, playbook: Playbook) -> ReleaseNote | None:
        """Who released it; None: it is as its file says."""
        return next((entry.note for entry in self._entries if entry.playbook is playbook), None)

    def fingerprints(self) -> dict[str, str]:
        """Fingerprint by file."""
        return {entry.file: entry.fingerprint for entry in self._entries}


def clashes(checked: Iterable[Checked]) -> list[Problem]:
    """Files that claim the same customers: one id, or one onboarding program, twice for a segment."""
    found: dict[tuple[str, Segment], str] = {}
    problems: set[Problem] = set()
    for file, playbook, _ in checked:
        if playbook is None:
            continue
        for segment in playbook.segments or tuple(Segment):
            for claim in (f"playbook '{playbook.id}'", *_program_claim(playbook)):
                other = found.setdefault((claim, segment), file)
                if other != file:
                    message = f"{claim} for segment {segment} is also in {other}"
                    problems.add(Problem(file, 1, 1, message, "one file for each segment"))
    return sorted(problems)


def _program_claim(playbook: Playbook) -> tuple[str, ...]:
    return ("an onboarding program",) if playbook.process == "onboarding" else ()
