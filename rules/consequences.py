"""What follows from the decisions of one evaluation: who is told what, what is asked of people, what changed and why.

Sections 3.4, 5.5, 7.1, 8.2 and 14.1 of the domain. Everything told has an ident under which it is told once.
"""

from collections.abc import Iterable
from datetime import datetime

from models.decisions import Change
from models.enums import LifecycleStage, Priority, Role, Severity
from models.expansion import Opportunity, OpportunityStatus
from models.health_alerts import AlertOutcome, HealthAlertType, ScorePoint
from models.ids import lifecycle_id
from models.lifecycle import StageVerdict
from models.nps import NpsConfig
from models.records import Blocker, CsmTask, Notice
from models.signals import ChurnSignalType, SignalFold
from models.stages import AtRiskCause, LifecycleConfig
from models.standing import Calendar, HealthSeen, Standing, Tell
from rules import at_risk, blockers, churn, opportunities
from rules.calendar import next_working_days
from rules.due import due
from rules.predicates import Facts

_LAST_ROLE = {
    ChurnSignalType.NO_LOGIN_14_DAYS: Role.EXECUTIVE,
    ChurnSignalType.CANCELLATION_REQUEST: Role.EXECUTIVE,
    ChurnSignalType.NPS_DETRACTOR: Role.PRODUCT,
    ChurnSignalType.MULTIPLE_SUPPORT_TICKETS: Role.CS_MANAGER,
}
"""The last role of the escalation path of each save playbook (section 7.2)."""


TEAM = "team"
"""Who is asked where a customer has no manager: the team queue (G14)."""


class Consequences:
    """Collects what follows for one customer."""

    def __init__(self, one: Standing, facts: Facts, at: datetime, when: Calendar) -> None:
        self.one = one
        self.facts = facts
        self.at = at
        self.when = when
        self.tells: list[Tell] = []
        self.changes: list[Change] = []
        self.blocked: list[Blocker] = []
        self.unblocked: list[str] = []
        self.tasks: list[CsmTask] = []
        self.notices: list[Notice] = []

    def of_signals(self, fold: SignalFold) -> None:
        """A signal that opens starts its save play; one that clears ends it."""
        for signal in fold.opened:
            ident = churn.key(self.one.customer, signal)
            self.tells.append(
                Tell("signal_opened", ident, {"type": signal.type.value, "severity": signal.severity.value})
            )
            self._changed("signal_opened", signal.type.value, f"{signal.description} ({signal.metric}={signal.value})")
        for signal in fold.cleared:
            ident = churn.key(self.one.customer, signal)
            by = signal.cleared_by.value if signal.cleared_by else ""
            self.tells.append(Tell("signal_cleared", ident, {"type": signal.type.value, "by": by}))
            self._changed("signal_cleared", signal.type.value, f"{by} ({signal.metric})")

    def of_alerts(self, alarm: AlertOutcome, now: ScorePoint, high: int | None) -> None:
        """A fall of 20 starts its play, a dangerous grade is told (section 5.5)."""
        if alarm.triggers and high is not None and now.score is not None:
            data = {"drop": high - now.score, "from": high, "to": now.score}
            self.tells.append(Tell("health_dropped", self.at.isoformat(), {**data}))
        drops = all(alert.type is HealthAlertType.DROP for alert in alarm.alerts)
        if alarm.alerts and drops and not alarm.triggers:
            # A fall that starts no play is told all the same: its alert goes out with it.
            self.tells.append(Tell("stage_review", f"{self.at.isoformat()}:alert", {"alert": True}))
        for alert in alarm.alerts:
            if alert.type is HealthAlertType.AT_RISK:
                self.tells.append(Tell("customer_at_risk", self.at.isoformat(), {"grade": alert.grade.value}))
            key = f"alert:{self.one.customer}:{alert.type.value}:{self.at.isoformat()}"
            self._notify(key, Role.CSM, alert.message, alert.severity)
            self._changed("alert", alert.type.value, alert.message)

    def of_offers(self, stored: Iterable[Opportunity], written: Iterable[Opportunity]) -> None:
        """A new opportunity is told; one that expired is a change."""
        known = {opportunities.key(one) for one in stored}
        for one in written:
            key = opportunities.key(one)
            if one.status is OpportunityStatus.EXPIRED:
                self._changed("opportunity_expired", one.type.value, "not found again for 30 days")
            elif key not in known:
                value = None if one.estimated_value is None else str(one.estimated_value)
                self.tells.append(
                    Tell(
                        "opportunity_detected",
                        key,
                        {"type": one.type.value, "key": key, "value": value, "timing": one.timing.value},
                    )
                )
                self._changed("opportunity_opened", one.type.value, ", ".join(one.signals))

    def of_health(self, seen: HealthSeen) -> None:
        """A grade that is not the last one; a provisional score changes nothing."""
        figures, last = seen.figures, self.one.last
        if figures.provisional or figures.grade is None:
            return
        before = last.grade if last is not None and not last.provisional else None
        if before is not figures.grade:
            came = "first" if before is None else f"from {before.value} ({last.score if last else None})"
            self._changed("grade", figures.grade.value, f"score {figures.score}, {came}")

    def of_the_day(self, stage: LifecycleStage | None, told: dict[str, str], nps: NpsConfig) -> None:
        """What the calendar makes due for a customer in that stage."""
        for tell in due(self.one, stage, self.facts, self.at, self.when, told, nps):
            self.tells.append(tell)
            subject = tell.data.get("days") or tell.data.get("kind") or ""
            said = ", ".join(f"{name}={value}" for name, value in tell.data.items())
            self._changed(tell.kind, str(subject), said)

    def of_stage(self, verdict: StageVerdict | None, told: dict[str, str], config: LifecycleConfig) -> None:
        """The stage change, told so that its plays run; what stands in the way in the stage after it (section 3.4)."""
        one = self.one
        if verdict is not None:
            self.tells.append(Tell("stage_review", f"{self.at.isoformat()}:{verdict.rule}", {"rule": verdict.rule}))
            self._changed("stage", verdict.to.value, verdict.reason)
        stage = verdict.to if verdict is not None else one.stage
        if stage is None:
            return
        since = self.at if verdict is not None else one.stage_since
        days = None if since is None else blockers.days_in_stage(since, self.at)
        found = blockers.blockers(stage, self.facts, days=days, config=config)
        for name in found:
            if name not in one.blockers:
                key = f"blocker:{one.customer}:{name}:{self.at.isoformat()}"
                self.blocked.append(Blocker(key=key, customer=one.customer, name=name, at=self.at))
                if name in blockers.ASK_THE_CSM:
                    self._ask_about_onboarding()
                self._changed("blocker", name, f"{days} days in {stage.value}")
        self.unblocked += sorted(one.blockers - set(found))
        if blockers.escalate_to_last_role(stage, days) and since is not None:
            self._escalate(since, told)

    def _ask_about_onboarding(self) -> None:
        done = self.facts.get("onboarding_completion")
        self.tasks.append(
            CsmTask(
                key=f"task:{blockers.ONBOARDING_OVERDUE}:{self.one.customer}:{self.one.cycle}",
                customer=self.one.customer,
                workflow_id=lifecycle_id(self.one.customer),
                type=blockers.ONBOARDING_OVERDUE,
                title="Onboarding is overdue",
                description=f"A customer for more than 30 days, {done} % of the onboarding done.",
                priority=Priority.NORMAL,
                assignee=self.one.manager or TEAM,
                due=next_working_days(self.at, 1),
                created_at=self.at,
            )
        )

    def _notify(self, key: str, role: Role, message: str, severity: Severity) -> None:
        self.notices.append(
            Notice(
                key=key,
                customer=self.one.customer,
                workflow_id=lifecycle_id(self.one.customer),
                role=role,
                recipient=(self.one.manager or TEAM) if role is Role.CSM else role.value,
                message=message,
                severity=severity,
                at=self.at,
            )
        )

    def _escalate(self, since: datetime, told: dict[str, str]) -> None:
        """Once for each stay at risk: to the last role of the path of what caused it."""
        if told.get("escalated") == since.isoformat():
            return
        told["escalated"] = since.isoformat()
        known = {cause.value: cause for cause in AtRiskCause}
        causes = [known[name] for name in self.one.causes or () if name in known]
        signal = at_risk.saving_signal(causes)
        role = _LAST_ROLE.get(signal, Role.EXECUTIVE) if signal is not None else Role.CS_MANAGER
        causes_said = ", ".join(self.one.causes or ()) or "cause unknown"
        self._notify(
            f"escalation:at_risk:{self.one.customer}:{since.isoformat()}",
            role,
            f"At risk for more than 30 days, since {since:%Y-%m-%d} ({causes_said})",
            Severity.CRITICAL,
        )
        self._changed("escalation", role.value, f"at risk since {since:%Y-%m-%d}")

    def _changed(self, decision: str, subject: str, reason: str) -> None:
        self.changes.append(
            Change(
                customer=self.one.customer,
                decision=decision,
                subject=subject,
                at=self.at,
                reason=reason[:500],
                backfill=not self.one.live,
            )
        )


def stage_changes(one: Standing, when: Calendar, told: dict[str, str]) -> bool:
    """Whether the stage may change now: never in history, and not where it is not known yet.

    A customer without a stage has one as soon as its process has read its first event. A daily check changes it once a
    day, so that a second one of the same day finds nothing; events do as they come.
    """
    return one.live and one.stage is not None and not (when.daily and told.get("stage") == when.day.isoformat())
