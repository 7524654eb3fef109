"""Figures of customers: who is counted, what is too few to tell, and what counts as improved."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.book_figures import Making, first_starts
from analysis.cohorts import COHORTS
from analysis.survival import Watched, faster, median
from models.enums import RunStatus
from models.figure import Documented, SourceFreshness
from models.metric_rows import (
    ActionDue,
    ActiveDay,
    BookRows,
    ClosedSave,
    CsatScore,
    EngagementRow,
    HealthRow,
    MeetingRow,
    MessageRow,
    OnboardingRow,
)
from models.nps import NpsConfig, NpsResponse, SurveySend
from rules.nps_figures import days

ZONE = ZoneInfo("Europe/Madrid")
PERIOD = days(date(2024, 3, 1), date(2024, 3, 31))
NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AS_OF = datetime(2024, 6, 1, tzinfo=UTC)
QUERIES = (
    "nps_answers", "nps_sends", "csat_scores", "onboardings_started", "active_days", "engagement_scores",
    "health_scores", "saves_closed", "save_actions_due", "outreach", "meetings_scheduled",
)  # fmt: skip
MAKING = Making(
    {name: Documented(name=name, version=1, text=name) for name in QUERIES}, {"quick": 7 * DAY}, ZONE, NpsConfig()
)


def rows(**given: Any) -> BookRows:
    whole: dict[str, Any] = {"period": PERIOD, "as_of": AS_OF} | given
    return BookRows(**whole)


def value(name: str, **given: Any) -> tuple[float | None, int | None]:
    figure = MAKING.figures(rows(**given)).figures[name]
    return (None if figure.value is None else float(figure.value)), figure.n


def onboarding(number: int, status: str = "in_progress", **more: Any) -> OnboardingRow:
    given: dict[str, Any] = {"finished": None, "first_value": None} | more
    return OnboardingRow(f"C-{number}", 1, "quick", NOON, status, **given)


def answers(scores: list[int], at: datetime = NOON) -> list[NpsResponse]:
    return [
        NpsResponse(id=f"R-{number}", survey=f"S-{number}", customer=f"C-{number}", score=score, submitted_at=at)
        for number, score in enumerate(scores)
    ]


def test_an_empty_book_tells_nothing_and_says_why() -> None:
    for figure in MAKING.figures(rows()).figures.values():
        assert figure.value is None
        assert figure.reason.startswith("no ")


def test_nps_is_told_from_thirty_on_with_an_interval() -> None:
    scores = [10] * 16 + [7] * 7 + [3] * 7
    told = MAKING.figures(rows(answers=answers(scores))).figures["nps"]
    assert (told.value, told.n) == (30, 30)
    assert told.interval is not None
    few = MAKING.figures(rows(answers=answers(scores[:29]))).figures["nps"]
    assert few.value is None
    assert "at least 30" in few.reason


def test_the_response_rate_is_of_the_surveys_sent_in_the_period() -> None:
    sends = [SurveySend(survey=f"S-{n}", customer=f"C-{n}", trigger="q", sent_at=NOON) for n in range(12)]
    early = SurveySend(survey="S-90", customer="C-90", trigger="q", sent_at=NOON - 60 * DAY)
    found = answers([9, 9, 9])
    stray = NpsResponse(id="R-90", survey="S-90", customer="C-90", score=9, submitted_at=NOON)
    assert value("nps_response_rate", sends=[*sends, early], answers=[*found, stray]) == (0.25, 12)


def test_completion_and_activation_count_only_those_whose_time_has_passed() -> None:
    done = [onboarding(n, "completed", finished=NOON + 5 * DAY, first_value=NOON + 2 * DAY) for n in range(8)]
    late = [onboarding(n, first_value=NOON + 20 * DAY) for n in range(8, 12)]
    assert value("onboarding_completion", onboardings=done + late) == (8 / 12, 12)
    assert value("activation", onboardings=done + late) == (8 / 12, 12)
    early = {"as_of": NOON + 6 * DAY}
    assert value("onboarding_completion", onboardings=done + late, **early) == (None, 0)
    assert value("activation", onboardings=done + late, **early) == (None, 0)


def test_an_onboarding_of_an_unknown_program_is_left_out_and_said() -> None:
    others = [onboarding(n)._replace(program="gone") for n in range(3)]
    told = MAKING.figures(rows(onboardings=[*(onboarding(n) for n in range(10)), *others])).figures
    assert told["onboarding_completion"].n == 10
    assert "3 of a program" in told["onboarding_completion"].notes[0]


def test_time_to_first_value_counts_the_unfinished_as_watched() -> None:
    there = [onboarding(n, first_value=NOON + (n + 1) * DAY) for n in range(6)]
    waiting = [onboarding(n) for n in range(6, 12)]
    assert value("time_to_first_value", onboardings=there + waiting)[0] == 6
    more = [onboarding(n) for n in range(6, 16)]
    told = MAKING.figures(rows(onboardings=there + more)).figures["time_to_first_value"]
    assert told.value is None
    assert "6 of 16" in told.reason


@pytest.mark.parametrize(("offset", "kept"), [(6, 0.0), (7, 1.0), (13, 1.0), (14, 0.0)])
def test_d7_looks_at_days_seven_to_thirteen(offset: int, kept: float) -> None:
    spans = [(f"A-{n}", date(2024, 3, 5), None, "10", False) for n in range(10)]
    active = frozenset(ActiveDay(f"A-{n}", date(2024, 3, 5) + offset * DAY) for n in range(10))
    assert value("retention_d7", spans=spans, active=active) == (kept, 10)
    assert value("retention_d7", spans=spans, active=active, as_of=datetime(2024, 3, 18, tzinfo=UTC)) == (None, 0)


def test_starts_are_of_the_first_paid_subscription_in_the_business_calendar() -> None:
    spans = [
        ("A", date(2024, 3, 5), None, "10", False),
        ("A", date(2024, 2, 1), date(2024, 2, 20), "5", False),
        ("A", date(2024, 1, 1), None, "5", True),
        ("A", date(2024, 1, 1), None, "0", False),
        ("B", "2024-03-31", None, None, 0),
    ]
    assert first_starts(rows(spans=spans), ZONE) == {"A": date(2024, 2, 1), "B": date(2024, 3, 31)}


def test_means_leave_out_what_is_unknown_or_provisional() -> None:
    health = [HealthRow(f"C-{n}", 60 + n, n % 2 == 0, NOON) for n in range(20)]
    assert value("health_portfolio", health=health) == (70.0, 10)
    levels = [EngagementRow(f"C-{n}", 50, "low" if n < 3 else "high", NOON) for n in range(12)]
    assert value("engagement", engagement=[*levels, EngagementRow("C-99", None, None, NOON)]) == (50.0, 12)
    assert value("low_engagement", engagement=levels) == (0.25, 12)


def test_playbook_and_action_completion_are_two_numbers() -> None:
    saves = [
        ClosedSave(f"W-{n}", "C", RunStatus.COMPLETED if n < 8 else RunStatus.CANCELLED, NOON, int(n == 0))
        for n in range(10)
    ]
    assert value("playbook_completion", saves=saves) == (0.7, 10)
    actions = [ActionDue("C", f"s{n}", "done", NOON, NOON + timedelta(hours=n * 6)) for n in range(10)]
    assert value("action_completion", actions=actions) == (0.5, 10)


def test_rates_of_answers_and_meetings() -> None:
    sent = [MessageRow("C", NOON, NOON if n < 5 else None) for n in range(10)]
    assert value("outreach_response_rate", outreach=sent) == (0.5, 10)
    meetings = [MeetingRow("C", NOON, {0: True, 1: False}.get(n % 3)) for n in range(30)]
    told = MAKING.figures(rows(meetings=meetings)).figures["meetings_attended"]
    assert (told.value, told.n) == (0.5, 20)
    assert told.notes == ("of 10 more nobody told",)


def scores(*given: int) -> list[CsatScore]:
    return [CsatScore(f"C-{n}", NOON, score) for n, score in enumerate(given)]


def test_improved_worse_and_cannot_tell() -> None:
    low, high = rows(csat=scores(*[2, 3] * 20)), rows(csat=scores(*[4, 5] * 20))
    assert MAKING.changes(low, high)["csat"].improved is True
    down = MAKING.changes(high, low)["csat"]
    assert (down.improved, down.worsened) == (False, True)
    assert str(down).startswith("worse (")
    same = MAKING.changes(low, low)["csat"]
    assert (same.improved, same.worsened) == (False, False)
    assert MAKING.changes(rows(), high)["csat"].improved is None
    assert str(MAKING.changes(rows(), rows())["nps"]).startswith("cannot tell whether it improved: 0 and 0 responses")


def test_nps_improves_only_beyond_chance() -> None:
    before, after = rows(answers=answers([10] * 40 + [3] * 40)), rows(answers=answers([10] * 70 + [3] * 10))
    told = MAKING.changes(before, after)["nps"]
    assert told.improved is True
    assert MAKING.changes(after, before)["nps"].worsened is True
    assert "z test" in told.reason


def test_faster_is_better_for_time_to_first_value() -> None:
    slow = rows(onboardings=[onboarding(n, first_value=NOON + (20 + n) * DAY) for n in range(30)])
    fast = rows(onboardings=[onboarding(n, first_value=NOON + (1 + n / 10) * DAY) for n in range(30)])
    assert MAKING.changes(slow, fast)["time_to_first_value"].improved is True
    assert MAKING.changes(fast, slow)["time_to_first_value"].worsened is True


def test_a_figure_names_cohort_query_and_source() -> None:
    fresh = SourceFreshness(source="tickets", reported_at=NOON, as_of=AS_OF)
    told = MAKING.figures(rows(csat=scores(*range(1, 6), *range(1, 6)), sources=(fresh,))).figures["csat"]
    assert told.cohort == COHORTS["csat_told"].ref
    assert told.query.name == "csat_scores"
    assert told.sources == (fresh,)


def test_the_median_of_a_published_sample() -> None:
    """Kaplan and Meier's textbook sample (Freireich 1963, 6-MP arm): median remission 23 weeks, placebo 8."""
    there = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    still = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    treated = [*(Watched(day, True) for day in there), *(Watched(day, False) for day in still)]
    placebo = [Watched(day, True) for day in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
    found = median(treated)
    assert (found.days, found.happened, found.watched) == (23, 9, 21)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (13, None)
    assert median(placebo).days == 8
    apart = faster(treated, placebo)
    assert apart is not None
    assert apart < 0.001
    assert median([Watched(3, False)]).days is None
    assert faster([Watched(3, False)], placebo) is None
