"""Risk factors and opportunities of a health score (sections 5.3 and 5.4 of the domain), in words for a CSM.

Each is a rule of its own: more than 3 open tickets is told here, 3 open a churn signal, more than 2 of high severity
mean at risk (H11). An unknown metric tells nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from models.base import trusted
from models.health import ComponentTrend, HealthNote, NoteLimits

READ = (
    "days_since_last_login",
    "open_tickets",
    "nps_score",
    "feature_adoption",
    "growth_potential",
    "usage_vs_limit",
)
"""The metrics the rules read besides the configured ones."""

Metrics = Mapping[str, float | None]


class Part(Protocol):
    """A component of a score: what the notes look at."""

    @property
    def name(self) -> str:
        """Of the component."""
        ...

    @property
    def score(self) -> int | None:
        """None when nothing of it is known."""
        ...

    @property
    def trend(self) -> ComponentTrend:
        """Where it goes."""
        ...


def risk_factors(limits: NoteLimits, components: Iterable[Part], metrics: Metrics) -> tuple[HealthNote, ...]:
    """What speaks against this customer staying (5.3)."""
    return (*_of_components(limits, components), *_risks(limits, metrics))


def opportunities(limits: NoteLimits, metrics: Metrics) -> tuple[HealthNote, ...]:
    """What could be offered or asked (5.4)."""
    return tuple(_chances(limits, metrics))


def _of_components(limits: NoteLimits, components: Iterable[Part]) -> Iterator[HealthNote]:
    for part in components:
        if part.score is None:
            continue
        if part.score < limits.component_below:
            yield _note("component_low", part.name, part.score, f"{part.name} is low: {part.score}")
        if part.trend is ComponentTrend.DOWN:
            yield _note("component_declining", part.name, part.score, f"{part.name} is declining, now {part.score}")


def _risks(limits: NoteLimits, metrics: Metrics) -> Iterator[HealthNote]:
    name = "days_since_last_login"
    days = metrics.get(name)
    if days is not None and days > limits.days_without_login_above:
        yield _note("no_login", name, days, f"{days:g} days without login")
    name = "open_tickets"
    tickets = metrics.get(name)
    if tickets is not None and tickets > limits.open_tickets_above:
        yield _note("open_tickets", name, tickets, f"{tickets:g} open tickets")
    name = "nps_score"
    nps = metrics.get(name)
    if nps is not None and nps <= limits.detractor_up_to:
        yield _note("nps_detractor", name, nps, f"NPS detractor with {nps:g}")


def _chances(limits: NoteLimits, metrics: Metrics) -> Iterator[HealthNote]:
    name = "feature_adoption"
    adoption = metrics.get(name)
    if adoption is not None and adoption < limits.feature_adoption_below:
        text = f"Training on feature adoption: {100 * adoption:.0f} % of the plan's features used"
        yield _note("adoption_training", name, adoption, text)
    name = "nps_score"
    nps = metrics.get(name)
    if nps is not None and nps >= limits.promoter_from:
        yield _note("advocacy_candidate", name, nps, f"Advocacy candidate: NPS {nps:g}")
    name = "growth_potential"
    growth = metrics.get(name)
    if growth is not None and growth > limits.growth_potential_above:
        yield _note("expansion", name, growth, f"Expansion: growth potential {growth:g}")
    name = "usage_vs_limit"
    usage = metrics.get(name)
    if usage is not None and usage > limits.usage_of_limit_above:
        yield _note("upgrade", name, usage, f"Upgrade: limits are near, {100 * usage:.0f} % used")


def _note(code: str, subject: str, value: float, text: str) -> HealthNote:
    return trusted(HealthNote, {"code": code, "subject": subject, "value": value, "text": text})
