"""The part of ``show`` that says why: health with its parts, signals, stage, what would change it, what comes next."""

from cli.output import print_table, say
from models.explanation import Explanation
from models.health import HealthScore
from models.stages import Outlook
from models.success_plan import CriterionStatus


def print_why(shown: Explanation) -> None:
    """For people."""
    _stage(shown)
    _health(shown.health)
    if shown.engagement is not None:
        level = shown.engagement.level or "unknown"
        say(f"Engagement {_known(shown.engagement.score)} ({level}); churn risk {_known(shown.churn_risk_score)}")
    if shown.evaluated_at is None:
        say("Never evaluated yet: run `starter.py scan`, or wait for the daily sweep")
    if shown.plan is not None:
        achieved = sum(one.status is CriterionStatus.ACHIEVED for one in shown.plan.criteria)
        review = shown.plan.next_review or "no day"
        say(f"Success plan {shown.plan.status}: {achieved} of {len(shown.plan.criteria)} criteria achieved, "
            f"next review {review}")  # fmt: skip
    _rows(shown)


def _stage(shown: Explanation) -> None:
    why = shown.why
    if why is None:
        return
    by = f" by {why.actor}" if why.actor else ""
    say(f"Why: rule {why.rule}, {why.triggered_by}{by}, {why.days} days ago: {why.reason}")
    if shown.blockers:
        say("In the way: " + ", ".join(shown.blockers))
    if shown.next_milestone is not None:
        say(f"Next milestone: {shown.next_milestone.name}, by {shown.next_milestone.target_date or 'no day'}")
    if shown.renewal is not None:
        say(f"Renewal of the term that ends {shown.renewal_date}: {shown.renewal}")
    rows = [(one.rule, one.to, one.condition, _says(one)) for one in shown.outlook]
    if rows:
        print_table("What would change the stage", ("rule", "to", "when", "now"), rows)


def _says(one: Outlook) -> str:
    if one.holds is None:
        return "unknown: " + ", ".join(one.missing)
    seen = ", ".join(f"{name}={value}" for name, value in one.seen.items())
    return f"{'yes' if one.holds else 'no'} ({seen})" if seen else ("yes" if one.holds else "no")


def _health(found: HealthScore | None) -> None:
    if found is None:
        say("Health: not calculated")
        return
    grade = found.grade or "no grade"
    kind = " provisional," if found.provisional else ""
    say(f"Health {_known(found.score)} ({grade}), {found.trend},{kind} {found.coverage:.0%} of the weights known")
    rows = [
        (
            one.name,
            _known(one.score),
            f"{one.weight:.0%}",
            one.trend,
            ", ".join(f"{metric.name}={_known(metric.value)}" for metric in one.details),
        )
        for one in found.components
    ]
    print_table(
        f"Health at {found.last_calculated:%Y-%m-%d %H:%M} UTC", ("part", "score", "weight", "trend", "from"), rows
    )


def _rows(shown: Explanation) -> None:
    tables = (
        (
            "Open signals",
            ("signal", "severity", "value", "threshold", "since"),
            [
                (one.type, one.severity, f"{one.metric}={one.value}", one.threshold, one.detected_at)
                for one in shown.signals
            ],
        ),
        (
            "Open opportunities",
            ("type", "product", "per month", "because of", "since"),
            [
                (one.type, one.product, one.estimated_value, ", ".join(one.signals), one.detected_at)
                for one in shown.opportunities
            ],
        ),
        (
            "Interventions",
            ("signal", "playbook", "owner", "level", "since"),
            [
                (one.signal, one.playbook, one.owner, one.escalation_level, one.started_at)
                for one in shown.interventions
            ],
        ),
        (
            "Waiting for approval",
            ("number", "kind", "what", "asked by"),
            [(one.number, one.kind, one.title, one.requested_by) for one in shown.approvals],
        ),
        (
            "Next",
            ("due", "what", "of", "status"),
            [(one.due, one.what, one.of, one.status) for one in shown.next_steps],
        ),
        (
            "Did not start",
            ("when", "playbook", "why"),
            [(one.at, one.playbook, one.reason) for one in shown.not_started],
        ),
    )
    for title, columns, rows in tables:
        if rows:
            print_table(title, columns, rows)


def _known(value: object) -> str:
    return "unknown" if value is None else str(value)
