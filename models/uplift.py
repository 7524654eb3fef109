"""What an experiment has shown so far: one comparison for each outcome, by intention to treat."""

from datetime import date, datetime

from pydantic import Field

from models.base import Carried, Instant
from models.experiment import Outcome
from models.figure import Figure


class ArmCount(Carried):
    """One arm: everybody assigned to it, whether or not the play then ran."""

    arm: str
    assigned: int
    followed: int = Field(description="Assigned long enough ago that the outcome's window is over.")
    events: int = Field(description="Of those followed.")
    share: Figure


class Comparison(Carried):
    """One outcome in both arms. ``difference`` is treated less holdout."""

    outcome: Outcome
    arms: tuple[ArmCount, ArmCount]
    difference: Figure
    p: float | None = Field(description="Fisher's exact test, two-sided; None where it is not told.")
    smallest_visible: Figure
    wanted: float | None = Field(description="The effect that the plan below is made for, as a difference of shares.")
    needed: int | None = Field(description="Accounts to follow in both arms together to see that effect.")
    tell_on: date | None = Field(description="When as many will have been followed, at the present rate.")
    verdict: str


class Uplift(Carried):
    """The report of an experiment."""

    playbook: str
    experiment: str
    fraction: float
    within_days: int
    as_of: Instant
    first_assigned: datetime | None
    per_week: float | None = Field(description="Accounts assigned a week, over the last 13 weeks or since the first.")
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...]
