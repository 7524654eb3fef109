"""A report: figures as they were made, typed claims about them, and words that claim nothing (section 18.3).

Numbers are never typed by hand: a claim names a figure of the report, and what is published is the figure's own text.
"""

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.approval import Named
from models.base import Carried, Instant, Slug, Value
from models.figure import Figure
from models.figure_change import Change
from models.portfolio_book import PortfolioBook

Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ClaimKind(StrEnum):
    """What is claimed. The first four are those of section 18.3; each kind asks for evidence of its own."""

    CHURN_IS = "churn_is"
    NPS_IMPROVED = "nps_improved"
    COHORT_RETENTION_IS = "cohort_retention_is"
    USERS_ARE_HAPPY = "users_are_happy"
    IMPROVED = "improved"
    FIGURE_IS = "figure_is"
    WILL_ACHIEVE = "will_achieve"


class Claim(Value):
    """One claim. ``text`` is the author's, without numbers; ``{figure}`` in it stands for the figure's own text."""

    id: Slug
    kind: ClaimKind
    text: Words
    figure: Slug | None = Field(default=None, description="A figure of the report; none for a promise.")


class ReportFile(Value):
    """What an author writes."""

    title: Words
    author: Named
    first_month: str = Field(alias="from", description="Such as 2024-10.")
    last_month: str = Field(alias="to")
    definition: Slug = "running_sum"
    claims: tuple[Claim, ...] = Field(default=(), max_length=100)
    commentary: tuple[Prose, ...] = Field(default=(), max_length=50)
    notes: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = Field(
        default="", description="Anomalies and changes of method; 'none' is said, not left out."
    )


class ReportContent(Value):
    """What is checked, attested, approved and published; frozen when the report is drafted."""

    title: Words
    author: Named
    first: date
    last: date
    compared_first: date
    compared_last: date
    as_of: Instant
    definition: Slug
    figures: dict[str, Figure]
    changes: dict[str, Change]
    claims: tuple[Claim, ...] = ()
    commentary: tuple[Prose, ...] = ()
    notes: str = ""
    book: PortfolioBook | None = Field(default=None, description="Of a portfolio report only.")

    @property
    def sha256(self) -> str:
        """Of the whole content; one without a book is hashed as it was before there were books."""
        absent = {"book"} if self.book is None else None
        plain = json.dumps(self.model_dump(mode="json", exclude=absent), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(plain.encode()).hexdigest()


class Verdict(Value):
    """What becomes of a claim: its text, or the notice of what is missing in its place."""

    claim: Slug
    kind: ClaimKind
    allowed: bool
    text: str
    missing: tuple[str, ...] = ()


class Published(Value):
    """What went out."""

    title: str
    period: str
    compared_with: str
    figures: tuple[str, ...]
    claims: tuple[Verdict, ...]
    commentary: tuple[str, ...]
    notes: str
    method: tuple[str, ...] = Field(description="Definitions and queries, with versions and hashes.")
    validation: str
    approved_by: str
    attested: tuple[str, ...]


class Report(Carried):
    """A stored report."""

    id: str
    content: ReportContent
    created_at: Instant
    sha256: str
    published_at: Instant | None = None
    published_by: str | None = None
    published: Published | None = None
