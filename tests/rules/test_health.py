"""The health score of one customer: the vectors of section 5.6, every edge of the formulas, coverage and trend."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput
from models.health import ComponentTrend, HealthConfig, HealthGrade, HealthTrend, MetricDefinition
from rules.health import component_trend, grade, looked_at, measure, normalise, score, trend
from tests.rules.health_making import (
    AT,
    CONFIG,
    ENGAGEMENT,
    FINANCIAL,
    NAMES,
    RELATIONSHIP,
    SUPPORT,
    USAGE,
    WORKED,
    before,
    exact_total,
    figures,
    parts,
)
from tests.rules.making import BOUNDED

VECTORS = [
    (USAGE, "Product Usage", 62),
    (ENGAGEMENT, "Engagement", 73),
    (SUPPORT, "Support", 78),
    (RELATIONSHIP, "Relationship", 67),
    (FINANCIAL, "Financial", 82),
    ({**RELATIONSHIP, "nps_score": None}, "Relationship", 54),
    ({"open_tickets": 0.0, "escalations": 0.0, "avg_csat": 5.0}, "Support", 100),
    ({"days_since_last_login": 1.0}, "Engagement", 100),
    ({}, "Support", None),
]


@pytest.mark.parametrize(("metrics", "component", "expected"), VECTORS)
def test_a_component_of_the_vectors(metrics: dict[str, float | None], component: str, expected: int | None) -> None:
    assert parts(metrics)[component] == expected


def test_the_worked_customer_scores_71_and_b() -> None:
    found = figures(WORKED)
    assert (found.score, found.grade, found.coverage, found.provisional) == (71, HealthGrade.B, 1.0, False)
    assert found.components == (62, 73, 78, 67, 82)


def test_without_any_relationship_metric_the_others_carry_its_weight() -> None:
    found = figures({name: value for name, value in WORKED.items() if name not in RELATIONSHIP})
    assert (found.score, found.coverage, found.provisional) == (72, 0.85, False)
    assert found.components[3] is None


INVERSE = MetricDefinition(name="days_since_last_login", weight=1, ideal=1, inverse=True, worst=14)
FROM_ZERO = MetricDefinition(name="open_tickets", weight=1, ideal=0, inverse=True, worst=5)
HIGHER = MetricDefinition(name="dau_mau_ratio", weight=1, ideal=0.5)

NORMALISED = [
    (INVERSE, 0, 100),
    (INVERSE, 1, 100),
    (INVERSE, 7.5, 50),
    (INVERSE, 14, 0),
    (INVERSE, 13.999, pytest.approx(0.0077, abs=1e-4)),
    (INVERSE, 400, 0),
    (INVERSE, -3, 100),
    (FROM_ZERO, 0, 100),
    (FROM_ZERO, 1, 80),
    (FROM_ZERO, 5, 0),
    (FROM_ZERO, 6, 0),
    (HIGHER, 0, 0),
    (HIGHER, -1, 0),
    (HIGHER, 0.25, 50),
    (HIGHER, 0.5, 100),
    (HIGHER, 0.9, 100),
    (HIGHER, 1e308, 100),
]


@pytest.mark.parametrize(("metric", "value", "worth"), NORMALISED)
def test_a_value_is_worth_between_0_and_100(metric: MetricDefinition, value: float, worth: float) -> None:
    assert normalise(metric, value) == worth


GRADES = [(100, "A"), (80, "A"), (79, "B"), (60, "B"), (59, "C"), (40, "C"), (39, "D"), (20, "D"), (19, "F"), (0, "F")]


@pytest.mark.parametrize(("value", "letter"), GRADES)
def test_a_grade_begins_at_its_threshold(value: int, letter: str) -> None:
    assert grade(value, CONFIG.thresholds) == HealthGrade(letter)


TRENDS = [
    (56, 50, "improving", "up"),
    (55, 50, "stable", "stable"),
    (45, 50, "stable", "stable"),
    (44, 50, "declining", "down"),
    (50, 50, "stable", "stable"),
    (6, 0, "improving", "up"),
    (5, 0, "stable", "stable"),
    (0, 6, "declining", "down"),
    (50, None, "stable", "stable"),
    (None, 50, "stable", "stable"),
    (None, None, "stable", "stable"),
]


@pytest.mark.parametrize(("value", "previous", "whole", "component"), TRENDS)
def test_more_than_5_points_is_a_trend(value: int | None, previous: int | None, whole: str, component: str) -> None:
    assert trend(value, previous, CONFIG) is HealthTrend(whole)
    assert component_trend(value, previous, CONFIG) is ComponentTrend(component)


MISSING: list[tuple[set[str], float, bool]] = [
    (set(), 1.0, False),
    ({"nps_score"}, 0.925, False),
    (set(USAGE), 0.7, False),
    ({*USAGE, "logins_per_week"}, 0.625, False),
    ({*USAGE, *RELATIONSHIP, "open_tickets"}, 0.49, True),
    ({*SUPPORT, *RELATIONSHIP, *FINANCIAL}, 0.55, False),
    ({*ENGAGEMENT, *SUPPORT, "contract_length", "growth_potential"}, 0.51, False),
    ({*USAGE, "open_tickets", "avg_csat", "meetings_attended", "responses_to_outreach"}, 0.505, False),
    ({*ENGAGEMENT, *SUPPORT, *RELATIONSHIP}, 0.45, True),
    (set(WORKED) - {"nps_score"}, 0.075, True),
    (set(WORKED), 0.0, True),
]


@pytest.mark.parametrize(("missing", "coverage", "provisional"), MISSING)
def test_missing_metrics_lower_the_coverage_and_below_a_half_the_score_is_provisional(
    missing: set[str], coverage: float, provisional: bool
) -> None:
    found = figures({name: None if name in missing else value for name, value in WORKED.items()})
    assert (found.coverage, found.provisional) == (coverage, provisional)
    assert found == figures({name: value for name, value in WORKED.items() if name not in missing})


def test_a_coverage_of_exactly_a_half_is_enough() -> None:
    halves = HealthConfig.model_validate(
        {
            "name": "halves",
            "components": [
                {
                    "name": "All",
                    "weight": 1.0,
                    "metrics": [{"name": name, "weight": 0.1, "ideal": 1} for name in sorted(WORKED)[:10]],
                }
            ],
        }
    )
    found = measure(halves, dict.fromkeys(sorted(WORKED)[:5], 1.0))
    assert (found.coverage, found.provisional) == (0.5, False)


def test_without_any_metric_there_is_no_score() -> None:
    found = score(CONFIG, {}, None, AT)
    assert (found.score, found.grade, found.trend, found.provisional) == (None, None, HealthTrend.STABLE, True)
    assert not found.risk_factors
    assert not found.opportunities
    assert {detail.shown for part in found.components for detail in part.details} == {"no data"}


def test_a_missing_metric_is_no_zero_and_a_zero_is_not_missing() -> None:
    zero, missing = parts({**RELATIONSHIP, "nps_score": 0.0}), parts({**RELATIONSHIP, "nps_score": None})
    assert (zero["Relationship"], missing["Relationship"]) == (27, 54)


def test_the_record_tells_everything_it_was_made_of() -> None:
    found = score(CONFIG, {**WORKED, "nps_score": None, "usage_vs_limit": 0.2, "colour": 3.0}, None, AT)
    assert found.last_calculated == AT
    assert (found.config_name, found.config_version) == ("default", CONFIG.version())
    assert found.inputs == {**WORKED, "nps_score": None, "usage_vs_limit": 0.2}
    assert set(found.inputs) == set(looked_at(CONFIG))
    usage = found.components[0]
    assert (usage.name, usage.weight, usage.score) == ("Product Usage", 0.3, 62)
    told = [(one.name, one.value, one.ideal, one.shown) for one in usage.details]
    assert told == [
        ("dau_mau_ratio", 0.25, 0.5, "50"),
        ("feature_adoption", 0.56, 0.7, "80"),
        ("conversations_per_week", 60, 100, "60"),
    ]
    assert found.components[3].details[0].shown == "no data"
    assert type(found).model_validate_json(found.model_dump_json()) == found


def test_trends_compare_with_the_previous_score_and_its_components() -> None:
    found = score(CONFIG, WORKED, before(65, Product_Usage=68, Engagement=67, Support=73, Financial=None), AT)
    assert found.trend is HealthTrend.IMPROVING
    assert [part.trend.value for part in found.components] == ["down", "up", "stable", "stable", "stable"]
    again = score(CONFIG, WORKED, found.as_previous(), AT)
    assert again.trend is HealthTrend.STABLE
    assert {part.trend for part in again.components} == {ComponentTrend.STABLE}


def test_a_previous_score_of_zero_is_one_and_a_provisional_one_is_none() -> None:
    assert score(CONFIG, WORKED, before(0), AT).trend is HealthTrend.IMPROVING
    unsure = score(CONFIG, WORKED, before(0, provisional=True, Support=0), AT)
    assert unsure.trend is HealthTrend.STABLE
    assert unsure.components[2].trend is ComponentTrend.STABLE


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["nps_score", "usage_vs_limit"])
def test_a_value_that_is_no_number_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(BadInput, match=name):
        score(CONFIG, {**WORKED, name: value}, None, AT)


KNOWN = st.one_of(st.none(), st.integers(0, 100))


@BOUNDED
@given(st.tuples(*([KNOWN] * len(NAMES))))
def test_the_total_is_rounded_as_on_paper(scores: tuple[int | None, ...]) -> None:
    assert _total(scores) == exact_total(scores)


def test_every_total_that_is_a_half_on_paper_goes_up() -> None:
    for scores in product((0, 1, 2, 3, 50, 99), repeat=len(NAMES)):
        assert _total(scores) == exact_total(scores)


def _total(scores: tuple[int | None, ...]) -> int | None:
    """The total of components that score just so: one metric each, whose ideal is 100."""
    metrics = {name: None if value is None else float(value) for name, value in zip(ONE_EACH, scores, strict=True)}
    return measure(ONE_METRIC_EACH, metrics).score


ONE_EACH = ("avg_csat", "nps_score", "feature_adoption", "dau_mau_ratio", "payment_health")
ONE_METRIC_EACH = HealthConfig.model_validate(
    {
        "name": "one-each",
        "components": [
            {"name": part.name, "weight": part.weight, "metrics": [{"name": name, "weight": 1, "ideal": 100}]}
            for part, name in zip(CONFIG.components, ONE_EACH, strict=True)
        ],
    }
)

VALUES = st.dictionaries(st.sampled_from(sorted(WORKED)), st.one_of(st.none(), st.floats(-1e6, 1e6)))


@BOUNDED
@given(VALUES)
def test_every_score_lies_between_0_and_100_and_says_how_much_is_known(metrics: dict[str, float | None]) -> None:
    found = figures(metrics)
    assert all(value is None or 0 <= value <= 100 for value in (*found.components, found.score))
    assert 0 <= found.coverage <= 1
    assert (found.score is None) == (found.coverage == 0) == (found.grade is None)


@BOUNDED
@given(VALUES, st.sampled_from(sorted(WORKED)))
def test_knowing_more_of_a_metric_moves_only_its_component(metrics: dict[str, float | None], name: str) -> None:
    position = next(
        number for number, part in enumerate(CONFIG.components) if name in {metric.name for metric in part.metrics}
    )
    with_it, without = figures({**metrics, name: 1.0}), figures({**metrics, name: None})
    assert with_it.coverage > without.coverage
    for number, (one, other) in enumerate(zip(with_it.components, without.components, strict=True)):
        assert number == position or one == other
