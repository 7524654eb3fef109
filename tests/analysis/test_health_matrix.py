"""Scores from columns are those of the reference, to the last bit, whatever the values and the configuration."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.health_config import load
from analysis.health_matrix import BLOCK, normalise, score_columns, trends
from models.errors import BadInput
from models.health import HealthConfig, HealthTrend
from models.health_metrics import METRICS
from rules.health import measure, trend
from rules.health import normalise as normalise_one

CONFIG = load().default()
BOUNDED = settings(max_examples=150, deadline=None)
MOVES = {HealthTrend.IMPROVING: 1, HealthTrend.STABLE: 0, HealthTrend.DECLINING: -1}

Floats = NDArray[np.float64]


def equal(config: HealthConfig, columns: dict[str, Floats], customers: int) -> None:
    """Both paths, row by row, bit by bit."""
    found = score_columns(config, columns, customers)
    values = {name: column.tolist() for name, column in columns.items()}
    for row in range(customers):
        one = {name: None if column[row] != column[row] else column[row] for name, column in values.items()}
        reference = measure(config, one)
        assert [_known(part[row]) for part in found.components.values()] == [*reference.components]
        assert _known(found.score[row]) == reference.score
        assert struct.pack("d", found.coverage[row]) == struct.pack("d", reference.coverage)
        assert bool(found.provisional[row]) is reference.provisional
        assert str(found.grade[row]) == (reference.grade or "")


def _known(value: float) -> float | None:
    return None if value != value else value


@st.composite
def configurations(draw: st.DrawFn) -> HealthConfig:
    """Any checked configuration: weights in hundredths, ideals and worsts of any size."""
    names = draw(st.permutations(sorted(METRICS)))
    components = []
    for number, weight in enumerate(draw(shares(5))):
        metrics = []
        for share in draw(shares(4)):
            ideal = draw(st.floats(1e-3, 1e6))
            inverse = draw(st.booleans())
            metric = {"name": names.pop(), "weight": share, "ideal": 0 if inverse and draw(st.booleans()) else ideal}
            if inverse:
                metric |= {"inverse": True, "worst": ideal * draw(st.floats(1.5, 100))}
            metrics.append(metric)
        components.append({"name": f"Part {number}", "weight": weight, "metrics": metrics})
    return HealthConfig.model_validate(
        {"name": "drawn", "components": components, "minimum_coverage": draw(st.sampled_from([0.0, 0.3, 0.5, 1.0]))}
    )


@st.composite
def shares(draw: st.DrawFn, most: int) -> list[float]:
    """Weights that sum to 1."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=most - 1)))
    return [(above - below) / 100 for below, above in zip([0, *cuts], [*cuts, 100], strict=True)]


def values_near(config: HealthConfig) -> st.SearchStrategy[float]:
    """Unknown, round, enormous, and exactly at an edge."""
    metrics = [metric for part in config.components for metric in part.metrics]
    edges = {edge for metric in metrics for edge in (metric.ideal, metric.worst) if edge is not None}
    return st.one_of(
        st.just(float("nan")),
        st.sampled_from(sorted(edges)),
        st.integers(-2, 20).map(float),
        st.floats(0, 1),
        st.floats(allow_nan=False, allow_infinity=False),
    )


@BOUNDED
@given(st.data())
def test_columns_and_reference_agree_under_any_configuration(data: st.DataObject) -> None:
    config = data.draw(configurations())
    customers = data.draw(st.integers(0, 6))
    row = st.lists(values_near(config), min_size=customers, max_size=customers)
    present = data.draw(st.sets(st.sampled_from(config.metrics())))
    equal(config, {name: np.array(data.draw(row), np.float64) for name in sorted(present)}, customers)


@BOUNDED
@given(st.data())
def test_a_value_is_worth_the_same_to_the_last_bit(data: st.DataObject) -> None:
    config = data.draw(configurations())
    values = data.draw(st.lists(values_near(config).filter(lambda value: value == value), min_size=1, max_size=20))
    for metric in (metric for part in config.components for metric in part.metrics):
        with np.errstate(over="ignore"):
            found = normalise(metric, np.array(values))
        assert found.tolist() == [normalise_one(metric, value) for value in values]


@pytest.mark.parametrize("seed", range(4))
def test_a_book_of_several_blocks_agrees(seed: int) -> None:
    chance = np.random.default_rng(seed)
    customers = BLOCK + 1 + seed if seed < 2 else 500
    columns = {}
    for part in CONFIG.components:
        for metric in part.metrics:
            column = chance.random(customers) * (metric.worst or metric.ideal) * 1.4
            column = np.where(chance.random(customers) < 0.5, np.round(column, 1), column)
            column[chance.random(customers) < 0.25 * seed] = np.nan
            columns[metric.name] = column
    equal(CONFIG, columns, customers)


def test_every_tie_of_the_total_agrees() -> None:
    """Component scores that are whole by construction: their weighted sum is a half on paper for many."""
    whole = HealthConfig.model_validate(
        {
            "name": "whole",
            "components": [
                {"name": part.name, "weight": part.weight, "metrics": [{"name": name, "weight": 1, "ideal": 100}]}
                for part, name in zip(CONFIG.components, sorted(METRICS), strict=False)
            ],
        }
    )
    grid = np.array(np.meshgrid(*[[0.0, 1.0, 2.0, 3.0, 50.0]] * 5)).reshape(5, -1)
    columns = {name: np.ascontiguousarray(column) for name, column in zip(whole.metrics(), grid, strict=True)}
    equal(whole, columns, grid.shape[1])


def test_nothing_known_is_no_score_and_no_customers_is_no_row() -> None:
    nobody = score_columns(CONFIG, {}, 3)
    assert np.isnan(nobody.score).all()
    assert nobody.coverage.tolist() == [0, 0, 0]
    assert nobody.provisional.all()
    assert nobody.grade.tolist() == ["", "", ""]
    assert score_columns(CONFIG, {}, 0).score.shape == (0,)


def test_the_columns_are_left_as_they_were() -> None:
    column = np.array([0.25, np.nan, 9.0])
    kept = column.copy()
    score_columns(CONFIG, {"dau_mau_ratio": column, "colour": np.array([1.0])}, 3)
    assert np.array_equal(column, kept, equal_nan=True)


WRONG: dict[str, Floats] = {
    "too short": np.zeros(2),
    "of two dimensions": np.zeros((3, 1)),
    "of whole numbers": np.zeros(3, np.int64).view(),  # type: ignore[dict-item]  # wrong on purpose
    "infinite": np.array([1.0, np.inf, 0.0]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_column_is_refused_by_name(name: str) -> None:
    with pytest.raises(BadInput, match="avg_csat"):
        score_columns(CONFIG, {"avg_csat": WRONG[name]}, 3)


@BOUNDED
@given(st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 100))] * 2), max_size=20))
def test_trends_of_columns_are_those_of_the_reference(pairs: list[tuple[int | None, int | None]]) -> None:
    score, previous = (np.array([np.nan if p[side] is None else p[side] for p in pairs], np.float64) for side in (0, 1))
    assert trends(score, previous, CONFIG).tolist() == [MOVES[trend(now, was, CONFIG)] for now, was in pairs]
