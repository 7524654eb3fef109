"""Experiments by the thousand: arms drawn as the engine draws them, accounts that leave by chance, the report as told.

Without an effect one is claimed in at most 6 % of them; a planted effect lies in the interval in at least 94 %. The
tolerance on the nominal 5 and 95 % is one percent, and what so many experiments cannot tell apart (three standard
errors).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import sqrt

import numpy as np
import pytest

from analysis.uplift import Followed, Plan, uplift
from models.experiment import Arm, Holdout, Outcome
from models.uplift import Comparison
from rules import holdout

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EXPERIMENTS = 1_000
ACCOUNTS = 600
BASE = 0.2
TOLERANCE = 0.01


def experiments(effect: float) -> Iterator[Comparison]:
    """Each with a name of its own, so with a draw of its own."""
    chance = np.random.default_rng(20260601)
    at = NOW - timedelta(days=100)
    for number in range(EXPERIMENTS):
        lot = chance.random(ACCOUNTS)
        accounts = []
        for n in range(ACCOUNTS):
            arm = holdout.arm(Holdout(fraction=0.25), f"experiment-{number}", f"C-{n}")
            leaves = lot[n] < BASE + (effect if arm is Arm.TREATED else 0)
            accounts.append(Followed(arm, at, at + timedelta(days=20) if leaves else None))
        plan = Plan("p", "e", 0.25, timedelta(days=90), None, NOW)
        yield uplift(plan, [(Outcome.CHURNED, accounts)]).comparisons[0]


def shares(effect: float) -> tuple[float, float]:
    """(share of experiments that claim a difference, share whose interval holds the true one)."""
    claimed = covered = 0
    for one in experiments(effect):
        interval = one.difference.interval
        assert interval is not None
        assert interval.low is not None
        assert interval.high is not None
        claimed += interval.low > 0 or interval.high < 0
        covered += interval.low <= effect <= interval.high
    return claimed / EXPERIMENTS, covered / EXPERIMENTS


def test_without_an_effect_one_in_twenty_claims_one() -> None:
    claimed, covered = shares(0.0)
    print(f"\nA/A: {claimed:.1%} of {EXPERIMENTS} experiments claim a difference, {covered:.1%} hold zero")
    assert claimed <= 0.05 + TOLERANCE + 3 * sqrt(0.05 * 0.95 / EXPERIMENTS)


@pytest.mark.parametrize("effect", [-0.1, -0.05, 0.08])
def test_a_planted_effect_is_covered(effect: float) -> None:
    claimed, covered = shares(effect)
    print(
        f"\nplanted {effect:+.0%}: {covered:.1%} of {EXPERIMENTS} intervals hold it, {claimed:.1%} claim a difference"
    )
    assert covered >= 0.95 - TOLERANCE - 3 * sqrt(0.05 * 0.95 / EXPERIMENTS)
