"""What an evaluation of a customer is given, and what it decides: between the rows and the rules (section 20)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import JsonValue

from models.decisions import Change, EngagementScore, Evaluation
from models.engagement import EngagementConfig, EngagementLevel
from models.enums import LifecycleStage, Segment
from models.expansion import ExpansionConfig, ExpansionRule, Opportunity
from models.health import HealthFigures, HealthTrend
from models.health_alerts import HealthAlert
from models.lifecycle import StageVerdict
from models.nps import NpsConfig
from models.records import Blocker, CsmTask, Notice
from models.signals import ChurnConfig, ChurnSignal
from models.stages import LifecycleConfig


class Standing(NamedTuple):
    """What is stored of a customer as of the evaluation. None is unknown.

    ``live`` is False for a moment before the last live evaluation, the present stage or the import: history, in which
    ``stage`` is that of then. ``engaged_before`` is the engagement score of 30 days ago. ``causes`` and ``origin``
    belong to the present stage ``at_risk``. ``activated`` are the onboarding criteria that a customer in its trial has
    met; None outside a trial.
    """

    customer: str
    live: bool
    stage: LifecycleStage | None = None
    stage_since: datetime | None = None
    segment: Segment | None = None
    plan: str | None = None
    mrr: Decimal | None = None
    seats: int | None = None
    currency: str | None = None
    manager: str | None = None
    cycle: int = 0
    subscribed_at: datetime | None = None
    renewal_date: date | None = None
    outreach_held: bool = False
    last: Evaluation | None = None
    signals: tuple[ChurnSignal, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()
    engaged_before: int | None = None
    causes: tuple[str, ...] | None = None
    origin: str | None = None
    renewal_completed: bool | None = None
    renewal_declined: bool | None = None
    nps_resolved: bool | None = None
    surveyed_at: datetime | None = None
    blockers: frozenset[str] = frozenset()
    activated: frozenset[str] | None = None


class Calendar(NamedTuple):
    """What day it is in the business calendar. ``recap``: the month whose recap is due in these days, or empty.

    ``daily``: the check of the day, not one that an event has caused.
    """

    day: date
    quarter: str
    recap: str = ""
    daily: bool = True


class Measured(NamedTuple):
    """The metrics a health configuration looks at, by name, and what is written of them as JSON.

    ``details``: of each metric of its components, in their order. ``inputs``: all of them. ``identity`` tells this
    calculation from another one.
    """

    values: dict[str, float | None]
    details: tuple[str, ...]
    inputs: str
    identity: str


class Answers(NamedTuple):
    """What the rules say of a customer's facts alone, before anything that is stored of it has its say.

    ``engagement``, ``level`` and ``coverage`` of the ``terms``; ``engaged`` tells these terms from others. ``at_risk``:
    rule 6 of section 3.4 is known to hold. ``alarming``: some churn signal fires; ``promising``: the expansion signals
    that fire, in the order of the specification.
    """

    engagement: int | None
    level: EngagementLevel | None
    coverage: float
    terms: dict[str, float | None]
    engaged: str
    at_risk: bool
    alarming: bool
    promising: tuple[ExpansionRule, ...]


class HealthSeen(NamedTuple):
    """A health score as the other rules see it: its figures, the ``names`` of their components, and its trend.

    ``document`` is the whole of it as it is stored (``models.health.HealthScore`` but the moment), its parts as JSON;
    None when the calculation equals the last stored one.
    """

    figures: HealthFigures
    names: tuple[str, ...]
    trend: HealthTrend
    identity: str
    document: dict[str, Any] | None


class RuleBook(NamedTuple):
    """The configurations an evaluation decides by, beside that of health; the domain's values are the defaults."""

    churn: ChurnConfig = ChurnConfig()
    engagement: EngagementConfig = EngagementConfig()
    expansion: ExpansionConfig = ExpansionConfig()
    lifecycle: LifecycleConfig = LifecycleConfig()
    nps: NpsConfig = NpsConfig()


class Tell(NamedTuple):
    """Something the customer's process is told, once under ``ident``; ``data`` as of ``models.event_made``."""

    kind: str
    ident: str
    data: dict[str, JsonValue]


class Evaluated(NamedTuple):
    """Everything one evaluation decides; what is unchanged is not in it.

    ``evaluation`` is what to remember; ``settled`` when an evaluation of hours ago left the same. ``recorded`` are the
    computed facts that changed. ``missing``: sources that say nothing of what health weighs, where it is not firm.
    ``stands_otherwise``: the health is not that of the last evaluation. ``verdict`` is a stage change, not yet made.
    All of it holds for a customer that is still in ``stage`` since then and was last evaluated at ``before``.
    """

    customer: str
    at: datetime
    live: bool
    stage: LifecycleStage | None
    stage_since: datetime | None
    before: datetime | None
    evaluation: Evaluation
    health: HealthSeen
    engagement: EngagementScore | None
    opened: tuple[ChurnSignal, ...]
    cleared: tuple[ChurnSignal, ...]
    opportunities: tuple[Opportunity, ...]
    alerts: tuple[HealthAlert, ...]
    recorded: dict[str, str | float | bool | None]
    verdict: StageVerdict | None
    blocked: tuple[Blocker, ...]
    unblocked: tuple[str, ...]
    tasks: tuple[CsmTask, ...]
    notices: tuple[Notice, ...]
    tells: tuple[Tell, ...]
    changes: tuple[Change, ...]
    errors: tuple[str, ...] = ()
    settled: bool = False
    missing: frozenset[str] = frozenset()
    stands_otherwise: bool = False
