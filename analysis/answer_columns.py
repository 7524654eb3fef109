"""What the rules say of the facts of a page of customers at once: ``rules.answers`` on columns, with equal answers.

The same operations in the same order as the rules of engagement; comparisons of whole numbers and floats are exact. NaN
stands for unknown and holds in no comparison, as an unknown fact fires no rule.
"""

import operator
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from analysis.fact_numbers import Floats, Numbers, Truths, once
from models.engagement import EngagementConfig, EngagementLevel
from models.expansion import ExpansionRule
from models.health import HealthFigures
from models.signals import Comparison, SignalRule
from models.stages import LifecycleConfig
from models.standing import Answers, RuleBook, Standing
from rules import engagement
from rules.health_document import input_of, inputs_of
from rules.health_seen import digest

_COMPARED: dict[Comparison, Callable[[Floats, float], Truths]] = {
    Comparison.MORE_THAN: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.LESS_THAN: operator.lt,
    Comparison.AT_MOST: operator.le,
}
_TERMS = tuple(term.value for term in engagement.TERMS)


def answer_columns(
    numbers: Numbers, standings: Sequence[Standing], figures: Sequence[HealthFigures], book: RuleBook
) -> list[Answers]:
    """One for each customer; ``figures`` are the health of now, which takes the place of the recorded one."""
    numbers.add("health_score", [one.score for one in figures])
    scores, levels, coverages = _engagement(numbers, book.engagement)
    numbers.add("engagement_score", scores)
    risky = _at_risk(numbers, figures, standings, book.lifecycle)
    alarming = np.logical_or.reduce(_fires(numbers, book.churn.signals), axis=0)
    promising = _fired(numbers, book.expansion.signals)
    columns = [numbers.known(name) for name in engagement.FACTS]
    texts = [once(partial(input_of, name), column) for name, column in zip(_TERMS, columns, strict=True)]
    return [
        Answers(score, level, coverage, dict(zip(_TERMS, terms, strict=True)), digest(inputs_of(text)), *said)
        for score, level, coverage, terms, text, said in zip(
            scores,
            levels,
            coverages,
            zip(*columns, strict=True),
            zip(*texts, strict=True),
            zip(risky.tolist(), alarming.tolist(), promising, strict=True),
            strict=True,
        )
    ]


def _fires(numbers: Numbers, rules: Sequence[SignalRule | ExpansionRule]) -> Truths:
    """Which of the rules fire: a row for each rule."""
    fires = np.empty((len(rules), numbers.customers), np.bool_)
    for position, rule in enumerate(rules):
        if rule.comparison is Comparison.IS:
            fires[position] = numbers.where(rule.metric, rule.threshold)
        else:
            fires[position] = _COMPARED[rule.comparison](numbers.of(rule.metric), rule.threshold)
    return fires


def _fired(numbers: Numbers, rules: Sequence[ExpansionRule]) -> list[tuple[ExpansionRule, ...]]:
    """Those of each customer; few combinations occur, so that each is made once."""
    kept: dict[bytes, tuple[ExpansionRule, ...]] = {}
    found = []
    for column in _fires(numbers, rules).T:
        key = column.tobytes()
        if key not in kept:
            kept[key] = tuple(rule for rule, fires in zip(rules, column, strict=True) if fires)
        found.append(kept[key])
    return found


def _at_risk(
    numbers: Numbers, figures: Sequence[HealthFigures], standings: Sequence[Standing], limits: LifecycleConfig
) -> Truths:
    """As ``rules.at_risk.at_risk``, where it is known to hold."""
    firm = np.array([not one.provisional for one in figures], np.bool_)
    unhealthy = firm & (numbers.of("health_score") < limits.at_risk_health_below)
    absent = numbers.of("days_since_last_login") > limits.at_risk_login_days_over
    troubled = numbers.of("high_severity_tickets") > limits.at_risk_high_tickets_over
    detractor = numbers.of("nps_score") <= limits.at_risk_nps_at_most
    detractor &= numbers.of("days_since_nps") <= limits.at_risk_nps_within_days
    detractor &= np.array([one.nps_resolved is False for one in standings], np.bool_)
    return unhealthy | absent | troubled | detractor | numbers.where("cancellation_requested", True)


def _engagement(
    numbers: Numbers, config: EngagementConfig
) -> tuple[list[int | None], list[EngagementLevel | None], list[float]]:
    """As ``rules.engagement.measure``."""
    total, weight = np.zeros(numbers.customers), np.zeros(numbers.customers)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for term in config.terms:
            value = numbers.of(engagement.FACT_OF[term.term])
            known = value == value  # NaN is not itself
            worth = np.minimum(100.0, np.maximum(0.0, value / term.full * 100))
            total += np.where(known, worth * term.weight, 0.0)
            weight += known * term.weight
        mean = np.minimum(100.0, np.floor(total / weight + engagement.HALF_WITHIN + 0.5))
    scores = [None if each != each else int(each) for each in mean.tolist()]
    levels = [None if score is None else engagement.level(score, config) for score in scores]
    return scores, levels, np.minimum(1.0, weight).tolist()
