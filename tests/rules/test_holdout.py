"""Who is held out: the same account always, a fair share of them, nobody where everybody is owed the play."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.experiment import Arm, Holdout
from models.playbook import Playbook
from rules import holdout
from tests.rules.making import BOUNDED, act, play

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDS = [f"C-{number}" for number in range(20_000)]


def arms(salt: str = "", experiment: str = "e", fraction: float = 0.2) -> list[Arm]:
    return [holdout.arm(Holdout(fraction=fraction, salt=salt), experiment, customer) for customer in IDS]


def held(playbook: Playbook, customer: str) -> Arm:
    found = holdout.assignment(playbook, customer, AT)
    assert found is not None
    return found.arm


def test_about_the_asked_share_is_held_out() -> None:
    for fraction in (0.05, 0.2, 0.5):
        share = Counter(arms(fraction=fraction))[Arm.HOLDOUT] / len(IDS)
        assert abs(share - fraction) < 4 * (fraction * (1 - fraction) / len(IDS)) ** 0.5


def test_draws_of_two_experiments_or_two_salts_know_nothing_of_one_another() -> None:
    base = arms()
    for other in (arms(experiment="f"), arms(salt="s")):
        both = sum(a is b is Arm.HOLDOUT for a, b in zip(base, other, strict=True)) / len(IDS)
        assert abs(both - 0.04) < 4 * (0.04 * 0.96 / len(IDS)) ** 0.5


@BOUNDED
@given(st.text(min_size=1, max_size=40), st.floats(0.01, 0.24), st.text(max_size=20))
def test_a_larger_share_holds_out_those_of_the_smaller_one(customer: str, fraction: float, salt: str) -> None:
    small = holdout.arm(Holdout(fraction=fraction, salt=salt), "e", customer)
    large = holdout.arm(Holdout(fraction=fraction * 2, salt=salt), "e", customer)
    assert small is large or large is Arm.HOLDOUT


def test_a_draw_is_the_same_number_on_every_machine_and_in_every_release() -> None:
    assert holdout.draw("welcome", "", "C-1") == pytest.approx(0.7059294, abs=1e-7)


def test_names_that_run_together_are_two_experiments() -> None:
    assert holdout.draw("ab", "", "c") != holdout.draw("a", "", "bc")


def test_a_new_version_keeps_the_arm_and_a_new_experiment_draws_it_anew() -> None:
    first = play(act(), trigger="user_logged_in", holdout={"fraction": 0.5})
    second = play(act("b"), version=2, trigger="user_logged_in", holdout={"fraction": 0.5})
    renamed = play(act(), trigger="user_logged_in", holdout={"fraction": 0.5, "experiment": "autumn"})
    some = IDS[:200]
    assert [held(first, one) for one in some] == [held(second, one) for one in some]
    assert [held(first, one) for one in some] != [held(renamed, one) for one in some]


REFUSED = [
    "cancellation_requested", "payment_failed", "signal_opened:no_login_7_days", "signal_opened",
    "nps_processed:detractor", "customer_at_risk", "health_dropped", "qbr_due",
]  # fmt: skip


@pytest.mark.parametrize("trigger", REFUSED)
def test_nobody_is_held_out_of_what_every_customer_is_owed(trigger: str) -> None:
    refused = play(act(), trigger=trigger, holdout={"fraction": 0.5})
    assert holdout.refusal(refused)
    assert holdout.assignment(refused, "C-1", AT) is None


@pytest.mark.parametrize("trigger", ["user_logged_in", "nps_processed:promoter", "limit_near", "renewal_due:60"])
def test_other_playbooks_may(trigger: str) -> None:
    assert holdout.refusal(play(act(), trigger=trigger)) is None
    assert holdout.assignment(play(act(), trigger=trigger), "C-1", AT) is None
    found = holdout.assignment(play(act(), trigger=trigger, holdout={"fraction": 0.5}), "C-1", AT)
    assert found is not None
    assert (found.experiment, found.fraction, found.at) == ("p", 0.5, AT)


@pytest.mark.parametrize("wrong", [{"fraction": 0}, {"fraction": 0.6}, {}, {"fraction": 0.1, "outcomes": []}])
def test_a_share_of_none_or_of_most_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="holdout"):
        play(act(), holdout=wrong)


def test_a_playbook_without_a_holdout_is_written_as_before() -> None:
    assert "holdout" not in play(act()).model_dump_json()
