"""What Steadfast tells itself in an event's ``data``.

More values than the named ones may be said; those that are no documents travel to the workflow.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from models.event_base import EventData
from models.event_data import SurveyKind
from models.event_values import Name
from models.expansion import ExpansionType
from models.health import HealthGrade
from models.nps import NpsClass
from models.signals import ChurnSignalType


class MadeData(EventData):
    """The base."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class SignalSaid(MadeData):
    """A churn signal opened or cleared."""

    SUBJECT: ClassVar[str] = "type"

    type: ChurnSignalType


class HealthDropped(MadeData):
    """The score fell by so many points."""

    drop: int
    before: int = Field(alias="from")
    after: int = Field(alias="to")


class AtRisk(MadeData):
    """The grade fell into the danger zone."""

    grade: HealthGrade


class OpportunityDetected(MadeData):
    """A new expansion opportunity is stored."""

    SUBJECT: ClassVar[str] = "type"

    type: ExpansionType


class RenewalDue(MadeData):
    """So many days or fewer are left of the term, told once."""

    SUBJECT: ClassVar[str] = "days"

    days: Literal[90, 60, 30]
    term: str


class SurveyDue(MadeData):
    """A survey may go out."""

    SUBJECT: ClassVar[str] = "kind"

    kind: SurveyKind


class QbrDue(MadeData):
    """A quarter's review is due."""

    quarter: str


class ApprovalDecided(MadeData):
    """A named person said yes or no."""

    SUBJECT: ClassVar[str] = "kind"

    kind: Name
    approval_id: str
    approved: bool


class NpsProcessed(MadeData):
    """An answer was stored, and what it asks for is done."""

    SUBJECT: ClassVar[str] = "class"

    nps_class: NpsClass = Field(alias="class")
    response_id: str
    score: Annotated[int, Field(ge=0, le=10)]
