"""Experiments with a playbook: who is held out of it, and the row that says so before anybody is exposed."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Carried, Definition, Delay, Instant, Slug


class Arm(StrEnum):
    """Which side of an experiment an account is on."""

    TREATED = "treated"
    HOLDOUT = "holdout"


class Outcome(StrEnum):
    """What an experiment is judged by, within its window.

    ``churned``: the subscription was cancelled; ``renewed``: a renewal was decided as renewed.
    """

    CHURNED = "churned"
    RENEWED = "renewed"


class Holdout(Definition):
    """The part of the eligible accounts that a playbook leaves alone, so that its effect can be told from chance.

    The arm depends on experiment, salt and account only: a new version of the playbook keeps it, a new name of the
    experiment draws it anew.
    """

    fraction: Annotated[float, Field(gt=0, le=0.5)]
    experiment: Slug | None = Field(default=None, description="Name of the experiment; the playbook's id if absent.")
    salt: Annotated[str, Field(max_length=100)] = Field(default="", description="Draws the same name differently.")
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)] = (Outcome.CHURNED,)
    within: Delay = Field(default=timedelta(days=90), description="How long after assignment an outcome counts.")


class Assignment(Carried):
    """One account in one experiment: written once, never changed."""

    customer: str
    experiment: Slug
    playbook: Slug
    arm: Arm
    fraction: float
    reason: str
    at: Instant
