"""Entries held against departures: by hand, against a slow way of saying the same, and never with hindsight."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.backtest import FALSE, HOLDS, UNKNOWN, Gone, Judged, Past, judge
from analysis.backtest_figures import Asked, report
from analysis.backtest_triggers import signs, watch
from models.backtest import Backtest, Departure, Grid
from models.errors import BadInput
from tests.analysis.simulated import mail, play

FIRST = date(2025, 1, 5)
H, F, U = HOLDS, FALSE, UNKNOWN


def day(number: float) -> date:
    """A day so many weeks after the first look."""
    return FIRST + timedelta(days=round(number * 7))


def past(*columns: list[int], gone: list[tuple[int, float, float | None]] = [], until: float = 100) -> Past:  # noqa: B006 (never changed)
    """Each column is one account's signs, week by week."""
    weeks = max(len(column) for column in columns)
    holds = np.array([[column[row] for column in columns] for row in range(weeks)], np.int8)
    return Past(
        customers=[f"C-{n}" for n in range(len(columns))],
        days=[day(row) for row in range(weeks)],
        holds=holds,
        present=np.ones(holds.shape, np.bool_),
        gone=[Gone(customer, day(week), mrr) for customer, week, mrr in gone],
        seen_until=day(until),
    )


def said(found: Judged) -> list[tuple[str, int, bool | None]]:
    return [(one.customer, (one.day - FIRST).days // 7, one.right) for one in found.entries]


CASES: list[tuple[str, Past, list[tuple[str, int, bool | None]]]] = [
    ("begins to hold", past([F, H, H, F]), [("C-0", 1, False)]),
    ("holds from the first look", past([H, H]), [("C-0", 0, False)]),
    ("begins to be known", past([U, U, H]), [("C-0", 2, False)]),
    ("unknown never fires", past([U, U, U]), []),
    ("again within the horizon is the same entry", past([H, F, H, F, H, F]), [("C-0", 0, False), ("C-0", 4, False)]),
    ("left in time", past([F, H, F, F], gone=[(0, 4, 1.0)]), [("C-0", 1, True)]),
    ("left too late", past([F, H, F, F], gone=[(0, 6, 1.0)]), [("C-0", 1, False)]),
    ("left on the day itself", past([F, H, F, F], gone=[(0, 1, 1.0)]), [("C-0", 1, False)]),
    ("not yet known", past([F, F, H], until=3), [("C-0", 2, None)]),
    ("not judged even if it left", past([F, F, H], gone=[(0, 3, 1.0)], until=3), [("C-0", 2, None)]),
    ("each account by itself", past([F, H], [H, F], gone=[(1, 2, 1.0)]), [("C-1", 0, True), ("C-0", 1, False)]),
]


@pytest.mark.parametrize(("name", "history", "entries"), CASES)
def test_who_enters_and_who_was_right(name: str, history: Past, entries: list[tuple[str, int, bool | None]]) -> None:
    assert said(judge(history, 28)) == entries, name


def test_departures_count_only_where_they_could_have_been_foreseen() -> None:
    history = past(
        [F, H, F, F, F, F, F, F], [F] * 8, [U] * 8, [H, F, F, F, F, F, F, F],
        gone=[(0, 5, 10.0), (1, 6, 20.0), (2, 6, 30.0), (3, 2, 40.0)],
    )  # fmt: skip
    found = judge(history, 28)
    assert [(one.customer, hit) for one, hit in zip(found.departures, found.reached, strict=True)] == [
        (0, True),
        (1, False),
    ]
    assert found.blind == 1  # the trigger of the third was never known; the fourth left before a whole horizon
    assert found.unknown == (8, 32)


signs_of = st.lists(st.sampled_from([H, F, U]), min_size=12, max_size=12)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(signs_of, min_size=1, max_size=4), st.data(), st.sampled_from([14, 28, 35]), st.integers(6, 20))
def test_it_says_what_the_slow_way_says(columns: list[list[int]], data: Any, horizon: int, until: int) -> None:
    accounts = st.integers(0, len(columns) - 1)
    gone = data.draw(st.lists(st.tuples(accounts, st.integers(0, until), st.just(1.0)), max_size=5, unique=True))
    found = judge(past(*columns, gone=gone, until=until), horizon)
    weeks = horizon // 7
    for customer, column in enumerate(columns):
        left = [week for one, week, _ in gone if one == customer]
        slow: list[tuple[str, int, bool | None]] = []
        for week, sign in enumerate(column):
            begins = sign == H and (week == 0 or column[week - 1] != H)
            if begins and (not slow or week - slow[-1][1] >= weeks):
                right = None if week + weeks > until else any(week < one <= week + weeks for one in left)
                slow.append((f"C-{customer}", week, right))
        assert [one for one in said(found) if one[0] == f"C-{customer}"] == slow
    known = [(c, w) for c in range(len(columns)) for w in range(12) if w + weeks <= until]
    hits = sum(any(one == c and w < week <= w + weeks for one, week, _ in gone) for c, w in known)
    assert found.base == (hits, len(known))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(signs_of, min_size=1, max_size=3), st.integers(1, 11))
def test_what_comes_later_changes_no_entry_before_it(columns: list[list[int]], cut: int) -> None:
    whole = said(judge(past(*columns), 28))
    turned = [[*column[:cut], *(F if one == H else H for one in column[cut:])] for column in columns]
    other = said(judge(past(*turned), 28))
    assert [one for one in whole if one[1] < cut] == [one for one in other if one[1] < cut]


TRIGGERS: list[tuple[str, dict[str, Any], bool | None]] = [
    ("signal_opened:no_login_7_days", {"days_since_last_login": 8}, True),
    ("signal_opened:no_login_7_days", {"days_since_last_login": 7}, False),
    ("signal_opened:no_login_7_days", {"days_since_last_login": 15}, False),
    ("signal_opened:no_login_14_days", {"days_since_last_login": 15}, True),
    ("signal_opened:no_login_7_days", {"days_since_last_login": None}, None),
    ("signal_opened:usage_drop_50", {"usage_change_percent": -50.0}, False),
    ("signal_opened:usage_drop_50", {"usage_change_percent": -50.1}, True),
    ("cancellation_requested", {"cancellation_requested": True}, True),
    ("payment_failed", {"failed_payments": 0}, False),
    ("renewal_due:60", {"days_until_renewal": 60}, True),
    ("renewal_due:60", {"days_until_renewal": 61}, False),
    ("renewal_due:60", {"days_until_renewal": -1}, False),
    ("nps_processed:detractor", {"nps_score": 6}, True),
    ("nps_processed:promoter", {"nps_score": 8}, False),
    ("limit_near", {"usage_vs_limit": 0.8}, True),
    ("onboarding_stalled", {"onboarding_status": "stalled"}, True),
]


@pytest.mark.parametrize(("trigger", "row", "holds"), TRIGGERS)
def test_what_the_stored_facts_say_of_a_trigger(trigger: str, row: dict[str, Any], holds: bool | None) -> None:
    assert watch(trigger).holds(row) is holds
    wanted = {True: HOLDS, False: FALSE, None: UNKNOWN}[holds]
    assert signs(watch(trigger), {name: [value] for name, value in row.items()}, 1) == [wanted]


def test_a_playbook_narrows_its_trigger_to_its_segments_and_its_entry() -> None:
    narrow = play(mail("a"), trigger="payment_failed", segments=["enterprise"], entry="open_tickets > 2")
    seen = watch("payment_failed", narrow)
    assert set(seen.facts) == {"failed_payments", "segment", "open_tickets"}
    row = {"failed_payments": 1, "segment": "enterprise", "open_tickets": 3}
    assert seen.holds(row) is True
    assert seen.holds(row | {"segment": "smb"}) is False
    assert seen.holds(row | {"segment": None}) is None
    assert seen.holds(row | {"open_tickets": 2}) is False
    assert seen.holds(row | {"open_tickets": None}) is None


@pytest.mark.parametrize("trigger", ["health_dropped", "recap_due", "signal_opened:mood", "renewal_due:soon", ""])
def test_what_no_stored_row_dates_cannot_be_tested_on_the_past(trigger: str) -> None:
    with pytest.raises(BadInput, match="nothing stored says"):
        watch(trigger)


def told(history: Past, horizon: int = 28) -> Backtest:
    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    asked = Asked("p", "payment_failed", Departure.LEFT, Grid.WEEK, horizon, as_of)
    return report(asked, history, judge(history, horizon))


def many(right: int, wrong: int, spared: int) -> Past:
    """Accounts that enter in the second week and leave or not, and some that never enter, of which a few leave too."""
    enters = [[F, H, F, F, F, F, F, F] for _ in range(right + wrong)]
    gone: list[tuple[int, float, float | None]] = [(n, 5, 100.0) for n in range(right)]
    gone += [(right + wrong + n, 6, 50.0) for n in range(spared // 10)]
    return past(*enters, *([F] * 8 for _ in range(spared)), gone=gone)


def test_figures_have_n_and_intervals() -> None:
    found = told(many(20, 60, 200))
    assert (found.entered, found.judged, found.right, found.reached, found.departures) == (80, 80, 20, 20, 40)
    assert found.precision.value == 0.25
    assert found.precision.n == 80
    assert found.precision.interval is not None
    assert found.recall.value == 0.5
    assert found.false_alarms.value == 3
    assert found.revenue.value == pytest.approx(2000 / 3000)
    assert found.lead.value == 28
    assert found.lead_weeks == {4: 20}
    assert found.verdict == "foresees departures better than chance"
    assert "n=80" in found.precision.short()


def test_too_few_are_not_told() -> None:
    found = told(many(3, 6, 10))
    assert found.precision.value is None
    assert found.recall.value is None
    assert "only 9 judged entries" in found.precision.reason
    assert found.verdict.startswith("cannot tell")
    assert told(many(0, 40, 200)).false_alarms.reason == "none of them was right"


def test_a_trigger_that_says_nothing_is_called_so() -> None:
    enters = [[F, H, F, F, F, F, F, F] if n % 2 else [F] * 8 for n in range(400)]
    gone: list[tuple[int, float, float | None]] = [(n, 3 + n % 6, None) for n in range(0, 400, 5)]
    found = told(past(*enters, gone=gone))
    assert found.verdict == "cannot be told from entering at random moments"
    assert found.revenue.value is None
    blind = told(past(*[[U] * 8 for _ in range(50)], gone=[(n, 6, 1.0) for n in range(20)]))
    assert blind.recall.value is None
    assert any("unknown on every day" in note for note in blind.notes)


def test_two_entries_of_one_account_make_an_interval_wider_not_narrower() -> None:
    twice = [[F, H, F, F, F, F, H, F, F, F, F, F, F, F] for _ in range(40)]
    gone: list[tuple[int, float, float | None]] = [(n, week, 1.0) for n in range(10) for week in (3, 8)]
    found = told(past(*twice, gone=gone))
    interval = found.precision.interval
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    assert float(interval.high) - float(interval.low) > 0.22  # Wilson alone: 0.19
