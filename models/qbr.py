"""A quarterly business review: what was found, as data; the words of each language are the rendering's (section 12).

Names are those of the specification in snake_case. Every number is a figure with its evidence, or says why it is none.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Instant, Slug, Value
from models.enums import Language
from models.events import Text
from models.figure import Figure
from models.ids import CustomerId
from models.nps_figures import Period
from models.success_plan import CriterionStatus

DURATION_MINUTES = 60


class QbrStatus(StrEnum):
    """Life of a review: a draft is nobody's word, what was approved is what was seen."""

    DRAFT = "draft"
    APPROVED = "approved"
    HELD = "held"


class UsageTrend(StrEnum):
    """Where the use goes, against the quarter before (section 0.2)."""

    INCREASING = "increasing"
    STABLE = "stable"
    DECREASING = "decreasing"


class Move(StrEnum):
    """How a figure moved, in its own direction: told alike whichever it is."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    CANNOT_TELL = "cannot_tell"


class Compared(Value):
    """A figure of this quarter beside an earlier one. ``improvement``: in its own direction, a fraction; never bare."""

    metric: Slug
    before: Figure
    after: Figure
    improvement: Figure
    move: Move


class Point(Value):
    """One line of the summary. ``code`` chooses the words; ``subject`` and the figures fill them."""

    code: Slug
    subject: str = ""
    compared: Compared | None = None
    figure: Figure | None = None


class ExecutiveSummary(Value):
    """What to take home."""

    highlights: tuple[Point, ...]
    challenges: tuple[Point, ...]
    recommendations: tuple[Point, ...]


class Roi(Value):
    """The return by the agreed formula; a missing input gives a figure that cannot be told (Q4)."""

    time_saved: Figure
    cost_saved: Figure
    revenue_impact: Figure
    inputs: tuple[str, ...] = Field(description="The agreed numbers with their sources, as written.")


class Testimonial(Value):
    """A quote that may be shown: the permission is part of it (Q10)."""

    quote: Annotated[str, Field(min_length=1, max_length=1000)]
    said_by: Text
    permission: Text


class ValueDelivered(Value):
    """Against the baseline."""

    metrics: tuple[Compared, ...]
    roi: Roi
    testimonial_quote: Testimonial | None = None


class ProductUsage(Value):
    """Who uses what. ``underutilized_features``: of the plan, without use in the last 30 days; None: cannot tell."""

    active_users: Figure
    actions: Figure
    features_used: tuple[str, ...] | None
    underutilized_features: tuple[str, ...] | None
    usage_trend: UsageTrend | None
    by_month: dict[str, int]


class SupportReview(Value):
    """Tickets of the quarter; resolution in hours."""

    total_tickets: Figure
    avg_resolution_time: Figure
    csat: Figure
    top_issues: dict[str, int]
    improvements: tuple[Point, ...]


class CriterionProgress(Value):
    """One criterion as it stands. A status stated by a person is shown as such."""

    name: str
    metric: str
    baseline: float | None
    target: float | None
    current: float | None
    status: CriterionStatus | None
    overridden_by: str | None


class SuccessPlanProgress(Value):
    """The plan's progress; ``notice`` where there is no plan (Q7)."""

    notice: Slug | None = None
    criteria_progress: tuple[CriterionProgress, ...] = ()
    completed_initiatives: tuple[str, ...] = ()
    in_progress: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    upcoming_initiatives: tuple[str, ...] = ()


class NextQuarterPlan(Value):
    """Filled in the meeting; ``timeline`` is the quarter after the meeting (Q2)."""

    goals: tuple[str, ...] = ()
    initiatives: tuple[str, ...] = ()
    success_metrics: tuple[str, ...] = ()
    timeline: str


class QbrSections(Value):
    """The deck, in its order. The open discussion is three fixed questions."""

    executive_summary: ExecutiveSummary
    value_delivered: ValueDelivered
    product_usage: ProductUsage
    support_review: SupportReview
    success_plan_review: SuccessPlanProgress
    next_quarter_planning: NextQuarterPlan


class QbrAgenda(Value):
    """One review. ``date`` is the meeting's; ``generated_at`` is another thing (Q5)."""

    customer_id: CustomerId
    customer_name: str
    quarter: Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")]
    period: Period
    date: date
    generated_at: Instant
    language: Language
    attendees: tuple[str, ...]
    duration: int = DURATION_MINUTES
    versus_last_quarter: tuple[Compared, ...]
    sections: QbrSections


class StoredQbr(Value):
    """A review as it is kept: what was generated, who approved exactly that, and when it was held."""

    id: str
    customer: CustomerId
    quarter: str
    status: QbrStatus
    agenda: QbrAgenda
    generated_at: Instant
    approved_by: str | None = None
    approved_at: Instant | None = None
    held_on: date | None = None
    notes: str = ""
