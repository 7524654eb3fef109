"""Logins of a simulated customer are looked up, not lived through: nothing that follows from one is lost by that."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.simulation.logins import Logins
from tests.analysis.simulated import BEGINS, account, mail, play, run

DAY = timedelta(days=1)


def day(number: float) -> datetime:
    return BEGINS + number * DAY


FOLLOWS = [
    (None, [1, 2, 3], [1]),  # nothing was known before
    (0, [1, 2, 3], []),
    (0, [6.9, 13.8], []),
    (0, [7, 8, 15], [7, 15]),
    (None, [], []),
    (-20, [1, 2], [1]),
]


@pytest.mark.parametrize(("last", "moments", "told"), FOLLOWS)
def test_something_follows_from_the_first_login_and_from_those_after_an_absence(
    last: float | None, moments: list[float], told: list[float]
) -> None:
    logins = Logins(None if last is None else day(last))
    assert logins.foresee([day(one) for one in moments]) == [day(one) for one in told]


def test_a_login_counts_from_its_own_moment_on_whether_foreseen_or_not() -> None:
    logins = Logins(None)
    logins.foresee([day(3), day(5)])
    assert (logins.last(day(2.9)), logins.last(day(3)), logins.last(day(9))) == (None, day(3), day(5))
    assert (logins.next(day(3)), logins.next(day(5))) == (day(5), None)
    for _ in range(2):
        logins.add(day(4))
    assert (logins.last(day(4.5)), logins.next(day(4)), logins.last(day(5))) == (day(4), day(5), day(5))
    logins.add(day(12))
    assert logins.ends_absence(day(12))
    assert not logins.ends_absence(day(5))
    assert not logins.ends_absence(day(3))


BACK = {"event": "user_logged_in", "reason": "came back"}
PLAYS = (
    play(mail("a"), mail("b", delay="3 days"), name="w", trigger="signal_opened:no_login_7_days", goals=[BACK]),
    play(
        {"id": "hear", "kind": "await", "events": ["user_logged_in"], "timeout": "4 days"},
        mail("c", "receipt", after="hear", on=["user_logged_in"]),
        mail("d", "receipt", after="hear", on=["timeout"]),
        name="h",
    ),
    play(mail("e", "receipt", when="still_no_login", delay="2 days"), name="s"),
    play(mail("f", "receipt", when="days_since_last_login >= 5", delay="6 days"), name="l", trigger="user_logged_in"),
)


@given(
    minutes=st.lists(st.integers(1, 60 * 24 * 38).filter(lambda one: one % 60), max_size=12, unique=True),
    near=st.lists(st.integers(0, 36), max_size=3, unique=True),
    stored=st.none() | st.integers(0, 20),
)
def test_what_follows_is_what_follows_where_every_login_is_told(
    minutes: list[int], near: list[int], stored: int | None
) -> None:
    starts = [{"customer": "C-1", "event": "limit_near", "day": one} for one in near]
    facts = {} if stored is None else {"days_since_last_login": stored}

    def lived(data: dict[str, Any]) -> Any:
        logins = [
            {"customer": "C-1", "event": "user_logged_in", "at": BEGINS + timedelta(minutes=one), "data": data}
            for one in minutes
        ]
        return run(*PLAYS, who=account(facts=facts), script=[*logins, *starts], days=40)

    # A login that says something is lived through like every other event.
    assert lived({}) == lived({"device": "phone"})
