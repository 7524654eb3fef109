"""The validator: a wrong figure fails its check, disagreements are found, and what blocks publishing is named."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis import checks, churn_prediction, health_config, recompute_customers, usage_figures
from analysis.book_figures import Making, first_starts
from analysis.reconcile import disagreements, paid_spans
from analysis.telling import Source, Telling
from analysis.validator import Validator
from models.figure import Documented, SourceFreshness
from models.metric_rows import (
    ActiveDay,
    BookRows,
    ChurnTold,
    CustomerRow,
    TicketsOpened,
    ValidationRows,
)
from models.mrr import SpanRow
from models.nps import NpsConfig, NpsResponse, SurveySend
from models.validation import CheckStatus, Disagreement, ValidationResult
from rules.nps_figures import days

ZONE = ZoneInfo("Europe/Madrid")
FIRST, LAST = date(2024, 3, 3), date(2024, 5, 31)
PERIOD = days(FIRST, LAST, ZONE)
NOW = datetime(2024, 5, 31, 12, tzinfo=UTC)
REF = Documented(name="rows", version=1, text="SELECT")


class Queries(dict[str, Documented]):
    """Any query asked for."""

    def __missing__(self, name: str) -> Documented:
        return Documented(name=name, version=1, text=name)


MAKING = Making(Queries(), {}, ZONE, NpsConfig())
VERSION = health_config.load().configurations[0].version()
VALIDATOR = Validator(MAKING, health_config.load(), REF)


def span(account: str, start: date, end: date | None = None, mrr: int | None = 10) -> SpanRow:
    return SpanRow(account, start, end, None if mrr is None else Decimal(mrr))


def customer(name: str, *, status: str = "active", mrr: int | None = None, stage: str = "growing") -> CustomerRow:
    return CustomerRow(name, stage, status, None, None if mrr is None else Decimal(mrr))


def whole(**given: Any) -> ValidationRows:
    parts: dict[str, Any] = {"customers": [], "churn": [], "tickets": [], "disagreements": []}
    beside = {name: given.pop(name) for name in [*parts, "predicted", "judged_since", "calibrated"] if name in given}
    fresh = tuple(
        SourceFreshness(source=name, reported_at=NOW - timedelta(hours=hours), as_of=NOW)
        for name, hours in given.pop("hours", {"billing": 1, "application": 1, "tickets": 1}).items()
    )
    return ValidationRows(book=BookRows(PERIOD, NOW, sources=fresh, **given), **(parts | beside))


def judged(**given: Any) -> ValidationResult:
    return VALIDATOR.judge("v", "by_hand", whole(**given), VALIDATOR.window(NOW))


def answers(n: int, score: int = 9) -> list[NpsResponse]:
    at = datetime(2024, 4, 1, tzinfo=UTC)
    return [
        NpsResponse(id=f"R-{i}", survey=f"S-{i}", customer=f"A-{i}", score=score, submitted_at=at) for i in range(n)
    ]


def sends(n: int) -> list[SurveySend]:
    at = datetime(2024, 3, 31, tzinfo=UTC)
    return [SurveySend(survey=f"S-{i}", customer=f"A-{i}", trigger="q", sent_at=at) for i in range(n)]


def differs(name: str) -> Disagreement:
    return Disagreement(source="stripe", kind="amount", object=name, ours="1", theirs="2")


GOOD: dict[str, Any] = {
    "spans": [span(f"A-{i}", date(2024, 1, 5)) for i in range(150)],
    "customers": [customer(f"A-{i}", mrr=10) for i in range(150)],
    "answers": answers(120),
    "sends": sends(150),
    "calibrated": {VERSION: NOW - timedelta(days=3)},
}


def test_a_sound_book_passes_and_may_be_published() -> None:
    found = judged(**GOOD)
    assert [check.status for check in found.checks] == [CheckStatus.PASS] * 8, [c.details for c in found.checks]
    assert [check.name for check in found.checks] == [
        "NPS Calculation", "Churn Calculation", "Data Sources", "Cohort Definitions", "Retention Calculation",
        "Health Score", "Survey Validity", "Data Reconciliation",
    ]  # fmt: skip
    assert found.passed
    assert found.publishable
    told = found.payload()
    assert told["passed"] is True
    assert told["metricAccuracy"] == {
        "npsCalculation": True, "churnCalculation": True, "cohortDefinitions": True, "retentionFormula": True,
    }  # fmt: skip
    assert ValidationResult.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("changes", "name", "status", "publishable"),
    [
        ({"hours": {"billing": 50, "application": 1, "tickets": 1}}, "Data Sources", "warning", True),
        ({"hours": {"billing": 73, "application": 1, "tickets": 1}}, "Data Sources", "warning", False),
        ({"calibrated": {}}, "Health Score", "warning", True),
        ({"calibrated": {"of other weights": NOW}}, "Health Score", "warning", True),
        ({"calibrated": {}, "judged_since": NOW}, "Health Score", "warning", False),
        ({"calibrated": {VERSION: NOW - timedelta(days=93)}}, "Health Score", "warning", False),
        ({"calibrated": {VERSION: NOW - timedelta(days=62)}}, "Health Score", "warning", True),
        ({"answers": answers(49)}, "Survey Validity", "warning", True),
        ({"answers": answers(29)}, "Survey Validity", "warning", False),
        ({"customers": [*GOOD["customers"], customer("A-999")]}, "Cohort Definitions", "fail", False),
        (
            {"disagreements": [differs(str(number)) for number in range(6)]},
            "Data Reconciliation", "warning", False,
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_shows_in_its_check(changes: dict[str, Any], name: str, status: str, publishable: bool) -> None:
    found = judged(**(GOOD | changes))
    assert {check.name: check.status for check in found.checks}[name] == status
    assert found.publishable is publishable
    assert bool(found.blocking) is not publishable


def test_a_wrong_nps_fails() -> None:
    rows = whole(**GOOD).book
    told = MAKING.figures(rows)
    wrong = told._replace(nps=told.nps.model_copy(update={"nps": 99}))
    assert checks.nps(told, rows, REF.ref).status is CheckStatus.PASS
    assert checks.nps(wrong, rows, REF.ref).status is CheckStatus.FAIL


def test_a_month_that_two_implementations_count_differently_fails() -> None:
    rows = whole(**GOOD).book
    telling = Telling(PERIOD, NOW, (), ZONE)
    found = checks.churn_twice(rows, telling, date(2024, 1, 1), date(2024, 4, 30))
    assert (found.agreed, found.compared) == (8, 8)
    assert checks.churn(found._replace(agreed=7), REF.ref).status is CheckStatus.FAIL
    told = checks.churn(found, REF.ref)
    assert "logo churn 0.00%" in told.details
    assert "revenue churn 0.00%" in told.details


@pytest.mark.parametrize("day", [7, 30])
def test_retention_twice(day: int) -> None:
    spans = [span(f"A-{i}", date(2024, 3, 1) + timedelta(days=i)) for i in range(90)]
    active = frozenset(ActiveDay(f"A-{i}", date(2024, 3, 1) + timedelta(days=i + i % 45)) for i in range(90))
    rows = whole(spans=spans, active=active).book
    telling = Telling(PERIOD, NOW, (), ZONE)
    starts = first_starts(rows, ZONE)
    found = usage_figures.retained(starts, active, telling, day)
    again = recompute_customers.retained(starts, active, FIRST, LAST, NOW.date(), day)
    assert (len(found.kept), len(found.cohort)) == again
    assert again[0] > 0


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"customers": [customer("A")]}, ["paying_without_subscription"]),
        ({"customers": [customer("A")], "spans": [span("A", date(2024, 1, 1), LAST)]}, ["paying_without_subscription"]),
        ({"customers": [customer("A", status="cancelled")], "spans": [span("A", date(2024, 1, 1))]},
         ["subscription_after_leaving"]),
        ({"customers": [customer("A", stage="churned", status="x")], "spans": [span("A", date(2024, 1, 1))]},
         ["subscription_after_leaving"]),
        ({"customers": [customer("A", mrr=11)], "spans": [span("A", date(2024, 1, 1))]}, ["mrr"]),
        ({"customers": [customer("A", mrr=11)], "spans": [span("A", date(2024, 1, 1), mrr=None)]}, []),
        ({"customers": [customer("A", mrr=10)], "spans": [span("A", date(2024, 1, 1))]}, []),
        ({"spans": [span("A", date(2024, 1, 1))], "churn": [ChurnTold("A", date(2024, 2, 1), False)]},
         ["left_but_paying"]),
        ({"spans": [span("A", date(2024, 1, 1))],
          "churn": [ChurnTold("A", date(2024, 2, 1), False), ChurnTold("A", date(2024, 3, 1), True)]}, []),
        ({"spans": [span("A", date(2024, 3, 1))], "churn": [ChurnTold("A", date(2024, 2, 1), False)]}, []),
        ({"spans": [span("A", date(2024, 4, 2))], "tickets": [TicketsOpened("A", datetime(2024, 4, 1, tzinfo=UTC))]},
         ["ticket_before_subscription"]),
        ({"spans": [span("A", date(2024, 1, 1), date(2024, 2, 1))],
          "active": frozenset({ActiveDay("A", date(2024, 3, 20))})}, ["use_after_end"]),
        ({"spans": [span("A", date(2024, 1, 1), date(2024, 3, 1))],
          "active": frozenset({ActiveDay("A", date(2024, 3, 20))})}, []),
    ],
)  # fmt: skip
def test_sources_that_contradict_each_other(given: dict[str, Any], kinds: list[str]) -> None:
    rows = whole(**given)
    assert [one.kind for one in disagreements(rows, paid_spans(rows, ZONE), FIRST, LAST)] == kinds


def test_prediction_is_told_with_precision_and_recall() -> None:
    day = LAST - churn_prediction.WINDOW
    spans = [span(f"stays-{i}", date(2024, 1, 1)) for i in range(16)]
    spans += [span(f"leaves-{i}", date(2024, 1, 1), day + timedelta(days=20)) for i in range(4)]
    spans += [span("swaps", date(2024, 1, 1), LAST), span("swaps", LAST), span("late", LAST)]
    rows = whole(spans=spans)
    predicted = {"leaves-0", "leaves-1", "leaves-2", "stays-0", "nobody"}
    telling, source = Telling(PERIOD, NOW, (), ZONE), Source(REF.ref, "billing")
    told = churn_prediction.accuracy(paid_spans(rows, ZONE), predicted, date(2024, 1, 1), LAST, telling, source)
    assert (told.numerator, told.denominator) == (19, 21)
    assert told.notes == ("precision 3 of 4; recall 3 of 4; 4 of 21 left",)
    early = churn_prediction.accuracy(
        paid_spans(rows, ZONE), predicted, LAST - timedelta(days=5), LAST, telling, source
    )
    assert early.value is None
    assert "nothing was predicted yet" in early.reason
