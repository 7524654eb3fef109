"""Churn signals fire, open, clear and are superseded as section 7.1 says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from models.enums import Severity
from models.errors import BadInput
from models.facts import CATALOGUE
from models.signals import CHURN_SIGNALS, PRIORITY, ChurnConfig, ChurnSignal, ChurnSignalType, ClearedBy
from rules import churn
from tests.rules.making import BOUNDED

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = ChurnSignalType

EDGES = [
    ("days_since_last_login", 7, set()),
    ("days_since_last_login", 8, {"no_login_7_days"}),
    ("days_since_last_login", 14, {"no_login_7_days"}),
    ("days_since_last_login", 15, {"no_login_14_days"}),
    ("usage_change_percent", -50, set()),
    ("usage_change_percent", -50.01, {"usage_drop_50"}),
    ("usage_change_percent", -51, {"usage_drop_50"}),
    ("nps_score", 6, {"nps_detractor"}),
    ("nps_score", 7, set()),
    ("nps_score", 0, {"nps_detractor"}),
    ("open_tickets", 2, set()),
    ("open_tickets", 3, {"multiple_support_tickets"}),
    ("failed_payments", 0, set()),
    ("failed_payments", 1, {"failed_payment"}),
    ("cancellation_requested", False, set()),
    ("cancellation_requested", True, {"cancellation_request"}),
    ("competitor_mentioned", False, set()),
    ("competitor_mentioned", True, {"competitor_mention"}),
]


def names(signals: tuple[ChurnSignal, ...]) -> set[str]:
    return {signal.type.value for signal in signals}


@pytest.mark.parametrize(("metric", "value", "fired"), EDGES)
def test_each_edge_is_as_written_g5(metric: str, value: JsonValue, fired: set[str]) -> None:
    assert names(churn.detect({metric: value}, NOW)) == fired


@pytest.mark.parametrize("value", [None, "7", float("nan"), float("inf"), [], {}])
def test_what_is_unknown_fires_nothing_g3(value: JsonValue) -> None:
    assert churn.detect(dict.fromkeys(churn.FACTS, value), NOW) == ()
    assert churn.detect({}, NOW) == ()


def test_a_number_is_no_yes_and_a_yes_is_no_number() -> None:
    assert churn.detect({"cancellation_requested": 1, "failed_payments": True}, NOW) == ()


def test_c2_fourteen_days_supersede_seven() -> None:
    week = churn.fold((), {"days_since_last_login": 8}, NOW)
    fortnight = churn.fold(week.open, {"days_since_last_login": 15}, NOW + 7 * DAY)
    assert names(fortnight.opened) == names(fortnight.open) == {"no_login_14_days"}
    (gone,) = fortnight.cleared
    assert (gone.type, gone.cleared_by, gone.cleared_at) == (KIND.NO_LOGIN_7_DAYS, ClearedBy.SUPERSEDED, NOW + 7 * DAY)


def test_c2_a_login_clears_the_fortnight_and_leaves_no_week_open() -> None:
    silent = churn.fold((), {"days_since_last_login": 20}, NOW)
    back = churn.fold(silent.open, {"days_since_last_login": 0}, NOW + DAY)
    assert back.open == ()
    assert names(back.cleared) == {"no_login_14_days"}


def test_c10_a_signal_says_what_it_saw() -> None:
    (signal,) = churn.detect({"usage_change_percent": -62.5}, NOW)
    assert (signal.metric, signal.value, signal.threshold) == ("usage_change_percent", -62.5, -50)
    assert (signal.severity, signal.detected_at, signal.cleared_at) == (Severity.HIGH, NOW, None)


def test_c1_no_detected_signal_is_without_a_place_in_the_order_of_handling() -> None:
    assert set(PRIORITY) == set(KIND) == {rule.type for rule in CHURN_SIGNALS}


def test_g5_labels_say_more_than_where_the_comparison_is_strict() -> None:
    by_type = {rule.type: rule.description for rule in CHURN_SIGNALS}
    for kind in (KIND.NO_LOGIN_7_DAYS, KIND.NO_LOGIN_14_DAYS, KIND.USAGE_DROP_50):
        assert "more than" in by_type[kind]


def test_a_signal_stays_open_while_its_metric_is_unknown() -> None:
    opened = churn.fold((), {"open_tickets": 4}, NOW)
    later = churn.fold(opened.open, {"open_tickets": None}, NOW + DAY)
    assert later == (opened.open, (), ())


def test_a_signal_of_a_later_day_is_not_touched_by_an_earlier_evaluation() -> None:
    opened = churn.fold((), {"open_tickets": 4, "days_since_last_login": 15}, NOW)
    earlier = churn.fold(opened.open, {"open_tickets": 0, "days_since_last_login": 8}, NOW - DAY)
    assert earlier == (opened.open, (), ())


def test_a_signal_may_clear_in_the_moment_it_was_detected() -> None:
    opened = churn.fold((), {"open_tickets": 4}, NOW)
    assert names(churn.fold(opened.open, {"open_tickets": 2}, NOW).cleared) == {"multiple_support_tickets"}


def test_a_cleared_signal_opens_again_as_another() -> None:
    first = churn.fold((), {"failed_payments": 1}, NOW)
    paid = churn.fold(first.open, {"failed_payments": 0}, NOW + DAY)
    again = churn.fold(paid.cleared, {"failed_payments": 2}, NOW + 2 * DAY)
    assert names(again.opened) == {"failed_payment"}
    assert again.opened[0].detected_at == NOW + 2 * DAY


def test_two_open_signals_of_a_type_are_refused() -> None:
    (signal,) = churn.detect({"failed_payments": 1}, NOW)
    with pytest.raises(BadInput, match="two open signals"):
        churn.fold((signal, signal), {}, NOW)


def test_all_at_once_are_handled_in_order() -> None:
    facts: dict[str, JsonValue] = {
        "days_since_last_login": 8,
        "usage_change_percent": -80,
        "nps_score": 2,
        "open_tickets": 9,
        "failed_payments": 1,
        "cancellation_requested": True,
        "competitor_mentioned": True,
    }
    week = [signal.type for signal in churn.detect(facts, NOW)]
    assert week == [kind for kind in PRIORITY if kind is not KIND.NO_LOGIN_14_DAYS]
    fortnight = [signal.type for signal in churn.detect({**facts, "days_since_last_login": 15}, NOW)]
    assert fortnight == [kind for kind in PRIORITY if kind is not KIND.NO_LOGIN_7_DAYS]


SCORES: list[tuple[dict[str, JsonValue], int]] = [
    ({}, 0),
    ({"open_tickets": 3}, 15),
    ({"failed_payments": 1}, 30),
    ({"failed_payments": 1, "open_tickets": 3}, 45),
    ({"days_since_last_login": 15}, 30),
    ({"failed_payments": 1, "nps_score": 1, "cancellation_requested": True}, 90),
    ({"failed_payments": 1, "nps_score": 1, "cancellation_requested": True, "open_tickets": 3}, 100),
]


@pytest.mark.parametrize(("facts", "score"), SCORES)
def test_c14_the_risk_score_adds_open_signals_and_is_capped(facts: dict[str, JsonValue], score: int) -> None:
    assert churn.churn_risk_score(churn.detect(facts, NOW)) == score


def test_a_cleared_signal_has_no_points_and_is_not_open() -> None:
    signals = churn.detect({"failed_payments": 1}, NOW)
    cleared = churn.fold(signals, {"failed_payments": 0}, NOW + DAY).cleared
    assert churn.churn_risk_score(cleared) == 0
    assert (churn.has_open_high(signals), churn.has_open_high(cleared)) == (True, False)


def test_low_signals_count_five_though_none_is_listed() -> None:
    (signal,) = churn.detect({"open_tickets": 3}, NOW)
    assert churn.churn_risk_score([signal.model_copy(update={"severity": Severity.LOW})]) == 5


@pytest.mark.parametrize(
    "changed",
    [
        {"signals": CHURN_SIGNALS[:-1]},
        {"signals": (*CHURN_SIGNALS, CHURN_SIGNALS[0])},
        {"priority": PRIORITY[1:]},
        {"points_medium": 31},
        {"cap": 101},
        {"signals": (CHURN_SIGNALS[0].model_copy(update={"severity": Severity.CRITICAL}), *CHURN_SIGNALS[1:])},
    ],
)
def test_a_configuration_that_is_not_whole_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChurnConfig.model_validate({**ChurnConfig().__dict__, **changed})


known = st.fixed_dictionaries(
    {},
    optional={
        "days_since_last_login": st.none() | st.integers(0, 40),
        "usage_change_percent": st.none() | st.floats(-100, 300),
        "nps_score": st.none() | st.integers(0, 10),
        "open_tickets": st.none() | st.integers(0, 6),
        "failed_payments": st.none() | st.integers(0, 2),
        "cancellation_requested": st.none() | st.booleans(),
        "competitor_mentioned": st.none() | st.booleans(),
    },
)


def test_c7_c11_an_opening_has_one_key_however_often_it_is_evaluated() -> None:
    first = churn.fold((), {"failed_payments": 1}, NOW)
    later = churn.fold(first.open, {"failed_payments": 2}, NOW + DAY)
    assert later.opened == ()
    assert churn.key("C-1", first.opened[0]) == churn.key("C-1", later.open[0])
    paid = churn.fold(later.open, {"failed_payments": 0}, NOW + 2 * DAY)
    again = churn.fold(paid.open, {"failed_payments": 1}, NOW + 3 * DAY)
    assert churn.key("C-1", again.opened[0]) != churn.key("C-1", first.opened[0])
    assert churn.key("C-1", first.opened[0]) == "signal:C-1:failed_payment:2026-03-02T06:00:00+00:00"


def test_c12_every_signal_reads_a_metric_whose_window_the_registry_fixes() -> None:
    assert set(churn.FACTS) <= set(CATALOGUE)


@BOUNDED
@given(history=st.lists(known, max_size=6))
def test_evaluating_twice_changes_nothing_the_second_time(history: list[dict[str, JsonValue]]) -> None:
    standing: tuple[ChurnSignal, ...] = ()
    for day, facts in enumerate(history):
        once = churn.fold(standing, facts, NOW + day * DAY)
        assert churn.fold(once.open, facts, NOW + day * DAY) == (once.open, (), ())
        standing = once.open


@BOUNDED
@given(history=st.lists(known, min_size=1, max_size=6), turned=st.booleans())
def test_open_signals_are_those_not_cleared_whatever_the_order_in_which_they_were_stored(
    history: list[dict[str, JsonValue]], turned: bool
) -> None:
    standing: list[ChurnSignal] = []
    for day, facts in enumerate(history):
        standing = standing[::-1] if turned else standing
        before = {signal.type: signal for signal in standing}
        done = churn.fold(standing, facts, NOW + day * DAY)
        gone = {signal.type for signal in done.cleared}
        kept = {kind: signal for kind, signal in before.items() if kind not in gone}
        assert {**kept, **{signal.type: signal for signal in done.opened}} == {s.type: s for s in done.open}
        assert not {KIND.NO_LOGIN_7_DAYS, KIND.NO_LOGIN_14_DAYS} <= {s.type for s in done.open}
        assert list(done.open) == list(churn.by_priority(done.open))
        standing = list(done.open)


@BOUNDED
@given(facts=known, hidden=st.sampled_from(churn.FACTS))
def test_hiding_a_fact_never_opens_a_signal_of_it(facts: dict[str, JsonValue], hidden: str) -> None:
    seen = {signal.type for signal in churn.detect(facts, NOW)}
    without = churn.detect({**facts, hidden: None}, NOW)
    assert {signal.type for signal in without} <= seen
    assert all(signal.metric != hidden for signal in without)
