"""The stage catalogue's outbound names and the verdict of the transition rules (sections 3.3 to 3.5 of the domain)."""

from pydantic import Field, JsonValue

from models.base import Carried
from models.enums import LifecycleStage


class StageVerdict(Carried):
    """A stage change that a rule asks for, with the values that fired it."""

    rule: str
    to: LifecycleStage
    facts: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The rule id and the values that fired it."""
        seen = ", ".join(f"{name}={value}" for name, value in sorted(self.facts.items()))
        return f"{self.rule} ({seen})" if seen else self.rule


STAGE_WORKFLOWS: dict[LifecycleStage, tuple[str, ...]] = {
    LifecycleStage.TRIAL: ("trial_welcome_sequence",),
    LifecycleStage.ONBOARDING: ("onboarding_kickoff", "assign_csm"),
    LifecycleStage.ADOPTING: ("adoption_check_in", "30_day_review"),
    LifecycleStage.GROWING: ("qbr_scheduling", "success_story_outreach"),
    LifecycleStage.RENEWING: ("renewal_sequence", "value_recap"),
    LifecycleStage.EXPANDING: ("expansion_proposal",),
    LifecycleStage.ADVOCATING: ("advocacy_program_invite",),
    LifecycleStage.AT_RISK: ("at_risk_intervention", "executive_escalation"),
    LifecycleStage.CHURNED: ("exit_interview", "win_back_sequence"),
}
"""Outbound workflow names sent when a stage is entered, in order (section 3.5)."""
