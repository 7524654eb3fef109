"""Moments that fall exactly on an edge: what happened at the moment asked about is known at it (section 11)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.nps import AccountScore, NpsConfig, NpsResponse, SurveySend
from models.nps_figures import Period
from rules import nps, nps_figures

MARCH = nps_figures.days(date(2026, 3, 1), date(2026, 3, 31))
AT = datetime(2026, 3, 10, tzinfo=UTC)
CONFIG = NpsConfig()


def said(at: datetime) -> NpsResponse:
    return NpsResponse(id="a1", survey="s1", customer="C-1", score=9, submitted_at=at)


def test_an_answer_may_be_followed_up_the_moment_it_is_given() -> None:
    assert nps.follow_up(said(AT), AT).follow_up_date == AT


def test_an_answer_is_the_accounts_score_from_its_own_moment() -> None:
    assert nps.account_score([said(AT)], AT) == AccountScore(score=9, at=AT)


@pytest.mark.parametrize(("behind", "known"), [(timedelta(0), 1), (timedelta(microseconds=1), 0)])
def test_figures_know_what_happened_at_their_moment_and_nothing_later(behind: timedelta, known: int) -> None:
    send = SurveySend(survey="s1", customer="C-1", trigger="quarterly_nps", sent_at=AT)
    told = nps_figures.figures([said(AT)], [send], MARCH, as_of=AT - behind, config=CONFIG)
    assert (told.total_responses, told.surveys_sent, told.surveys_answered) == (known, known, known)


def test_one_day_is_a_period() -> None:
    day = nps_figures.days(date(2026, 3, 10), date(2026, 3, 10))
    assert day.end - day.start == timedelta(days=1)


@pytest.mark.parametrize(("moment", "months"), [(MARCH.start, [0, 1]), (MARCH.end, [0, 0])])
def test_an_answer_on_a_months_edge_counts_in_the_month_that_begins(moment: datetime, months: list[int]) -> None:
    trend = nps_figures.trend([said(moment)], MARCH.end, config=CONFIG)
    assert [one.n for one in trend[-2:]] == months
    april = Period(start=MARCH.end, end=MARCH.end + timedelta(days=1))
    told = nps_figures.figures([said(moment)], [], april, as_of=april.end, config=CONFIG)
    assert told.trend[-1].n == int(moment == MARCH.end)
