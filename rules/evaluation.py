"""One evaluation of one customer: everything the rules decide of its facts and of what is stored (section 20).

The daily sweep decides a page of customers with this, and an event decides its own customer with it: the same facts and
the same store give the same decisions. Pure; asked again with what it left behind, it decides nothing new.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue

from models.base import trusted
from models.decisions import EngagementScore, Evaluation, Memory
from models.engagement import Engaged
from models.enums import LifecycleStage
from models.expansion import Found, Opportunity
from models.health import AlertLimits, HealthConfig, HealthConfigs, HealthFigures
from models.health_alerts import AlertOutcome, ScorePoint
from models.lifecycle import StageVerdict
from models.signals import SignalFold
from models.standing import Answers, Calendar, Evaluated, HealthSeen, RuleBook, Standing
from rules import churn, engagement, expansion, health, lifecycle, opportunities
from rules.answers import answers
from rules.computed import computed
from rules.consequences import Consequences, stage_changes
from rules.health_alerts import look_from
from rules.health_seen import measured, see_health, silent_sources
from rules.predicates import Facts

OWN = frozenset({"health_score", "engagement_score", "expansion_opportunity"})
"""Facts that an evaluation computes itself: what is recorded of them is older."""

FACTS = tuple(
    dict.fromkeys(
        name
        for name in (
            *churn.FACTS, *expansion.FACTS, *engagement.FACTS, *lifecycle.FACTS_FULL,
            "contract_length", "conversations_handled", "usage_vs_limit", "days_until_renewal",
        )
        if name not in OWN.union(lifecycle.SUPPLIED)
    )
)  # fmt: skip
"""What an evaluation reads besides the metrics of the health configuration that applies."""

_OF_OFFERS = (LifecycleStage.GROWING, LifecycleStage.EXPANDING)
"""The stages that an opportunity moves a customer on from (rules 12 and 15)."""

REFRESH_AFTER = timedelta(hours=12)
"""An opportunity that is found again as it was is stored again only after that: its expiry counts in days."""


def reads(configs: HealthConfigs) -> tuple[str, ...]:
    """Every fact that an evaluation under these configurations reads."""
    metrics = (name for config in configs.configurations for name in health.looked_at(config))
    return tuple(dict.fromkeys((*FACTS, *metrics)))


def decide_one(
    configs: HealthConfigs, one: Standing, facts: Facts, at: datetime, when: Calendar, book: RuleBook
) -> Evaluated:
    """The evaluation of one customer with the readable health score; a page's columns give the same."""
    config = configs.of(one.segment, one.stage)
    version = config.version()
    metrics = measured(config, version, facts)
    seen = see_health(config, version, metrics, health.measure(config, metrics.values), one)
    return evaluate(one, facts, seen, answers(with_health(one, facts, seen.figures), book), at, when, config, book)


def with_health(one: Standing, facts: Facts, figures: HealthFigures) -> dict[str, JsonValue]:
    """The facts, with the health of now in the place of the recorded one, and what the standing knows of its answer."""
    return {
        **facts,
        "health_score": figures.score,
        "health_provisional": figures.provisional,
        "nps_resolved": one.nps_resolved,
    }


def evaluate(
    one: Standing,
    facts: Facts,
    seen: HealthSeen,
    said: Answers,
    at: datetime,
    when: Calendar,
    config: HealthConfig,
    book: RuleBook,
) -> Evaluated:
    """Everything that is decided of a customer whose health is ``seen`` and whose facts as of ``at`` are these.

    ``said`` is what the rules say of them; ``config`` is the one by which health was measured. A rule is asked in full
    only where its answer may matter: a signal fires or is open, a row of the stage's table is in question.
    """
    figures, memory = seen.figures, one.last.memory if one.last is not None else Memory()
    trend = engagement.trend(said.engagement, one.engaged_before, book.engagement)
    engaged = Engaged(said.engagement, said.level, said.coverage, trend, said.terms)
    known = with_health(one, facts, figures)
    known["engagement_score"] = said.engagement
    known["renewal_completed"] = one.renewal_completed
    known["renewal_declined"] = one.renewal_declined
    known["at_risk_causes"] = list(one.causes) if one.causes is not None else None
    known["at_risk_origin"] = one.origin
    told = dict(memory.told)
    movable = stage_changes(one, when, told)
    # Whether it leaves, is at risk or recovers now does not depend on what could be offered to it; the reverse does.
    becomes = _stage(one, known, said, book) if movable else None
    stage = one.stage if becomes is None else becomes.to
    signals = _QUIET
    if said.alarming or one.signals:
        signals = churn.fold_of(stage, one.signals, known, at, book.churn)
    offers = _offers(one, stage, known, said, signals, at, book)
    known["expansion_opportunity"] = opportunities.any_open(offers.after)
    known["expansion_ended"] = opportunities.ended(offers.after, one.stage_since) if one.stage_since else None
    alarm = _alarm(stage, seen, memory, at, config.alerts)
    verdict = becomes
    if movable and one.stage in _OF_OFFERS and (known["expansion_opportunity"] or known["expansion_ended"]):
        verdict = _stage(one, known, said, book)
    if verdict is not None and when.daily:
        told["stage"] = when.day.isoformat()
    follows = Consequences(one, known, at, when)
    follows.of_signals(signals)
    follows.of_alerts(alarm.outcome, alarm.point, alarm.high)
    follows.of_offers(one.opportunities, offers.written)
    follows.of_health(seen)
    follows.of_stage(verdict, told, book.lifecycle)
    follows.of_the_day(one.stage if verdict is None else verdict.to, told, book.nps)
    results, before = computed(one, known, engaged, signals, offers.after, verdict, book), memory.recorded
    # Nothing was recorded of what is unknown, so an unknown value is the same as none.
    recorded = {name: value for name, value in results.items() if before.get(name) != value}
    engaged_as = f"{engaged.trend}:{said.engaged}"
    kept = trusted(
        Memory,
        {
            "components": dict(zip(seen.names, figures.components, strict=True)),
            "health": seen.identity,
            "engaged": engaged_as,
            "highs": alarm.highs,
            "alerts": alarm.outcome.state,
            "recorded": {**before, **recorded},
            "told": told,
        },
    )
    return Evaluated(
        customer=one.customer,
        at=at,
        live=one.live,
        stage=one.stage,
        stage_since=one.stage_since,
        before=one.last.at if one.last is not None else None,
        evaluation=trusted(
            Evaluation,
            {
                "customer": one.customer,
                "at": at,
                "score": figures.score,
                "grade": figures.grade,
                "provisional": figures.provisional,
                "trend": seen.trend,
                "engagement": engaged.score,
                "engagement_level": engaged.level,
                "churn_risk": results["churn_risk_score"],
                "memory": kept,
            },
        ),
        health=seen,
        engagement=None
        if engaged_as == memory.engaged
        else trusted(EngagementScore, {"customer": one.customer, "at": at, **engaged._asdict()}),
        opened=signals.opened,
        cleared=signals.cleared,
        opportunities=offers.written,
        alerts=alarm.outcome.alerts,
        recorded=recorded,
        verdict=verdict,
        blocked=tuple(follows.blocked),
        unblocked=tuple(follows.unblocked),
        tasks=tuple(follows.tasks),
        notices=tuple(follows.notices),
        tells=tuple(follows.tells),
        changes=tuple(follows.changes),
        errors=offers.errors,
        missing=silent_sources(config, facts) if figures.provisional else frozenset(),
        stands_otherwise=_otherwise(one.last, figures),
        settled=_settled(one.last, at, seen, kept)
        and not (signals.opened or signals.cleared or offers.written or alarm.outcome.alerts or recorded)
        and not (verdict or follows.tells or follows.blocked or follows.unblocked),
    )


_QUIET = SignalFold((), (), ())


class _Offers(NamedTuple):
    """Opportunities to write, and all of them as they are then."""

    written: tuple[Opportunity, ...]
    after: tuple[Opportunity, ...]
    errors: tuple[str, ...]


class _Alarm(NamedTuple):
    """What the alerts say, the window's high before now, and the highs to remember."""

    outcome: AlertOutcome
    point: ScorePoint
    high: int | None
    highs: tuple[tuple[datetime, int], ...]


def _stage(one: Standing, facts: Facts, said: Answers, book: RuleBook) -> StageVerdict | None:
    if one.stage is None:
        return None
    return lifecycle.decide(one.stage, facts, book.lifecycle, lifecycle.rules_of(one.stage, risky=said.at_risk))


def _offers(
    one: Standing,
    stage: LifecycleStage | None,
    facts: Facts,
    said: Answers,
    signals: SignalFold,
    at: datetime,
    book: RuleBook,
) -> _Offers:
    """Nothing is offered to a customer that these very facts put at risk either (X8)."""
    if stage is not LifecycleStage.CHURNED and said.at_risk:
        stage = LifecycleStage.AT_RISK
    found = Found((), ())
    if said.promising:
        found = expansion.propose(
            one, facts, stage=stage, churn=signals.open, at=at, config=book.expansion, signals=said.promising
        )
    if not found.opportunities and not one.opportunities:
        return _Offers((), (), found.errors)
    fold = opportunities.fold(one.opportunities, found.opportunities, at, book.expansion)
    before = {(each.type, each.detected_at): each for each in one.opportunities}
    refreshed = [each for each in fold.refreshed if _differs(before[each.type, each.detected_at], each)]
    written = (*fold.expired, *refreshed, *fold.opened)
    after = {**before, **{(each.type, each.detected_at): each for each in written}}
    return _Offers(written, tuple(after.values()), found.errors)


def _differs(before: Opportunity, after: Opportunity) -> bool:
    if after.updated_at - before.updated_at >= REFRESH_AFTER:
        return True
    return after.model_copy(update={"updated_at": before.updated_at}) != before


def _alarm(stage: LifecycleStage | None, seen: HealthSeen, memory: Memory, at: datetime, limits: AlertLimits) -> _Alarm:
    """The window's highs are kept as a falling row, so that its high is the first and a score is looked at once."""
    figures = seen.figures
    point = ScorePoint(at=at, score=figures.score, grade=figures.grade, provisional=figures.provisional)
    since = at - limits.window
    highs = tuple([each for each in memory.highs if each[0] >= since])
    if stage is LifecycleStage.CHURNED or (memory.highs and memory.highs[-1][0] > at):
        return _Alarm(AlertOutcome(state=memory.alerts), point, None, memory.highs)
    high = max([score for _, score in highs], default=None)
    outcome = look_from(high, point, memory.alerts, limits)
    if point.score is not None and not point.provisional:
        now = point.score
        highs = (*[each for each in highs if each[1] > now and each[0] < at], (at, now))
    return _Alarm(outcome, point, high, highs)


def _otherwise(last: Evaluation | None, figures: HealthFigures) -> bool:
    """Whether score, grade or firmness are not those of the last evaluation."""
    if last is None:
        return figures.score is not None
    return (last.score, last.grade, last.provisional) != (figures.score, figures.grade, figures.provisional)


def _settled(last: Evaluation | None, at: datetime, seen: HealthSeen, kept: Memory) -> bool:
    """Whether nothing but the time differs from an evaluation of hours ago."""
    if last is None or seen.document is not None or at - last.at >= REFRESH_AFTER:
        return False
    before = last.memory
    return (before.engaged, before.told, before.components) == (kept.engaged, kept.told, kept.components)
