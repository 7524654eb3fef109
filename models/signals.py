"""Churn signals: the eight rules, and the life of one signal of one customer (section 7.1 of the domain, C1-C15)."""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple, Self

from pydantic import Field, JsonValue, model_validator

from models.base import Carried, Instant, Value
from models.enums import Severity

Number = float | int


class Comparison(StrEnum):
    """How a metric is held against its threshold; the written comparison is binding (G5)."""

    MORE_THAN = ">"
    AT_LEAST = ">="
    LESS_THAN = "<"
    AT_MOST = "<="
    IS = "is"


class ChurnSignalType(StrEnum):
    """The eight signals."""

    NO_LOGIN_7_DAYS = "no_login_7_days"
    NO_LOGIN_14_DAYS = "no_login_14_days"
    USAGE_DROP_50 = "usage_drop_50"
    NPS_DETRACTOR = "nps_detractor"
    MULTIPLE_SUPPORT_TICKETS = "multiple_support_tickets"
    FAILED_PAYMENT = "failed_payment"
    CANCELLATION_REQUEST = "cancellation_request"
    COMPETITOR_MENTION = "competitor_mention"


class SignalRule(Value):
    """When a signal fires: ``metric`` of the registry held against ``threshold`` (unit of the metric, section 0.3)."""

    type: ChurnSignalType
    severity: Severity
    metric: str
    comparison: Comparison
    threshold: bool | Number
    description: str

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        if isinstance(self.threshold, bool) != (self.comparison is Comparison.IS):
            raise ValueError(f"{self.type}: 'is' holds a metric against true or false, every other against a number")
        return self


def _rules() -> tuple[SignalRule, ...]:
    kind, level, by = ChurnSignalType, Severity, Comparison
    rows: tuple[tuple[ChurnSignalType, Severity, str, Comparison, bool | Number, str], ...] = (
        (kind.NO_LOGIN_7_DAYS, level.MEDIUM, "days_since_last_login", by.MORE_THAN, 7, "no login for more than 7 days"),
        (
            kind.NO_LOGIN_14_DAYS,
            level.HIGH,
            "days_since_last_login",
            by.MORE_THAN,
            14,
            "no login for more than 14 days",
        ),
        (kind.USAGE_DROP_50, level.HIGH, "usage_change_percent", by.LESS_THAN, -50, "usage fell by more than 50%"),
        (kind.NPS_DETRACTOR, level.HIGH, "nps_score", by.AT_MOST, 6, "NPS detractor"),
        (kind.MULTIPLE_SUPPORT_TICKETS, level.MEDIUM, "open_tickets", by.AT_LEAST, 3, "3 or more open tickets"),
        (kind.FAILED_PAYMENT, level.HIGH, "failed_payments", by.MORE_THAN, 0, "a payment failed and is unresolved"),
        (kind.CANCELLATION_REQUEST, level.HIGH, "cancellation_requested", by.IS, True, "asked to cancel"),
        (kind.COMPETITOR_MENTION, level.MEDIUM, "competitor_mentioned", by.IS, True, "named a competitor in a ticket"),
    )
    return tuple(SignalRule(**dict(zip(SignalRule.model_fields, row, strict=True))) for row in rows)


CHURN_SIGNALS = _rules()
"""The signals in the order of the specification."""

PRIORITY = (
    ChurnSignalType.CANCELLATION_REQUEST,
    ChurnSignalType.FAILED_PAYMENT,
    ChurnSignalType.NPS_DETRACTOR,
    ChurnSignalType.NO_LOGIN_14_DAYS,
    ChurnSignalType.USAGE_DROP_50,
    ChurnSignalType.MULTIPLE_SUPPORT_TICKETS,
    ChurnSignalType.COMPETITOR_MENTION,
    ChurnSignalType.NO_LOGIN_7_DAYS,
)
"""Which is handled first when several are open."""

SUPERSEDES = MappingProxyType({ChurnSignalType.NO_LOGIN_14_DAYS: ChurnSignalType.NO_LOGIN_7_DAYS})
"""While the one is open the other is not (C2)."""

Points = Annotated[int, Field(ge=0, le=100)]


class ChurnConfig(Value):
    """Rules, order of handling and points of the risk score; the domain's values are the defaults."""

    signals: tuple[SignalRule, ...] = CHURN_SIGNALS
    priority: tuple[ChurnSignalType, ...] = PRIORITY
    points_high: Points = 30
    points_medium: Points = 15
    points_low: Points = 5
    cap: Points = 100

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for what, types in (("signals", [rule.type for rule in self.signals]), ("priority", list(self.priority))):
            if sorted(types) != sorted(ChurnSignalType):
                raise ValueError(f"{what}: each of the {len(ChurnSignalType)} signals once")
        if any(rule.severity is Severity.CRITICAL for rule in self.signals):
            raise ValueError("signals: high, medium or low; critical is for alerts (section 0.2)")
        if not self.points_high >= self.points_medium >= self.points_low:
            raise ValueError("points: high >= medium >= low")
        return self


class ClearedBy(StrEnum):
    """Why a signal is no longer open. Only ``superseded`` ends its intervention as superseded (C2)."""

    PREDICATE_FALSE = "predicate_false"
    SUPERSEDED = "superseded"


class ChurnSignal(Carried):
    """A signal of one customer, open until ``cleared_at``. ``value`` is the one that fired it (C10)."""

    type: ChurnSignalType
    severity: Severity
    description: str
    detected_at: Instant
    metric: str
    value: JsonValue
    threshold: JsonValue
    cleared_at: Instant | None = None
    cleared_by: ClearedBy | None = None


class SignalReading(NamedTuple):
    """What one rule says of the facts: ``fires`` is None when its metric is unknown."""

    rule: SignalRule
    value: JsonValue
    fires: bool | None


class SignalFold(NamedTuple):
    """Every open signal after an evaluation, and what that evaluation opened and cleared; each in handling order."""

    open: tuple[ChurnSignal, ...]
    opened: tuple[ChurnSignal, ...]
    cleared: tuple[ChurnSignal, ...]
