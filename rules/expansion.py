"""Expansion: which signals fire, and what is proposed from them (sections 8.1 and 8.2 of the domain, X1-X6, X8-X11)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Protocol

from pydantic import JsonValue

from models.enums import LifecycleStage, Plan
from models.errors import BadInput
from models.expansion import (
    ExpansionConfig,
    ExpansionRule,
    ExpansionSignalType,
    ExpansionType,
    Found,
    Opportunity,
    Timing,
)
from models.signals import ChurnSignal
from rules.churn import has_open_high
from rules.predicates import Facts, health, holds, number

DEFAULTS = ExpansionConfig()

FACTS = tuple(dict.fromkeys((*(rule.metric for rule in DEFAULTS.signals), "blocked_features", "health_score")))
"""What proposals read; ``health_provisional`` comes with the score."""

CENT = Decimal("0.01")
SEAT_DUST = Decimal("0.000001")
"""A growth such as 5/7 reaches us as a binary fraction: less than this much of a seat is no seat (X11)."""

_K = ExpansionSignalType
_NO_OFFERS = (LifecycleStage.AT_RISK, LifecycleStage.CHURNED)

ACTIONS = {
    ExpansionType.UPSELL: "present an upgrade to a higher plan",
    ExpansionType.ADD_SEATS: "offer a team-expansion package",
    ExpansionType.ADD_FEATURES: "present add-on options",
    ExpansionType.CROSS_SELL: "choose a further product and present it",
}
SEATS, FEATURES = "Additional seats", "Feature add-on"


class Billed(Protocol):
    """What a proposal is worth depends on this: ``models.expansion.Account``, or a standing."""

    @property
    def customer(self) -> str:
        """Whose it is."""
        ...

    @property
    def plan(self) -> str | None:
        """Its plan."""
        ...

    @property
    def mrr(self) -> Decimal | None:
        """What it pays in a month."""
        ...

    @property
    def seats(self) -> int | None:
        """Seats bought."""
        ...

    @property
    def currency(self) -> str | None:
        """In which it pays."""
        ...


def fired(facts: Facts, config: ExpansionConfig = DEFAULTS) -> tuple[ExpansionRule, ...]:
    """The signals that fire, in the order of the specification; on an unknown metric none does."""
    return tuple(rule for rule in config.signals if holds(number(facts, rule.metric), rule.comparison, rule.threshold))


def probability(rules: Iterable[ExpansionRule], config: ExpansionConfig = DEFAULTS) -> Decimal:
    """Share of all weights that fired, to two decimals, half up: a score, not a forecast (X5)."""
    share = sum((rule.weight for rule in rules), Decimal(0)) / sum(rule.weight for rule in config.signals)
    return share.quantize(CENT, ROUND_HALF_UP)


def next_plan(plan: str | None, config: ExpansionConfig = DEFAULTS) -> Plan | None:
    """The next plan of the ladder; None at its top (X2).

    Raises:
        BadInput: the plan is unknown or not on the ladder: nothing can be said to be above it.
    """
    if plan is None or plan not in config.ladder:
        raise BadInput("not a plan of the ladder: no upgrade can be named", field="plan", value=plan)
    above = config.ladder.index(Plan(plan)) + 1
    return config.ladder[above] if above < len(config.ladder) else None


def upsell_value(mrr: Decimal | None, config: ExpansionConfig = DEFAULTS) -> Decimal | None:
    """Half of the present monthly revenue; None when it is unknown."""
    return None if mrr is None else (mrr * config.upsell_share).quantize(CENT, ROUND_HALF_UP)


def seats_value(seats: int | None, growth: float | None, mrr: Decimal | None) -> Decimal | None:
    """The seats that growth would add once more, at the present price of a seat; None without seats or price (X3)."""
    added = seats_of(seats, growth)
    if not seats or added is None or mrr is None:
        return None
    return (added * mrr / seats).quantize(CENT, ROUND_HALF_UP)


def seats_of(seats: int | None, growth: float | None) -> int | None:
    """How many seats such a growth adds once more, a part of one as a whole; None where either is unknown."""
    if not seats or growth is None:
        return None
    grown = (seats * (1 + Decimal(repr(float(growth))))).quantize(SEAT_DUST, ROUND_HALF_UP)
    return int(grown.to_integral_value(ROUND_CEILING)) - seats


def features_value(blocked: JsonValue, config: ExpansionConfig = DEFAULTS) -> Decimal | None:
    """The price of the distinct blocked features; None when the list is missing or empty (X4)."""
    names = {name for name in blocked if isinstance(name, str)} if isinstance(blocked, list | tuple) else set()
    return len(names) * config.feature_price.quantize(CENT) if names else None


def propose(
    account: Billed,
    facts: Facts,
    *,
    stage: LifecycleStage | None,
    churn: Iterable[ChurnSignal],
    at: datetime,
    config: ExpansionConfig = DEFAULTS,
    signals: tuple[ExpansionRule, ...] | None = None,
) -> Found:
    """What to offer this customer as of ``at``, before the stored opportunities have their say.

    ``signals``: those that :func:`fired`, of whoever has asked already. An unknown plan costs the upsell only; it is
    told in ``errors``. Values of an account in another currency are None: two currencies are never added (section 0.1).
    """
    signals = fired(facts, config) if signals is None else signals
    kinds = tuple(rule.type for rule in signals)
    if not signals:
        return Found(kinds, ())
    if stage in _NO_OFFERS:
        return Found(kinds, (), suppressed=f"stage {stage}")
    if has_open_high(churn):
        return Found(kinds, (), suppressed="a high churn signal is open")
    errors: list[str] = []
    values = _values(account, facts, kinds, config, errors)
    if not values and {_K.SUCCESS_METRICS, _K.HIGH_ENGAGEMENT} <= set(kinds):
        values[ExpansionType.CROSS_SELL] = (None, None)
    if account.currency not in (None, config.currency):
        errors.append(f"billed in {account.currency}, not in {config.currency}: no value")
        values = {kind: (product, None) for kind, (product, _) in values.items()}
    if not values:
        return Found(kinds, (), errors=tuple(errors))
    chance = probability(signals, config)
    return Found(
        kinds,
        tuple(
            Opportunity(
                customer=account.customer,
                type=kind,
                product=product,
                estimated_value=value,
                currency=config.currency,
                probability=chance,
                signals=tuple(rule.description for rule in signals),
                recommended_action=ACTIONS[kind],
                timing=timing(kind, kinds, health(facts), config),
                detected_at=at,
                updated_at=at,
                seats=seats_of(account.seats, number(facts, "team_size_change"))
                if kind is ExpansionType.ADD_SEATS
                else None,
            )
            for kind, (product, value) in values.items()
        ),
        errors=tuple(errors),
    )


def timing(
    kind: ExpansionType,
    signals: Iterable[ExpansionSignalType],
    health_score: float | None,
    config: ExpansionConfig = DEFAULTS,
) -> Timing:
    """At renewal for an upgrade or add-on when renewal approaches, next quarter when health is below 60, else now."""
    if kind in (ExpansionType.UPSELL, ExpansionType.ADD_FEATURES) and _K.RENEWAL_APPROACHING in set(signals):
        return Timing.AT_RENEWAL
    if health_score is not None and health_score < config.next_quarter_health_below:
        return Timing.NEXT_QUARTER
    return Timing.NOW


def _values(
    account: Billed,
    facts: Facts,
    kinds: tuple[ExpansionSignalType, ...],
    config: ExpansionConfig,
    errors: list[str],
) -> dict[ExpansionType, tuple[str | None, Decimal | None]]:
    """Product and monthly value of each type that a fired signal raises."""
    values: dict[ExpansionType, tuple[str | None, Decimal | None]] = {}
    if _K.APPROACHING_LIMIT in kinds:
        try:
            above = next_plan(account.plan, config)
        except BadInput as error:
            errors.append(str(error))
            above = None
        if above is not None:
            values[ExpansionType.UPSELL] = (above.value, upsell_value(account.mrr, config))
    if _K.TEAM_GROWTH in kinds:
        growth = number(facts, "team_size_change")
        values[ExpansionType.ADD_SEATS] = (SEATS, seats_value(account.seats, growth, account.mrr))
    if _K.FEATURE_ATTEMPTS in kinds:
        values[ExpansionType.ADD_FEATURES] = (FEATURES, features_value(facts.get("blocked_features"), config))
    return values
