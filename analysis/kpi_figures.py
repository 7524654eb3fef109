"""The KPIs of section 18.6 and the mandatory metrics of section 18.2 as figures with their bands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from analysis import cohorts
from analysis.checks import Churn, Cohorts
from analysis.telling import Source, Telling
from models.figure import Documented, Figure, Reference, SourceFreshness, Unit
from models.kpi import KPIS, Kpi, KpiRule, Mandatory, mandatory
from models.metric_rows import ValidationRows
from models.nps_figures import KpiBand
from models.validation import Disagreement

CENSUS = "every one is counted"
_METHOD = Documented(
    name="validation", version=1, text="The checks of section 18.4 as docs/honest-metrics.md describes them."
)
UNHEARD = "a source that was never heard of is older than any bound"
UNCALIBRATED = "scores are in use and were never calibrated: older than any bound"
ITSELF = Source(_METHOD.ref, "steadfast")


class Kpis:
    """Made from what the checks found."""

    def __init__(self, telling: Telling, figures: Mapping[str, Figure], answers: int, surveyed: Reference) -> None:
        self._telling, self._figures, self._answers, self._surveyed = telling, figures, answers, surveyed

    def all(
        self,
        rows: ValidationRows,
        churn: Churn,
        found: Cohorts,
        sources: Sequence[SourceFreshness],
        disagreements: Sequence[Disagreement],
        calibrated: Mapping[str, datetime],
        configurations: Sequence[str],
    ) -> tuple[Kpi, ...]:
        """In the order of the table."""
        made = {
            "nps_response_rate": (self._figures["nps_response_rate"], ""),
            "nps_sample_size": (self._sample(), ""),
            "churn_accuracy": (self._exact("churn_accuracy", "Months that agree", churn.agreed, churn.compared), ""),
            "data_freshness": self._freshness(sources),
            "discrepancies": (
                self._count("discrepancies", "Discrepancies", len(disagreements), len(rows.customers)),
                "",
            ),
            "calibration_age": self._calibration(rows, calibrated, configurations),
            "cohort_docs": (self._exact("cohort_docs", "Definitions documented", found.documented, found.in_use), ""),
            "playbook_completion": (self._figures["playbook_completion"], ""),
        }
        return tuple(_kpi(rule, *made[rule.name]) for rule in KPIS)

    def mandatory(
        self, found: Cohorts, disagreements: Sequence[Disagreement], prediction: Figure
    ) -> tuple[Mandatory, ...]:
        """The five of section 18.2."""
        wrong = len({one.customer or one.object for one in disagreements})
        accurate = max(found.customers - wrong, 0)
        accuracy = self._exact("data_accuracy", "Customers without a discrepancy", accurate, found.customers)
        coverage = self._exact("cohort_coverage", "Customers in a cohort", found.accounted, found.customers)
        return (
            mandatory("data_accuracy", accuracy),
            mandatory("cohort_coverage", coverage),
            mandatory("nps_response_rate", self._figures["nps_response_rate"]),
            mandatory("churn_prediction_accuracy", prediction),
            mandatory("action_completion_rate", self._figures["action_completion"]),
        )

    def _sample(self) -> Figure:
        return self._telling.value(
            "nps_sample_size", "NPS respondents", Unit.COUNT, self._answers, self._answers, "respondents",
            cohorts.NPS_RESPONDENTS, Source(self._surveyed, "surveys"), CENSUS,
        )  # fmt: skip

    def _count(self, name: str, label: str, value: int, n: int) -> Figure:
        return self._telling.value(name, label, Unit.COUNT, value, n, "customers", _METHOD, ITSELF, CENSUS)

    def _exact(self, name: str, label: str, k: int, n: int) -> Figure:
        if n == 0:
            return self._telling.cannot(
                name, label, Unit.FRACTION, "nothing to compare", 0, "compared", _METHOD, ITSELF
            )
        figure = self._telling.value(name, label, Unit.FRACTION, k / n, n, "compared", _METHOD, ITSELF, CENSUS)
        return figure.model_copy(update={"numerator": k, "denominator": n})

    def _freshness(self, sources: Sequence[SourceFreshness]) -> tuple[Figure, str]:
        name, label = "data_freshness", "Oldest source"
        sources = [one for one in sources if one.judged]
        never = [one.source for one in sources if one.hours is None]
        if never:
            reason = f"never heard of: {', '.join(never)}"
            figure = self._telling.cannot(name, label, Unit.HOURS, reason, len(sources), "sources", _METHOD, ITSELF)
            return figure, UNHEARD
        oldest = max(sources, key=lambda one: one.hours or 0.0)
        figure = self._telling.value(
            name, label, Unit.HOURS, oldest.hours or 0.0, len(sources), "sources", _METHOD, ITSELF, CENSUS
        )
        return figure, oldest.source

    def _calibration(
        self, rows: ValidationRows, calibrated: Mapping[str, datetime], configurations: Sequence[str]
    ) -> tuple[Figure, str]:
        name, label, as_of = "calibration_age", "Days since the oldest calibration", self._telling.as_of
        missing = [one for one in configurations if one not in calibrated]
        if missing:
            reason = f"never calibrated: {', '.join(missing)}"
            figure = self._telling.cannot(
                name, label, Unit.DAYS, reason, len(configurations), "configurations", _METHOD, ITSELF
            )
            used = rows.judged_since is not None
            return figure, UNCALIBRATED if used else "no score is in use yet"
        oldest = min(calibrated[one] for one in configurations)
        return self._telling.value(
            name,
            label,
            Unit.DAYS,
            _days(as_of - oldest),
            len(configurations),
            "configurations",
            _METHOD,
            ITSELF,
            CENSUS,
        ), ""


def _kpi(rule: KpiRule, figure: Figure, remark: str) -> Kpi:
    """What is unknown is in no band, but for an age without a beginning, which is beyond every bound."""
    if figure.value is None:
        critical = remark in (UNHEARD, UNCALIBRATED)
        return Kpi(rule=rule, figure=figure, band=KpiBand.CRITICAL if critical else None, remark=remark)
    return Kpi(rule=rule, figure=figure, band=rule.band(float(figure.value)), remark=remark)


def _days(age: timedelta) -> float:
    return max(age / timedelta(days=1), 0.0)
