"""What a playbook says of itself as a whole: who is told, what it gives way to, and when it may run again.

Parts of :class:`models.playbook.Playbook` (sections 7.3, 14.1 and 16 of the domain).
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from models.base import Definition, Delay
from models.enums import Role

EventPattern = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(:[a-z0-9_.-]+)?$")]
Condition = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
PlaybookPattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(\.([a-z0-9][a-z0-9_-]*|\*))*$")]
"""A playbook's id, or a group of them: ``expansion.*``."""

ProcessName = Literal["onboarding", "sequence", "save", "renewal", "nps", "qbr", "referral"]

NORMAL_PRIORITY = 50
HIGH_PRIORITY = 80
"""From this priority on a playbook may use the messages of the week that are kept back for what matters most."""


class Goal(Definition):
    """Ends the run as a success: an event of this name, whatever step it waits in."""

    event: EventPattern
    reason: str = ""
    when: Condition | None = Field(default=None, description="CEL over facts, re-checked before each effect.")


class Exit(Definition):
    """Ends the run without success: the customer left, or the reason for the run is gone."""

    event: EventPattern
    reason: str = ""
    when: Condition | None = Field(default=None, description="CEL over facts, re-checked before each effect.")


class EscalationPath(Definition):
    """Who is told, in turn, each time the timeline passes without an outcome (section 7.3, C9)."""

    path: tuple[Role, ...] = Field(min_length=1)
    timeline: Delay


class OncePer(StrEnum):
    """Of what a playbook runs once, however often its trigger comes."""

    TERM = "term"
    CYCLE = "cycle"
    QUARTER = "quarter"
    OPPORTUNITY = "opportunity"
    RESPONSE = "response"
    CUSTOMER = "customer"


class Reentry(Definition):
    """When the same playbook may run again for a customer (section 7.3, C7)."""

    cool_down: Delay = Field(default=timedelta(0), description="After a run has ended, before the next may start.")
    unless_severity_rose: bool = Field(default=True, description="A worse signal than last time does not wait.")
    once_per: OncePer | None = None


class Excludes(Definition):
    """Other playbooks of the same customer, by id or group, that do not run beside this one."""

    stops: tuple[PlaybookPattern, ...] = Field(default=(), description="End as superseded when this one starts.")
    pauses: tuple[PlaybookPattern, ...] = Field(
        default=(), description="Reach nobody outside while this one runs; what is then too late is skipped."
    )
    held_by: tuple[PlaybookPattern, ...] = Field(
        default=(), description="While one of these runs, this does not start."
    )


def named_by(patterns: tuple[PlaybookPattern, ...], playbook: str) -> bool:
    """Whether one of the patterns names the playbook."""
    return any(
        playbook == pattern or (pattern.endswith(".*") and playbook.startswith(pattern[:-1])) for pattern in patterns
    )
