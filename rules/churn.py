"""Churn signals: what fires, how a signal opens and clears, what is handled first, the risk score (section 7.1)."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime

from models.enums import LifecycleStage, Severity
from models.errors import BadInput
from models.signals import (
    SUPERSEDES,
    ChurnConfig,
    ChurnSignal,
    ChurnSignalType,
    ClearedBy,
    Comparison,
    SignalFold,
    SignalReading,
    SignalRule,
)
from rules.predicates import Facts, flag, holds, number

DEFAULTS = ChurnConfig()

FACTS = tuple(dict.fromkeys(rule.metric for rule in DEFAULTS.signals))
"""What the signals read."""


def readings(facts: Facts, config: ChurnConfig = DEFAULTS) -> tuple[SignalReading, ...]:
    """What each rule says of the facts, in the order of the specification, before supersession."""
    return tuple([_read(rule, facts) for rule in config.signals])


def detect(facts: Facts, at: datetime, config: ChurnConfig = DEFAULTS) -> tuple[ChurnSignal, ...]:
    """The signals of a customer with none open, in handling order: what :func:`fold` opens from nothing."""
    return fold((), facts, at, config).open


Read = Callable[[Facts, ChurnConfig], tuple[SignalReading, ...]]


def fold(
    stored: Iterable[ChurnSignal], facts: Facts, at: datetime, config: ChurnConfig = DEFAULTS, read: Read = readings
) -> SignalFold:
    """One evaluation: open what fires, clear what is known to be false, leave what is unknown as it is.

    ``stored`` are the customer's signals; cleared ones are passed over. A signal that stays open is returned as it was
    stored, so that a second evaluation of the same facts changes nothing. A signal detected after ``at`` belongs to a
    later evaluation: it is neither cleared nor opened again. ``read``: for whoever remembers readings.

    Raises:
        BadInput: two open signals of one type.
    """
    standing = _by_type(stored)
    found = read(facts, config)
    if not standing and not any(reading.fires for reading in found):
        return SignalFold((), (), ())
    said = {reading.rule.type: reading for reading in found}
    after: dict[ChurnSignalType, ChurnSignal] = {}
    opened: list[ChurnSignal] = []
    cleared: list[ChurnSignal] = []
    for kind in config.priority:
        reading, before = said[kind], standing.get(kind)
        if before is not None and (reading.fires is not False or before.detected_at > at):
            after[kind] = before
        elif before is not None:
            cleared.append(_clear(before, at, ClearedBy.PREDICATE_FALSE))
        elif reading.fires:
            after[kind] = _open(reading, at)
            opened.append(after[kind])
    for stronger, weaker in SUPERSEDES.items():
        if stronger not in after or weaker not in after:
            continue
        if weaker not in standing:
            opened.remove(after.pop(weaker))
        elif max(after[stronger].detected_at, after[weaker].detected_at) <= at:
            cleared.append(_clear(after.pop(weaker), at, ClearedBy.SUPERSEDED))
    return SignalFold(tuple(after.values()), tuple(opened), by_priority(cleared, config))


def fold_of(
    stage: LifecycleStage | None,
    stored: Iterable[ChurnSignal],
    facts: Facts,
    at: datetime,
    config: ChurnConfig = DEFAULTS,
    read: Read = readings,
) -> SignalFold:
    """Of a customer in that stage: one that left opens no signal; those that are open may clear."""
    found = fold(stored, facts, at, config, read)
    if stage is not LifecycleStage.CHURNED or not found.opened:
        return found
    return SignalFold(tuple(signal for signal in found.open if signal not in found.opened), (), found.cleared)


def key(customer: str, signal: ChurnSignal) -> str:
    """What identifies this opening of the signal: whatever it starts is started once under this key (C7, C11, G12)."""
    return f"signal:{customer}:{signal.type.value}:{signal.detected_at.astimezone(UTC).isoformat()}"


def by_priority(signals: Iterable[ChurnSignal], config: ChurnConfig = DEFAULTS) -> tuple[ChurnSignal, ...]:
    """In the order in which they are handled."""
    return tuple(sorted(signals, key=lambda signal: config.priority.index(signal.type)))


def churn_risk_score(signals: Collection[ChurnSignal], config: ChurnConfig = DEFAULTS) -> int:
    """0..100: points per open signal by severity, capped (C14). Not a probability."""
    if not signals:
        return 0
    points = {
        Severity.HIGH: config.points_high,
        Severity.MEDIUM: config.points_medium,
        Severity.LOW: config.points_low,
    }
    return min(config.cap, sum(points[signal.severity] for signal in signals if signal.cleared_at is None))


def has_open_high(signals: Iterable[ChurnSignal]) -> bool:
    """Whether a high signal is open: no expansion is proposed then (X8), no renewal is green (section 14.2)."""
    return any(signal.cleared_at is None and signal.severity is Severity.HIGH for signal in signals)


def _read(rule: SignalRule, facts: Facts) -> SignalReading:
    read = flag if rule.comparison is Comparison.IS else number
    value = read(facts, rule.metric)
    return SignalReading(rule, value, holds(value, rule.comparison, rule.threshold))


def _open(reading: SignalReading, at: datetime) -> ChurnSignal:
    rule = reading.rule
    return ChurnSignal(
        type=rule.type,
        severity=rule.severity,
        description=rule.description,
        detected_at=at,
        metric=rule.metric,
        value=reading.value,
        threshold=rule.threshold,
    )


def _clear(signal: ChurnSignal, at: datetime, by: ClearedBy) -> ChurnSignal:
    return signal.model_copy(update={"cleared_at": at, "cleared_by": by})


def _by_type(stored: Iterable[ChurnSignal]) -> dict[ChurnSignalType, ChurnSignal]:
    standing: dict[ChurnSignalType, ChurnSignal] = {}
    for signal in stored:
        if signal.cleared_at is not None:
            continue
        if signal.type in standing:
            raise BadInput("two open signals of one type", field="type", value=signal.type.value)
        standing[signal.type] = signal
    return standing
