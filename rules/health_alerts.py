"""Which alerts a new health score causes: a fold over the scores, so each fall is told once (section 5.5, H6, H12).

The fall is measured from the highest firm score of the last 30 days. A latch keeps it from being told again: having
fired, it is armed once the score is within 5 of that window's high, or has fallen 10 further. The alert (more than 15)
and the trigger of the play (20 or more) have a latch each, so that a fall of 16 that becomes one of 21 starts the play.

"That high" is always that of the last 30 days: a customer who settles lower for a month has a new high, and a new fall
from there is told.
"""

from collections.abc import Iterable, Sequence

from models.base import trusted
from models.enums import Severity
from models.health import AlertLimits, HealthGrade
from models.health_alerts import (
    DROPPED_20,
    AlertOutcome,
    AlertState,
    HealthAlert,
    HealthAlertType,
    ScorePoint,
)

LOW_GRADES = (HealthGrade.D, HealthGrade.F)


def look(past: Iterable[ScorePoint], now: ScorePoint, state: AlertState, limits: AlertLimits) -> AlertOutcome:
    """What the score ``now`` causes, given those before it and what was remembered.

    ``past`` may hold more than the window, in any order, and ``now`` itself. A provisional score causes nothing, and
    one from before the last look changes nothing.
    """
    return look_from(_high(past, now, limits), now, state, limits)


def look_from(before: int | None, now: ScorePoint, state: AlertState, limits: AlertLimits) -> AlertOutcome:
    """The same of the highest firm score ``before`` now in the window; None: there is none."""
    score, grade = now.score, now.grade
    if score is None or grade is None or now.provisional or (state.seen is not None and now.at < state.seen):
        return AlertOutcome(state=state)
    high = score if before is None else max(before, score)
    fell = high - score > limits.drop_above
    fell_far = high - score >= limits.trigger_from
    drop_fired, tells = _latch(state.drop_fired, score, high, limits, reached=fell)
    trigger_fired, starts = _latch(state.trigger_fired, score, high, limits, reached=fell_far)
    at_risk = grade in LOW_GRADES
    alerts = []
    if tells:
        alerts.append(
            HealthAlert(
                type=HealthAlertType.DROP,
                severity=Severity.HIGH,
                at=now.at,
                score=score,
                grade=grade,
                previous=high,
                message=f"Health score fell from {high} to {score}",
            )
        )
    if at_risk and not state.at_risk:
        alerts.append(
            HealthAlert(
                type=HealthAlertType.AT_RISK,
                severity=Severity.CRITICAL,
                at=now.at,
                score=score,
                grade=grade,
                previous=state.last_score,
                message=f"Customer at risk by health grade {grade.value} (score {score})",
            )
        )
    remembered = trusted(
        AlertState,
        {
            "drop_fired": drop_fired,
            "trigger_fired": trigger_fired,
            "at_risk": at_risk,
            "last_score": score,
            "seen": now.at,
        },
    )
    return AlertOutcome(alerts=tuple(alerts), triggers=(DROPPED_20,) if starts else (), state=remembered)


def fold(history: Sequence[ScorePoint], state: AlertState, limits: AlertLimits) -> tuple[AlertOutcome, ...]:
    """One outcome for each score of a history, oldest first, each seeing only what came before it."""
    outcomes = []
    for position, now in enumerate(history):
        outcome = look(history[:position], now, state, limits)
        state = outcome.state
        outcomes.append(outcome)
    return tuple(outcomes)


def _high(points: Iterable[ScorePoint], now: ScorePoint, limits: AlertLimits) -> int | None:
    """The highest firm score of the window that ends now."""
    since = now.at - limits.window
    seen = (point for point in points if since <= point.at <= now.at and not point.provisional)
    return max((point.score for point in seen if point.score is not None), default=None)


def _latch(fired: int | None, score: int, high: int, limits: AlertLimits, *, reached: bool) -> tuple[int | None, bool]:
    """The latch after this score, and whether it fires now."""
    if fired is not None and (high - score <= limits.rearm_within or score <= fired - limits.rearm_further):
        fired = None
    if fired is None and reached:
        return score, True
    return fired, False
