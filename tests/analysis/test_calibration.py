"""Calibration finds what was planted, finds nothing in noise, and says so when there is too little to tell."""

import numpy as np
import pytest

from analysis.calibrate import Calibrated, Draw, calibrate
from analysis.calibration_sample import Floats, Sample, split
from models.errors import BadInput
from models.health_config import HealthConfig

METRICS = ("dau_mau_ratio", "avg_csat", "payment_health")
PLANTED = (0.6, 0.3, 0.1)
HORIZON = 90
DRAW = Draw(seed=1, times=60)


def config(weights: tuple[float, ...]) -> HealthConfig:
    """One metric a component, worth 0..100 of its value 0..1."""
    parts = [
        {"name": name, "weight": weight, "metrics": [{"name": name, "weight": 1.0, "ideal": 1.0}]}
        for name, weight in zip(METRICS, weights, strict=True)
    ]
    return HealthConfig.model_validate({"name": "planted", "components": parts})


def book(weights: tuple[float, ...], *, customers: int, rate: float, seed: int, strength: float = 9.0) -> Sample:
    """A year of months: each month's chance to leave within it follows the planted weights; the first one counts."""
    draw = np.random.default_rng(seed)
    months = 14
    values = draw.uniform(0, 1, (customers, len(METRICS)))
    lacking = 1 - values @ np.array(weights)
    chance = np.clip(rate * np.exp(strength * (lacking - 0.5)), 0, 0.95)
    leaves_in = draw.geometric(chance)
    left_on = np.where(leaves_in <= months, leaves_in * 30.0 - draw.integers(0, 29, customers), np.inf)
    day = np.tile(np.arange(months) * 30.0, customers)
    owner = np.repeat(np.arange(customers), months)
    keep = left_on[owner] > day
    owner, day = owner[keep], day[keep]
    return Sample(
        customer=np.array([f"C-{one}" for one in owner]),
        day=day,
        segment=np.where(owner % 10 == 0, "enterprise", "smb"),
        metrics={name: values[owner, at] for at, name in enumerate(METRICS)},
        left_on=left_on[owner],
        seen_until=np.full(owner.shape, months * 30.0),
    )


@pytest.fixture(scope="module")
def planted() -> Calibrated:
    """Weights that are wrong, held against a book made by others."""
    sample = book(PLANTED, customers=2500, rate=0.02, seed=7)
    return calibrate(config((0.1, 0.3, 0.6)), sample, horizons=(HORIZON, 180), draw=DRAW)


def test_the_planted_weights_come_back(planted: Calibrated) -> None:
    wanted = planted.proposed
    assert wanted.reason == ""
    assert wanted.config is not None
    assert [part.weight for part in wanted.config.components] == pytest.approx(PLANTED, abs=0.1)
    assert sum(part.weight for part in wanted.config.components) == pytest.approx(1)
    assert wanted.config.version() != planted.config.version()
    assert wanted.gain is not None
    assert wanted.gain.low > 0


def test_what_is_told_is_of_later_rows_and_has_its_n(planted: Calibrated) -> None:
    held = planted.held[0]
    assert held.skill is not None
    assert held.from_day is not None
    assert held.skill.rows + held.trained_on <= held.rows
    assert held.skill.auc.low <= held.skill.auc.value <= held.skill.auc.high
    assert sum(one.n for one in held.skill.bins) == held.skill.rows
    assert sum(one.events for one in held.skill.bins) == held.skill.events
    assert set(held.segments) == {"enterprise", "smb"}


def test_the_right_weights_have_skill_and_are_let_be() -> None:
    sample = book(PLANTED, customers=1500, rate=0.02, seed=8)
    found = calibrate(config(PLANTED), sample, horizons=(HORIZON,), draw=DRAW)
    told = found.held[0].skill
    assert told is not None
    assert told.auc.low > 0.6
    assert told.skill.low > 0
    assert found.proposed.config is None
    assert found.proposed.weights


def test_noise_has_no_skill_and_wants_nothing() -> None:
    sample = book(PLANTED, customers=1500, rate=0.04, seed=9, strength=0.0)
    found = calibrate(config(PLANTED), sample, horizons=(HORIZON,), draw=DRAW)
    told = found.held[0].skill
    assert told is not None
    assert told.auc.low < 0.5 < told.auc.high
    assert told.skill.low <= 0.005
    assert found.proposed.config is None


def test_too_little_churn_is_an_answer() -> None:
    sample = book(PLANTED, customers=40, rate=0.005, seed=3)
    found = calibrate(config(PLANTED), sample, horizons=(60, HORIZON), draw=DRAW)
    for held in found.held:
        assert held.skill is None
        assert held.reason.startswith("not enough churn to tell")
    assert found.proposed.config is None
    assert found.proposed.reason.startswith("not enough churn to tell")


def test_a_part_known_for_few_keeps_its_weight() -> None:
    sample = book(PLANTED, customers=1500, rate=0.02, seed=11)
    rare: Floats = np.where(np.arange(len(sample)) % 5 == 0, sample.metrics["avg_csat"], np.nan)
    known = {**sample.metrics, "avg_csat": rare}
    one = Sample(sample.customer, sample.day, sample.segment, known, sample.left_on, sample.seen_until)
    found = calibrate(config((0.2, 0.2, 0.6)), one, horizons=(HORIZON,), draw=DRAW)
    assert found.proposed.weights["avg_csat"] == pytest.approx(0.2)
    assert "keeps its weight" in found.proposed.notes["avg_csat"]


def test_no_window_of_the_earlier_rows_reaches_the_later_ones() -> None:
    sample = book(PLANTED, customers=300, rate=0.02, seed=5)
    sides = split(sample, HORIZON)
    assert sides is not None
    assert (sample.day[sides.train] + HORIZON).max() < sample.day[sides.test].min()
    assert not np.any(sides.train & sides.test)


def test_a_row_from_after_the_end_is_refused() -> None:
    one = np.array([10.0])
    with pytest.raises(BadInput, match="had left"):
        Sample(np.array(["C-1"]), one, np.array([""]), {}, one, one + 90)


def test_who_is_not_seen_long_enough_is_not_counted_as_staying() -> None:
    day = np.array([0.0, 0.0, 0.0])
    sample = Sample(
        np.array(["A", "B", "C"]), day, np.array(["", "", ""]), {}, np.array([50.0, np.inf, np.inf]),
        np.array([60.0, 60.0, 120.0]),
    )  # fmt: skip
    assert sample.followed(90).tolist() == [True, False, True]
    assert sample.left(90).tolist() == [True, False, False]
