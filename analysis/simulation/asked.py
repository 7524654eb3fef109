"""A step that is due in a simulation, and what its activity would answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from analysis.simulation.situation import Situation
from analysis.simulation.world import World
from models.playbook import ActStep, EscalateStep, Playbook


class Answer(NamedTuple):
    """What a step's activity would answer."""

    status: str
    reason: str = ""
    until: datetime | None = None
    values: tuple[tuple[str, str], ...] = ()
    """Values that later branches read."""


DONE = Answer("done")


def over(playbook: Playbook) -> tuple[tuple[str, Answer], ...]:
    """Exits and goals of a playbook that hang on facts, in the order in which they are asked."""
    exits = [(one.when, Answer("exited", one.reason or one.event)) for one in playbook.exits if one.when]
    return (*exits, *((one.when, Answer("goal_met", one.reason or one.event)) for one in playbook.goals if one.when))


@dataclass(slots=True)
class Asked:
    """One step of one run that is due."""

    who: Situation
    playbook: Playbook
    step: ActStep | EscalateStep
    started: datetime
    now: datetime
    over: tuple[tuple[str, Answer], ...]
    """Conditions on which the run is over, with what is answered then."""
    shown: set[str]
    """Steps of the run that have been shown in the product already."""
    run: str = ""

    @property
    def world(self) -> World:
        """What is the same for everybody."""
        return self.who.world
