"""What the tests of health share: the released configuration, the worked customer, and a plain oracle in fractions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction

from analysis.health_config import load
from models.health import HealthConfig, HealthFigures, PreviousHealth
from rules.health import measure

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONFIG: HealthConfig = load().default()

USAGE = {"dau_mau_ratio": 0.25, "feature_adoption": 0.56, "conversations_per_week": 60.0}
ENGAGEMENT = {"days_since_last_login": 4.0, "logins_per_week": 4.0, "features_used_this_month": 6.0}
SUPPORT = {"open_tickets": 2.0, "avg_csat": 4.2, "escalations": 0.0}
RELATIONSHIP = {"nps_score": 8.0, "meetings_attended": 0.5, "responses_to_outreach": 0.6}
FINANCIAL = {"payment_health": 1.0, "growth_potential": 0.4, "contract_length": 12.0}
WORKED: dict[str, float] = {**USAGE, **ENGAGEMENT, **SUPPORT, **RELATIONSHIP, **FINANCIAL}

NAMES = tuple(part.name for part in CONFIG.components)


def parts(metrics: Mapping[str, float | None]) -> dict[str, int | None]:
    """Component scores by name."""
    return dict(zip(NAMES, figures(metrics).components, strict=True))


def figures(metrics: Mapping[str, float | None]) -> HealthFigures:
    """Under the released configuration."""
    return measure(CONFIG, metrics)


def before(score: int | None, *, provisional: bool = False, **components: int | None) -> PreviousHealth:
    """A previous score; components are named with underscores."""
    named = {name.replace("_", " "): value for name, value in components.items()}
    return PreviousHealth(score=score, provisional=provisional, components=named)


def exact_total(scores: tuple[int | None, ...]) -> int | None:
    """The total on paper: weights as the decimals they are written as."""
    known = [
        (s, Fraction(str(part.weight))) for s, part in zip(scores, CONFIG.components, strict=True) if s is not None
    ]
    if not known:
        return None
    mean = sum((s * weight for s, weight in known), Fraction(0)) / sum(weight for _, weight in known)
    return (mean + Fraction(1, 2)).__floor__()
