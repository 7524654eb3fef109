"""What the rules decided of each customer, and what they remember of it (sections 0.5, 5, 6, 7.1 and 8 of the domain).

``backfill`` marks what was computed for a moment before the customer's last live evaluation: history, which nothing
acts on. It has a life of its own beside the live rows.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from persistence.tables.metadata import CUSTOMER, KEY, METADATA, NAME
from persistence.types import Money, UtcDateTime, document


def _owner(*, key: bool = False) -> Column[str]:
    return Column("customer", CUSTOMER, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=key, nullable=False)


def _backfill(*, key: bool = False) -> Column[bool]:
    return Column("backfill", Boolean, primary_key=key, nullable=False)


health_score = Table(
    "health_score",
    METADATA,
    _owner(key=True),
    Column("at", UtcDateTime, primary_key=True, comment="As of when it was calculated."),
    Column("score", Integer, comment="0..100; NULL: nothing is known."),
    Column("grade", NAME),
    Column("trend", NAME, nullable=False),
    Column("coverage", Float, nullable=False, comment="Share of the weights known, 0..1."),
    Column("provisional", Boolean, nullable=False),
    Column("config_name", NAME, nullable=False),
    Column("config_version", NAME, nullable=False),
    Column("components", document(), nullable=False, comment="models.health.HealthComponent, one for each."),
    Column("risk_factors", document(), nullable=False),
    Column("opportunities", document(), nullable=False),
    Column("inputs", document(), nullable=False, comment="Every metric looked at, as it was."),
    _backfill(),
)

engagement_score = Table(
    "engagement_score",
    METADATA,
    _owner(key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("score", Integer, comment="0..100; NULL: nothing is known."),
    Column("level", NAME),
    Column("coverage", Float, nullable=False),
    Column("trend", NAME, comment="Against 30 days before; NULL: unknown."),
    Column("terms", document(), nullable=False, comment="Each term of the score, as it was; null is unknown."),
    _backfill(),
)

churn_signal = Table(
    "churn_signal",
    METADATA,
    _owner(key=True),
    Column("type", NAME, primary_key=True),
    Column("detected_at", UtcDateTime, primary_key=True),
    _backfill(key=True),
    Column("severity", NAME, nullable=False),
    Column("description", Text, nullable=False),
    Column("metric", NAME, nullable=False),
    Column("value", JSON, nullable=False),
    Column("threshold", JSON, nullable=False),
    Column("cleared_at", UtcDateTime),
    Column("cleared_by", NAME),
)
Index(
    "uq_churn_signal_open",
    churn_signal.c.customer,
    churn_signal.c.type,
    churn_signal.c.backfill,
    unique=True,
    sqlite_where=churn_signal.c.cleared_at.is_(None),
    postgresql_where=churn_signal.c.cleared_at.is_(None),
)

alert = Table(
    "alert",
    METADATA,
    _owner(key=True),
    Column("type", NAME, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    _backfill(key=True),
    Column("severity", NAME, nullable=False),
    Column("message", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("grade", NAME, nullable=False),
    Column("previous", Integer, comment="The score compared with."),
)

expansion_opportunity = Table(
    "expansion_opportunity",
    METADATA,
    _owner(key=True),
    Column("type", NAME, primary_key=True),
    Column("detected_at", UtcDateTime, primary_key=True),
    _backfill(key=True),
    Column("product", NAME, comment="NULL: the manager chooses."),
    Column("estimated_value", Money, comment="A month; NULL: unvalued."),
    Column("currency", String(3), nullable=False),
    Column("probability", Money, nullable=False, comment="Share of signal weights, 0..1: a score, no forecast."),
    Column("signals", document(), nullable=False),
    Column("recommended_action", Text, nullable=False),
    Column("timing", NAME, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("status", NAME, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("seats", Integer, comment="How many it adds; NULL: none, or unknown."),
)
_OPEN = expansion_opportunity.c.status == "open"
Index(
    "uq_expansion_opportunity_open",
    expansion_opportunity.c.customer,
    expansion_opportunity.c.type,
    expansion_opportunity.c.backfill,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

evaluation = Table(
    "evaluation",
    METADATA,
    _owner(key=True),
    _backfill(key=True),
    Column("at", UtcDateTime, nullable=False, comment="As of the last evaluation: what is older is history."),
    Column("score", Integer),
    Column("grade", NAME),
    Column("provisional", Boolean, nullable=False),
    Column("trend", NAME, nullable=False),
    Column("engagement", Integer),
    Column("engagement_level", NAME),
    Column("churn_risk", Integer, nullable=False),
    Column("memory", document(), nullable=False, comment="models.decisions.Memory"),
    Index(None, "backfill", "grade", "score"),
)
"""Also the read model of a list of customers by health."""

sweep = Table(
    "sweep",
    METADATA,
    Column("day", Date, primary_key=True, comment="Of the business calendar."),
    Column("as_of", UtcDateTime, nullable=False),
    Column("claimed_by", KEY, nullable=False, comment="The workflow, and its run, that sweeps."),
    Column("touched_at", UtcDateTime, nullable=False, comment="Real time of the last page."),
    Column("started", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    Column("last_customer", CUSTOMER, comment="Every customer up to it is done; NULL: none."),
    Column("counts", document(), nullable=False),
)

sweep_change = Table(
    "sweep_change",
    METADATA,
    Column("day", Date, primary_key=True),
    _owner(key=True),
    Column("decision", NAME, primary_key=True),
    Column("subject", NAME, primary_key=True, comment="Empty: the decision has none."),
    Column("run", KEY, nullable=False, comment="sweep.claimed_by of the run that changed it."),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    _backfill(),
)
