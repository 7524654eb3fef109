"""The plays that are timed: the released welcome sequence, without its delays, and with a condition a step."""

from datetime import datetime, timedelta

from models.clock import REAL, Clock
from models.enums import Segment
from models.ids import new_id, sequence_id
from models.play import PlayInput, PlayStart
from models.playbook import ActStep, BranchStep, Case, Playbook, Step
from playbooks.catalog import Catalog
from rendering.catalogue import Templates
from tests.benchmarks.values import Asked

WELCOME = "onboarding.welcome_sequence"


def released() -> Playbook:
    """The welcome sequence of self-serve customers, as it is released."""
    return Catalog.load(templates=Templates.load()).by_id(WELCOME, Segment.SELF_SERVE)


def immediate(playbook: Playbook) -> Playbook:
    """The same steps, all due at the trigger: a real server's timers resolve to a second and would drown the rest."""
    steps = tuple(step.model_copy(update={"delay": timedelta(0)}) for step in playbook.steps)
    return playbook.model_copy(update={"steps": steps})


def conditional(playbook: Playbook) -> Playbook:
    """A branch on values of the run before each step, decided in the workflow."""
    steps: list[Step] = []
    for step in playbook.steps:
        assert isinstance(step, ActStep)
        asked = Case.model_validate({"if": 'plan == "starter" && cycle < 3', "then": "go"})
        branch = BranchStep(id=f"choose.{step.id}", kind="branch", cases=(asked,), otherwise="stay", delay=step.delay)
        steps += [branch, step.model_copy(update={"after": branch.id, "on": ("go",), "delay": timedelta(0)})]
    return playbook.model_copy(update={"steps": tuple(steps)})


def new_customer() -> str:
    """An id as long as those of the usual billing systems: it is in every step's input three times."""
    return new_id("cus")[:18]


def play_input(playbook: Playbook, started: datetime, clock: Clock = REAL, *, customer: str = "") -> PlayInput:
    """A customer of its own, and what the lifecycle would pass."""
    customer = customer or new_customer()
    return PlayInput(
        start=PlayStart(
            workflow_id=sequence_id(customer, playbook.id, 1),
            customer=customer,
            playbook=playbook,
            fingerprint=playbook.fingerprint(),
            started=started,
            clock=clock,
            plan="starter",
            values={"plan": "starter", "segment": "self_serve", "cycle": 1},
        )
    )


def hand_input(fingerprint: str, started: datetime, clock: Clock = REAL, *, day: float = 0.0, steps: int = 8) -> Asked:
    """The same for the hand-written one."""
    customer = new_customer()
    return Asked(
        workflow_id=sequence_id(customer, WELCOME, 1),
        customer=customer,
        fingerprint=fingerprint,
        started=started,
        clock=clock,
        day=day,
        steps=steps,
    )
