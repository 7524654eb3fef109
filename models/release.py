"""Releases of playbooks, and what becomes of the runs that are under way (issue of every release; section 20).

A release is one content of one playbook, with its author and reason. A run keeps what it started with unless a release
moves it.
"""

from enum import StrEnum

from pydantic import Field

from models.base import Carried, Instant, Value
from models.enums import Segment
from models.events import Text
from models.playbook import Playbook


class Policy(StrEnum):
    """What a release does with runs that are under way."""

    FINISH = "finish"
    MOVE = "move"
    RESTART = "restart"


class ReleaseNote(Carried):
    """Who released what a run follows, and why: shown with the run."""

    release: str
    author: str
    reason: str
    at: Instant


class Release(Value):
    """One release. ``mapping``: old step to new step, for runs that move."""

    id: str
    playbook: str
    segments: tuple[Segment, ...] = Field(description="As the file says; empty: everyone.")
    version: int
    fingerprint: str
    document: Playbook
    author: Text
    reason: Text
    at: Instant
    policy: Policy
    mapping: dict[str, str] = Field(default_factory=dict)

    @property
    def note(self) -> ReleaseNote:
        """What its runs show."""
        return ReleaseNote(release=self.id, author=self.author, reason=self.reason, at=self.at)


class MoveRequest(Carried):
    """The update that moves or restarts a run. ``expected``: the digest of the state that was previewed."""

    policy: Policy
    playbook: Playbook
    fingerprint: str
    mapping: dict[str, str] = Field(default_factory=dict)
    expected: str
    note: ReleaseNote


class Standing(Carried):
    """Where a run stands, for the preview: everything a move is decided from."""

    workflow_id: str
    customer: str
    playbook: Playbook
    fingerprint: str
    generation: int
    digest: str
    state_json: str = Field(description="The run's state, as JSON: it is decided on by the same rule as in the run.")
    keys: dict[str, str] = Field(default_factory=dict)
    waiting: str = ""


class MoveOutcome(StrEnum):
    """What becomes of one run."""

    FINISHES = "finishes"
    MOVES = "moves"
    RESTARTS = "restarts"
    CANNOT_MOVE = "cannot_move"
    ENDED = "ended"
    CHANGED = "changed"
    ALREADY = "already"


class MoveLine(Value):
    """One run in a preview, or in the report of what was done."""

    workflow_id: str
    customer: str
    outcome: MoveOutcome
    waits_at: str = ""
    then_at: str = ""
    notes: tuple[str, ...] = ()
    again: tuple[str, ...] = Field(default=(), description="Messages that a restart sends once more.")


class Pause(Value):
    """A playbook does nothing for now: its runs are held, and new ones begin held."""

    number: int
    playbook: str
    by: str
    reason: str
    at: Instant
    resumed_at: Instant | None = None
    resumed_by: str | None = None
