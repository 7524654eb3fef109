"""The customer's side of an onboarding: steps to do, milestones, help (sections 4.1 to 4.3 of the domain)."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from models.base import Definition, Delay, Slug
from models.enums import Language, ResourceType, StepType

ALL_REQUIRED = "all_required_steps_completed"
"""The criterion met when every required step is done."""


class Resource(Definition):
    """A help link, relative to the product's address."""

    type: ResourceType
    title: str
    url: str


class ProgramStep(Definition):
    """One thing the customer (or the CSM with the customer) gets done."""

    id: Slug
    name: str
    names: dict[Language, str] = Field(default_factory=dict, description="Name shown to the customer, by language.")
    description: str
    type: StepType
    required: bool
    minutes: Annotated[int, Field(ge=0)]
    criterion: Slug
    resources: tuple[Resource, ...] = ()


class ProgramMilestone(Definition):
    """A point reached when every criterion is met; celebrated only if it has a text."""

    id: Slug
    name: str
    names: dict[Language, str] = Field(default_factory=dict, description="Name shown to the customer, by language.")
    target_day: Annotated[int, Field(ge=1)]
    criteria: tuple[Slug, ...] = Field(min_length=1)
    celebration: dict[Language, str] = Field(default_factory=dict)


class OnboardingProgram(Definition):
    """Steps and milestones of one program."""

    duration_days: Annotated[int, Field(ge=1)]
    stall_after: Delay = timedelta(days=3)
    first_value: Slug
    has_kickoff: bool
    steps: tuple[ProgramStep, ...] = Field(min_length=1)
    milestones: tuple[ProgramMilestone, ...] = ()

    @model_validator(mode="after")
    def _refers_to_itself(self) -> Self:
        criteria = [step.criterion for step in self.steps]
        ids = [step.id for step in self.steps]
        for what, names in (("step id", ids), ("criterion", criteria)):
            doubled = sorted({name for name in names if names.count(name) > 1})
            if doubled:
                raise ValueError(f"{what} used twice: {', '.join(doubled)}")
        known = {*criteria, ALL_REQUIRED}
        for milestone in self.milestones:
            for criterion in milestone.criteria:
                if criterion not in known:
                    raise ValueError(f"milestone {milestone.id}: no step has criterion '{criterion}'")
        if self.first_value not in criteria:
            raise ValueError(f"first_value: no step has criterion '{self.first_value}'")
        if not any(step.required for step in self.steps):
            raise ValueError("no step is required")
        return self
