"""The lexicon by which survey comments are sorted into themes, as data (sections 11.2 and 19 of the domain, N11).

A term is one or more words, matched without accents or case; ``*`` at the end of a word stands for any ending
("integra*" finds "integración" and "integrations"). Terms are never patterns of a regular-expression engine, so no file
and no comment can make matching slow.
"""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Slug, Value
from models.enums import Language

Term = Annotated[
    str,
    StringConstraints(pattern=r"^[^\W_]+\*?( [^\W_]+\*?)*$", max_length=80),
    Field(description="Words separated by one space; a word may end in `*`."),
]


class Theme(Value):
    """A subject that a comment may touch, whichever way: the score says whether it is praise."""

    id: Slug
    label: dict[Language, Annotated[str, Field(min_length=1, max_length=80)]] = Field(min_length=1)
    terms: tuple[Term, ...] = Field(min_length=1)


class Order(Value):
    """Words of command close to words for what rules us: an apparent attempt to give orders."""

    verbs: tuple[Term, ...] = Field(min_length=1)
    objects: tuple[Term, ...] = Field(min_length=1)
    within: Annotated[int, Field(ge=1, le=20)] = Field(default=6, description="Words apart, at most.")


class Suspicion(Value):
    """What makes a text suspect of being an instruction to a machine rather than an opinion."""

    phrases: tuple[Term, ...] = ()
    orders: tuple[Order, ...] = ()
    markers: tuple[Annotated[str, Field(min_length=2, max_length=40)], ...] = Field(
        default=(), description="Signs looked for as they stand, without regard to case."
    )


class Competitor(Value):
    """Another product, or a way of speaking of one without its name."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    terms: tuple[Term, ...] = Field(min_length=1)


class Lexicon(Value):
    """Themes and suspicions of one version; stored answers name the version that sorted them."""

    version: Annotated[int, Field(ge=1)]
    themes: tuple[Theme, ...] = Field(min_length=1)
    suspicion: Suspicion
    competitors: tuple[Competitor, ...] = ()
    competitor_tags: tuple[Term, ...] = Field(default=(), description="Tags of a ticket that say it names one.")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [theme.id for theme in self.themes]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            raise ValueError(f"theme used twice: {', '.join(doubled)}")
        return self
