"""The operational KPIs of section 18.6 with their bands, and the mandatory metrics of section 18.2 (V3, V4, V13)."""

from typing import Literal

from pydantic import Field

from models.base import Value
from models.figure import Figure
from models.nps_figures import KpiBand


class KpiRule(Value):
    """Bounds of a KPI. ``better`` says in which direction; each bound is strict in the direction it is written."""

    name: str
    label: str
    better: Literal["higher", "lower"]
    target: float
    warning: float
    critical: float
    at_target: bool = Field(default=False, description="The target itself is on target: 100 %, 0 discrepancies.")
    target_text: str
    warning_text: str
    critical_text: str

    def band(self, value: float) -> KpiBand:
        """Critical is looked at first, then warning, then target; what lies between is acceptable (V3)."""
        sign = 1 if self.better == "higher" else -1
        told = sign * value
        if told < sign * self.critical:
            return KpiBand.CRITICAL
        if told < sign * self.warning:
            return KpiBand.WARNING
        if told > sign * self.target or (self.at_target and value == self.target):
            return KpiBand.TARGET
        return KpiBand.ACCEPTABLE


def _rule(
    name: str,
    label: str,
    better: Literal["higher", "lower"],
    bounds: tuple[float, float, float],
    texts: tuple[str, str, str],
    *,
    at_target: bool = False,
) -> KpiRule:
    return KpiRule(
        name=name, label=label, better=better, target=bounds[0], warning=bounds[1], critical=bounds[2],
        target_text=texts[0], warning_text=texts[1], critical_text=texts[2], at_target=at_target,
    )  # fmt: skip


KPIS = (
    _rule("nps_response_rate", "NPS survey response rate", "higher", (0.15, 0.10, 0.05), ("> 15 %", "< 10 %", "< 5 %")),
    _rule("nps_sample_size", "NPS sample size, per quarter", "higher", (100, 50, 30), ("> 100", "< 50", "< 30")),
    _rule("churn_accuracy", "Churn calculation accuracy", "higher", (1, 1, 1), ("100 %", "< 100 %", "< 100 %"),
          at_target=True),
    _rule("data_freshness", "Data source freshness, oldest", "lower", (24, 48, 72), ("< 24 h", "> 48 h", "> 72 h")),
    _rule("discrepancies", "Cross-source discrepancies", "lower", (0, 2, 5), ("0", "> 2", "> 5"), at_target=True),
    _rule("calibration_age", "Health score calibration, days", "lower", (31, 61, 92),
          ("monthly", "> 2 months", "> 3 months"), at_target=True),
    _rule("cohort_docs", "Cohort definition docs", "higher", (1, 1, 0.9), ("100 %", "< 100 %", "< 90 %"),
          at_target=True),
    _rule("playbook_completion", "Playbook completion rate", "higher", (0.8, 0.7, 0.5), ("> 80 %", "< 70 %", "< 50 %")),
)  # fmt: skip
"""V4: any churn accuracy under 100 % is critical."""


class Kpi(Value):
    """One KPI as it stands; ``band`` None: cannot tell, and the figure says why."""

    rule: KpiRule
    figure: Figure
    band: KpiBand | None
    remark: str = ""


class Mandatory(Value):
    """One mandatory metric; ``met`` None: cannot tell."""

    name: str
    required: str
    figure: Figure
    met: bool | None


MANDATORY: dict[str, tuple[float, str, bool]] = {
    "data_accuracy": (1.0, "100 %", True),
    "cohort_coverage": (1.0, "100 %", True),
    "nps_response_rate": (0.20, "> 20 %", False),
    "churn_prediction_accuracy": (0.80, "> 80 %", False),
    "action_completion_rate": (0.90, "> 90 %", False),
}
"""Name to bound, words, and whether the bound itself is enough."""


def mandatory(name: str, figure: Figure) -> Mandatory:
    """Whether the figure meets what is required of that name."""
    bound, words, enough = MANDATORY[name]
    met = None if figure.value is None else figure.value > bound or (enough and figure.value == bound)
    return Mandatory(name=name, required=words, figure=figure, met=met)
