"""What follows from entering a stage: outbound names, who is told at once, which play answers."""

import pytest

from models.enums import LifecycleStage, Segment
from models.health import HealthGrade
from models.lifecycle import STAGE_WORKFLOWS
from models.signals import ChurnSignalType
from models.stages import AtRiskCause
from rules import at_risk
from rules.lifecycle import decide
from rules.stage_table import RULES

C = AtRiskCause


def test_l9_a_trial_is_entered_when_it_is_created_and_by_no_rule() -> None:
    assert all(rule.to is not LifecycleStage.TRIAL for rule in RULES)
    verdict = decide(None, {"subscription_status": "trialing"})
    assert verdict is not None
    assert (verdict.rule, verdict.to) == ("trial_started", LifecycleStage.TRIAL)


def test_l15_every_stage_has_its_outbound_names() -> None:
    names = [name for stage in LifecycleStage for name in STAGE_WORKFLOWS[stage]]
    assert len(names) == len(set(names)) == 15


@pytest.mark.parametrize(
    ("causes", "grade", "segment", "at_once"),
    [
        ([C.NPS], HealthGrade.B, Segment.SMB, False),
        ([C.HEALTH], HealthGrade.D, Segment.MID_MARKET, False),
        ([C.HEALTH], HealthGrade.F, Segment.SELF_SERVE, True),
        ([C.NPS], HealthGrade.A, Segment.ENTERPRISE, True),
        ([C.CANCELLATION, C.NPS], None, None, True),
        ([C.NO_LOGIN], None, None, False),
        ([], None, None, False),
    ],
)
def test_l10_the_executive_is_told_at_once_only_when_it_is_grave(
    causes: list[AtRiskCause], grade: HealthGrade | None, segment: Segment | None, at_once: bool
) -> None:
    assert at_risk.executive_at_once(causes, grade=grade, segment=segment) is at_once


@pytest.mark.parametrize(
    ("causes", "signal"),
    [
        ([C.NO_LOGIN], ChurnSignalType.NO_LOGIN_14_DAYS),
        ([C.TICKETS, C.HEALTH], ChurnSignalType.MULTIPLE_SUPPORT_TICKETS),
        ([C.NO_LOGIN, C.NPS, C.CANCELLATION], ChurnSignalType.CANCELLATION_REQUEST),
        ([C.NO_LOGIN, C.NPS], ChurnSignalType.NPS_DETRACTOR),
        ([C.HEALTH], None),
        ([C.ONBOARDING_OVERDUE, C.MANUAL], None),
        ([], None),
    ],
)
def test_the_play_of_the_gravest_cause_answers(causes: list[AtRiskCause], signal: ChurnSignalType | None) -> None:
    assert at_risk.saving_signal(causes) is signal


def test_every_cause_but_those_without_a_metric_of_churn_has_a_signal() -> None:
    without = {cause for cause in C if at_risk.saving_signal([cause]) is None}
    assert without == {C.HEALTH, C.ONBOARDING_OVERDUE, C.MANUAL}
