"""The table of section 18.6 at every edge, and the mandatory metrics of section 18.2."""

from datetime import UTC, datetime

import pytest

from models.figure import Documented, Figure, Unit
from models.kpi import KPIS, MANDATORY, mandatory
from models.nps_figures import KpiBand

T, A, W, C = KpiBand.TARGET, KpiBand.ACCEPTABLE, KpiBand.WARNING, KpiBand.CRITICAL
RULES = {rule.name: rule for rule in KPIS}
CASES: dict[str, dict[float, KpiBand]] = {
    "nps_response_rate": {0.151: T, 0.15: A, 0.10: A, 0.099: W, 0.05: W, 0.049: C, 0.0: C},
    "nps_sample_size": {101: T, 100: A, 50: A, 49: W, 30: W, 29: C, 0: C},
    "churn_accuracy": {1.0: T, 0.999: C, 0.0: C},
    "data_freshness": {0.0: T, 23.9: T, 24: A, 48: A, 48.1: W, 72: W, 72.1: C},
    "discrepancies": {0: T, 1: A, 2: A, 3: W, 5: W, 6: C},
    "calibration_age": {0: T, 31: T, 32: A, 61: A, 62: W, 92: W, 93: C},
    "cohort_docs": {1.0: T, 0.99: W, 0.90: W, 0.89: C},
    "playbook_completion": {0.81: T, 0.80: A, 0.70: A, 0.69: W, 0.50: W, 0.49: C},
}


@pytest.mark.parametrize(
    ("name", "value", "band"), [(name, value, band) for name, cases in CASES.items() for value, band in cases.items()]
)
def test_bands(name: str, value: float, band: KpiBand) -> None:
    assert RULES[name].band(value) is band


def test_every_kpi_of_the_table_is_there() -> None:
    assert list(CASES) == [rule.name for rule in KPIS]


@pytest.mark.parametrize(
    ("name", "value", "met"),
    [
        ("data_accuracy", 1.0, True), ("data_accuracy", 0.999, False), ("cohort_coverage", 1.0, True),
        ("nps_response_rate", 0.2, False), ("nps_response_rate", 0.21, True),
        ("churn_prediction_accuracy", 0.8, False), ("churn_prediction_accuracy", 0.81, True),
        ("action_completion_rate", 0.9, False), ("action_completion_rate", None, None),
    ],
)  # fmt: skip
def test_mandatory_metrics(name: str, value: float | None, met: bool | None) -> None:
    reference = Documented(name="x", version=1, text="x").ref
    figure = Figure(
        name=name, label=name, unit=Unit.FRACTION, value=value, reason="" if value is not None else "no rows", n=5,
        of="rows", no_interval="census" if value is not None else "", period=None,
        as_of=datetime(2024, 1, 1, tzinfo=UTC), cohort=reference, query=reference,
    )  # fmt: skip
    assert mandatory(name, figure).met is met
    assert len(MANDATORY) == 5
