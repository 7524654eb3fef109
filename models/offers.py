"""What may be said and offered: the company's approved list (sections 14.2 and 16 of the domain).

Nothing outside the list reaches a customer, so that no feature is promised that is not confirmed. An entry says who
approved it; using a save offer or an offer to return needs a named person's approval for that customer as well (G20).
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Slug, Value
from models.enums import Language, Plan

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Said(Value):
    """The same in both languages."""

    es: Words
    en: Words

    def text(self, language: Language) -> str:
        """In that language."""
        return self.es if language is Language.ES else self.en


class PlanOption(Value):
    """What an upgrade mail may say of a plan."""

    name: Words
    approved_by: Person
    summary: Said


class Offer(Value):
    """Something that may be offered to keep a customer or to win one back."""

    id: Slug
    approved_by: Person
    text: Said
    plans: tuple[Plan, ...] = Field(default=(), description="Plans it is for; empty: every plan.")
    percent: Annotated[int, Field(ge=1, le=100)] | None = Field(default=None, description="Discount, of the price.")
    months: Annotated[int, Field(ge=1, le=12)] | None = Field(default=None, description="How long the discount lasts.")

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.percent is None) is not (self.months is None):
            raise ValueError("a discount needs both percent and months")
        return self

    def suits(self, plan: Plan | None) -> bool:
        """Whether it may be offered to a customer of the plan; an unknown plan only gets what is for everyone."""
        return not self.plans or plan in self.plans


class News(Value):
    """A released feature worth telling."""

    released: date
    approved_by: Person
    name: Said
    text: Said


class Approved(Value):
    """Both files."""

    plans: dict[Plan, PlanOption] = Field(default_factory=dict)
    save_offers: tuple[Offer, ...] = ()
    return_offers: tuple[Offer, ...] = ()
    news: tuple[News, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        for offers in (self.save_offers, self.return_offers):
            ids = [offer.id for offer in offers]
            if len(ids) != len(set(ids)):
                raise ValueError(f"an offer stands twice: {', '.join(sorted(i for i in ids if ids.count(i) > 1))}")
        return self

    def above(self, plan: Plan | None) -> tuple[PlanOption, ...]:
        """Plans above this one on the ladder; none for the top or an unknown plan."""
        ladder = list(Plan)
        higher = ladder[ladder.index(plan) + 1 :] if plan is not None else []
        return tuple(self.plans[one] for one in higher if one in self.plans)

    def news_by(self, day: date, most: int = 3) -> tuple[News, ...]:
        """What is released by that day, newest first."""
        return tuple(sorted((one for one in self.news if one.released <= day), key=lambda n: n.released, reverse=True))[
            :most
        ]
