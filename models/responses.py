"""How customers and our own people behave in a simulation: a file of habits, reactions, scripted events and facts.

Nothing is assumed that the file does not say: without one nobody answers, and what the calendar does not move stays as
it is stored.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from models.base import Delay, Instant, Slug, Value
from models.enums import Segment
from models.ids import CustomerId
from models.playbook_rules import EventPattern

Probability = Annotated[float, Field(ge=0, le=1)]
Data = dict[str, str | int | float | bool | None]


class Span(Value):
    """A delay between two lengths; drawn evenly, in whole hours where it is hours long."""

    min: Delay = timedelta(0)
    max: Delay | None = Field(default=None, description="Absent: always the shortest.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min < timedelta(0) or (self.max is not None and self.max < self.min):
            raise ValueError("a span begins at 0 or later and does not end before it begins")
        return self


class Habit(Value):
    """Something customers do by themselves, at random moments: so often in thirty days."""

    event: EventPattern
    per_month: Annotated[float, Field(ge=0, le=1000)] | None = None
    as_stored: Literal["logins_per_week"] | None = Field(
        default=None, description="As often as this fact of the customer says; unknown: not at all."
    )
    share: Probability = Field(default=1.0, description="Part of the customers who have the habit.")
    segments: tuple[Segment, ...] = ()
    data: Data = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if (self.per_month is None) == (self.as_stored is None):
            raise ValueError("a habit needs exactly one of per_month and as_stored")
        return self


class Reaction(Value):
    """What may follow a step of ours: an event of the customer, or a person's outcome.

    It follows the start of a run of ``playbook``, or its ``step`` once that is done (an await: once it begins), or a
    message of ``template``.
    """

    playbook: Slug | None = None
    step: Slug | None = None
    template: Slug | None = None
    event: EventPattern | None = None
    outcome: Slug | None = None
    probability: Probability = 1.0
    after: Span = Span()
    segments: tuple[Segment, ...] = ()
    data: Data = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.event is None) == (self.outcome is None):
            raise ValueError("a reaction needs exactly one of event and outcome")
        if self.playbook is None and self.step is None and self.template is None:
            raise ValueError("a reaction needs what it follows: playbook, step or template")
        if self.outcome is not None and self.step is None:
            raise ValueError("an outcome needs the step that awaits it")
        return self


class Scripted(Value):
    """One event of one customer, at a moment or so many days after the beginning."""

    customer: CustomerId
    event: EventPattern
    at: Instant | None = None
    day: Annotated[float, Field(ge=0, le=3660)] | None = None
    data: Data = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if (self.at is None) == (self.day is None):
            raise ValueError("a scripted event needs exactly one of at and day")
        return self


class Change(Value):
    """A fact that becomes something on a day, for one customer or a share of them. null: it becomes unknown."""

    fact: Slug
    value: JsonValue
    day: Annotated[float, Field(ge=0, le=3660)] = 0
    customer: CustomerId | None = None
    share: Probability = 1.0
    segments: tuple[Segment, ...] = ()


class Responses(Value):
    """The file. Equal files with equal seeds give equal simulations, whatever the number of processes."""

    seed: int = 0
    habits: tuple[Habit, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    script: tuple[Scripted, ...] = ()
    facts: tuple[Change, ...] = ()
