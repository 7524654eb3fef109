"""What the validator found (``CSValidationResult``, section 18.4 of the domain; V2, V5, V6, V12)."""

from enum import StrEnum

from pydantic import Field, JsonValue

from models.base import Instant, Value
from models.figure import SourceFreshness
from models.kpi import Kpi, Mandatory
from models.nps_figures import KpiBand, Period


class CheckStatus(StrEnum):
    """How a check ended (section 0.2)."""

    PASS = "pass"  # noqa: S105  # a verdict, no password
    WARNING = "warning"
    FAIL = "fail"


class Check(Value):
    """One of the eight checks."""

    name: str
    status: CheckStatus
    details: str
    evidence: str = ""


class Disagreement(Value):
    """Two sources that say different things of one object."""

    source: str
    kind: str
    object: str
    customer: str = ""
    ours: str
    theirs: str


class ValidationResult(Value):
    """All of it. ``blocking`` names what stands in the way of publishing, in words."""

    id: str
    cause: str = Field(description="weekly, before_publishing, or by_hand.")
    at: Instant
    period: Period
    checks: tuple[Check, ...]
    sources: tuple[SourceFreshness, ...]
    sources_verified: tuple[str, ...] = Field(description="Sources heard of within 48 hours.")
    discrepancies: tuple[Disagreement, ...] = Field(description="The first hundred; ``discrepancy_count`` has all.")
    discrepancy_count: int
    kpis: tuple[Kpi, ...]
    mandatory: tuple[Mandatory, ...]

    @property
    def passed(self) -> bool:
        """No check failed."""
        return all(check.status is not CheckStatus.FAIL for check in self.checks)

    @property
    def blocking(self) -> tuple[str, ...]:
        """Failed checks, and KPIs in the critical band."""
        failed = [f"check {one.name}: {one.details}" for one in self.checks if one.status is CheckStatus.FAIL]
        critical = [
            f"KPI {one.rule.label}: critical ({one.rule.critical_text}): {one.figure.short()}"
            for one in self.kpis
            if one.band is KpiBand.CRITICAL
        ]
        return (*failed, *critical)

    @property
    def publishable(self) -> bool:
        """Passed, and no KPI is critical (V2)."""
        return not self.blocking

    def payload(self) -> dict[str, JsonValue]:
        """The record as it leaves the system, in the specification's spelling."""
        correct = {check.name: check.status is not CheckStatus.FAIL for check in self.checks}
        return {
            "id": self.id,
            "cause": self.cause,
            "passed": self.passed,
            "publishable": self.publishable,
            "blocking": list(self.blocking),
            "checks": [
                {key: value for key, value in check.model_dump(mode="json").items() if value != ""}
                for check in self.checks
            ],
            "dataSourceValidation": {
                "sourcesVerified": list(self.sources_verified),
                "dataFreshness": {
                    one.source: None if one.hours is None else round(one.hours, 2) for one in self.sources
                },
                "discrepancyCount": self.discrepancy_count,
                "discrepancies": [one.model_dump(mode="json") for one in self.discrepancies],
            },
            "metricAccuracy": {
                "npsCalculation": correct.get("NPS Calculation"),
                "churnCalculation": correct.get("Churn Calculation"),
                "cohortDefinitions": correct.get("Cohort Definitions"),
                "retentionFormula": correct.get("Retention Calculation"),
            },
            "kpis": [
                {
                    "name": one.rule.name,
                    "kpi": one.rule.label,
                    "target": one.rule.target_text,
                    "warning": one.rule.warning_text,
                    "critical": one.rule.critical_text,
                    "band": one.band,
                    "remark": one.remark,
                    "figure": one.figure.model_dump(mode="json"),
                }
                for one in self.kpis
            ],
            "mandatory": [
                {
                    "name": one.name,
                    "required": one.required,
                    "met": one.met,
                    "figure": one.figure.model_dump(mode="json"),
                }
                for one in self.mandatory
            ],
            "period": {"start": self.period.start.isoformat(), "end": self.period.end.isoformat()},
            "timestamp": self.at.isoformat(),
        }
