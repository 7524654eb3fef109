"""The figures of a period: worked by hand, at their edges, and whatever the order of the rows (section 11.3)."""

import itertools
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.errors import BadInput
from models.nps import NpsConfig, NpsResponse, SurveySend
from models.nps_figures import RESPONSE_RATE, SAMPLE_SIZE, KpiBand, NpsMetrics, NpsSample, Period
from rules import nps_figures
from tests.rules.making import BOUNDED

CONFIG = NpsConfig()
START = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER = Period(start=START, end=START + timedelta(days=90))
LATER = START + timedelta(days=400)
NUMBERS = itertools.count(1)


def said(
    score: int, day: float = 1, *, customer: str = "", survey: str = "", who: str | None = None, themes: str = ""
) -> NpsResponse:
    number = next(NUMBERS)
    return NpsResponse(
        id=f"a{number:06}",
        survey=survey or f"s{number}",
        customer=customer or f"C-{number}",
        respondent=who,
        score=score,
        submitted_at=START + timedelta(days=day),
        themes=tuple(themes.split()),
    )


def figures(
    responses: list[NpsResponse],
    sends: list[SurveySend] | None = None,
    period: Period = QUARTER,
    as_of: datetime = LATER,
) -> NpsMetrics:
    return nps_figures.figures(responses, sends or [], period, as_of=as_of, config=CONFIG)


def sent(survey: str, day: float = 0) -> SurveySend:
    return SurveySend(survey=survey, customer="C", trigger="quarterly_nps", sent_at=START + timedelta(days=day))


def of(n: int, promoters: int, detractors: int) -> NpsSample:
    return NpsSample(n=n, promoters=promoters, passives=n - promoters - detractors, detractors=detractors)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([10], 100),
        ([0], -100),
        ([7, 8], 0),
        ([9, 9, 8, 6], 25),
        ([9, 7, 7], 33),
        ([9, 9, 7], 67),
        ([9] + [8] * 7, 13),
        ([6] + [8] * 7, -12),
        ([9] + [8] * 199, 1),
        ([6] + [8] * 199, 0),
    ],
)
def test_nps_is_promoters_less_detractors_rounded_half_up(scores: list[int], expected: int) -> None:
    assert figures([said(score) for score in scores]).nps == expected


def test_n2_nothing_is_told_of_no_answers() -> None:
    told = figures([])
    assert (told.nps, told.response_rate, told.representative) == (None, None, None)
    assert [one.share for one in (told.promoters, told.passives, told.detractors)] == [None, None, None]
    assert told.reportable is False
    assert all(month.nps is None and month.n == 0 and not month.sufficient for month in told.trend)
    payload = told.payload()
    assert payload["nps"] is None
    assert payload["promoters"] == {"count": 0, "percentage": None}


@pytest.mark.parametrize(("n", "reportable"), [(29, False), (30, True), (31, True)])
def test_n3_a_small_sample_is_not_reportable(n: int, reportable: bool) -> None:
    assert figures([said(9) for _ in range(n)]).reportable is reportable


def test_n4_the_response_rate_is_the_answered_share_of_the_surveys_sent_in_the_period() -> None:
    sends = [sent("in1"), sent("in2", 89), sent("before", -1), sent("after", 90)]
    responses = [
        said(9, 1, survey="in1"),
        said(4, 2, survey="in1", who="u-2"),
        said(9, 95, survey="in2"),
        said(9, 3, survey="before"),
        said(9, 95, survey="after"),
    ]
    told = figures(responses, sends)
    assert (told.surveys_sent, told.surveys_answered, told.response_rate) == (2, 2, 1.0)
    assert told.total_responses == 3


def test_n4_the_rate_never_passes_one_however_many_answer() -> None:
    responses = [said(9, 1, survey="in1", who=f"u-{number}") for number in range(9)]
    assert figures(responses, [sent("in1")]).response_rate == 1.0


def test_a_survey_still_open_may_yet_be_answered() -> None:
    sends = [sent("in1", 1), sent("in2", 5)]
    assert figures([], sends, as_of=START + timedelta(days=9)).surveys_open == 1
    assert figures([], sends, as_of=START + timedelta(days=12)).surveys_open == 0


def test_n6_a_respondent_counts_once_by_the_latest_answer() -> None:
    responses = [
        said(2, 1, customer="C-1", who="u-1"),
        said(10, 5, customer="C-1", who="u-1"),
        said(7, 3, customer="C-1", who="u-2"),
        said(9, 3, customer="C-2", who="u-1"),
    ]
    told = figures(responses)
    assert (told.promoters.count, told.passives.count, told.detractors.count) == (2, 1, 0)


def test_n6_an_answer_after_the_period_does_not_replace_the_one_within() -> None:
    assert figures([said(10, 1, customer="C-1"), said(0, 91, customer="C-1")]).nps == 100


@pytest.mark.parametrize(("rate", "representative"), [(20, False), (21, True)])
def test_n10_more_than_a_fifth_must_answer_to_be_representative(rate: int, representative: bool) -> None:
    sends = [sent(f"s-{number}") for number in range(100)]
    responses = [said(9, 1, survey=f"s-{number}") for number in range(rate)]
    assert figures(responses, sends).representative is representative


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (None, None),
        (0.0499, KpiBand.CRITICAL),
        (0.05, KpiBand.WARNING),
        (0.0999, KpiBand.WARNING),
        (0.10, KpiBand.ACCEPTABLE),
        (0.15, KpiBand.ACCEPTABLE),
        (0.1501, KpiBand.TARGET),
    ],
)
def test_n10_the_response_rate_has_one_set_of_bands(rate: float | None, expected: KpiBand | None) -> None:
    assert nps_figures.band(rate, RESPONSE_RATE) is expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (29, KpiBand.CRITICAL),
        (30, KpiBand.WARNING),
        (49, KpiBand.WARNING),
        (50, KpiBand.ACCEPTABLE),
        (100, KpiBand.ACCEPTABLE),
        (101, KpiBand.TARGET),
    ],
)
def test_the_sample_size_has_bands(n: int, expected: KpiBand) -> None:
    assert nps_figures.band(n, SAMPLE_SIZE) is expected


def test_both_days_of_a_period_belong_to_it_in_the_business_zone() -> None:
    march = nps_figures.days(date(2026, 3, 1), date(2026, 3, 31))
    assert march.start == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert march.end == datetime(2026, 3, 31, 22, tzinfo=UTC)  # the clocks went forward on the 29th
    rows = [(march.start - timedelta(seconds=1), False), (march.start, True)]
    rows += [(march.end - timedelta(seconds=1), True), (march.end, False)]
    for moment, counted in rows:
        one = said(9).model_copy(update={"submitted_at": moment})
        assert figures([one], period=march).total_responses == int(counted)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput):
        nps_figures.days(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(ValidationError):
        Period(start=START, end=START)


def test_the_trend_has_six_months_each_with_its_n() -> None:
    year = nps_figures.days(date(2025, 4, 1), date(2026, 3, 31))
    march = [said(9, 70) for _ in range(30)]
    january = [said(0, 10)]
    told = figures([*march, *january], period=year)
    assert [(f"{one.month:%Y-%m}", one.nps, one.n, one.sufficient) for one in told.trend] == [
        ("2025-10", None, 0, False),
        ("2025-11", None, 0, False),
        ("2025-12", None, 0, False),
        ("2026-01", -100, 1, False),
        ("2026-02", None, 0, False),
        ("2026-03", 100, 30, True),
    ]


def test_the_trends_last_month_ends_with_the_period() -> None:
    half = Period(start=START, end=START + timedelta(days=15))
    told = figures([said(9, 14), said(0, 16)], period=half)
    assert (told.trend[-1].month, told.trend[-1].nps, told.trend[-1].n) == (date(2026, 1, 1), 100, 1)


def test_top_themes_are_counted_apart_for_promoters_and_detractors() -> None:
    rows = ["support", "support speed", "price", "reports", "setup", "features", "answers"]
    promoters = [said(9, themes=row) for row in rows]
    told = figures([*promoters, said(3, themes="price"), said(8, themes="whatsapp")])
    assert [(one.theme, one.count) for one in told.top_positive_themes] == [
        ("support", 2),
        ("answers", 1),
        ("features", 1),
        ("price", 1),
        ("reports", 1),
    ]
    assert [(one.theme, one.count) for one in told.top_negative_themes] == [("price", 1)]


def test_the_payload_is_spelt_as_specified_with_percents() -> None:
    told = figures([said(9, survey="in1", themes="price"), said(7), said(0)], [sent("in1"), sent("in2")])
    payload = told.payload()
    assert list(payload) == [
        "period",
        "totalResponses",
        "nps",
        "responseRate",
        "promoters",
        "passives",
        "detractors",
        "trend",
        "topPositiveThemes",
        "topNegativeThemes",
        "reportable",
    ]
    assert payload["responseRate"] == 50.0
    assert payload["promoters"] == {"count": 1, "percentage": pytest.approx(100 / 3)}
    assert payload["topPositiveThemes"] == [{"theme": "price", "count": 1}]


def test_the_worked_standard_error_is_seven_point_eight_points() -> None:
    error = nps_figures.standard_error(of(100, 50, 20))
    assert error is not None
    assert round(error, 1) == 7.8
    assert nps_figures.standard_error(of(0, 0, 0)) is None


@pytest.mark.parametrize(
    ("before", "after", "improved"),
    [
        (of(29, 0, 29), of(100, 100, 0), None),
        (of(100, 0, 100), of(29, 29, 0), None),
        (of(0, 0, 0), of(0, 0, 0), None),
        (of(30, 0, 30), of(30, 30, 0), True),
        (of(30, 30, 0), of(30, 0, 30), False),
        (of(30, 30, 0), of(30, 30, 0), False),
        (of(100, 40, 25), of(100, 50, 20), False),
        (of(100, 35, 30), of(100, 50, 20), True),
        (of(100, 50, 20), of(100, 35, 30), False),
        (of(1000, 40 * 10, 25 * 10), of(1000, 50 * 10, 20 * 10), True),
    ],
)
def test_nps_improved_only_beyond_chance_and_from_thirty_answers(
    before: NpsSample, after: NpsSample, improved: bool | None
) -> None:
    told = nps_figures.improvement(before, after, CONFIG)
    assert told.improved is improved
    assert ("cannot tell" in told.reason) is (improved is None)


def test_the_improvement_is_worked_out_by_hand() -> None:
    told = nps_figures.improvement(of(100, 35, 30), of(100, 50, 20), CONFIG)
    assert told.difference == pytest.approx(25)
    assert told.standard_error == pytest.approx(100 * (0.0061 + 0.006475) ** 0.5)
    assert told.z == pytest.approx(2.2294, abs=1e-4)
    assert told.p_value == pytest.approx(0.02579, abs=1e-5)


@pytest.mark.parametrize(("z", "cdf"), [(0, 0.5), (1.959964, 0.975), (-1.959964, 0.025), (1, 0.841345)])
def test_the_normal_distribution_is_the_tables(z: float, cdf: float) -> None:
    assert nps_figures.normal_cdf(z) == pytest.approx(cdf, abs=1e-6)
    assert nps_figures.two_sided(z) == pytest.approx(2 * (1 - nps_figures.normal_cdf(abs(z))), abs=1e-12)


ROWS = st.lists(
    st.tuples(st.integers(0, 10), st.integers(0, 100), st.sampled_from("AB"), st.sampled_from(["u", "v", None])),
    max_size=20,
)


@BOUNDED
@given(ROWS, st.randoms(use_true_random=False))
def test_figures_lie_within_bounds_and_the_order_of_rows_is_no_matter(
    rows: list[tuple[int, int, str, str | None]], chance: Random
) -> None:
    responses = [said(score, day, customer=customer, who=who) for score, day, customer, who in rows]
    shuffled = list(responses)
    chance.shuffle(shuffled)
    assert nps_figures.latest(responses) == nps_figures.latest(shuffled)
    told = figures(responses)
    assert told == figures(shuffled)
    assert told.nps is None or -100 <= told.nps <= 100
    assert told.total_responses == told.promoters.count + told.passives.count + told.detractors.count


@BOUNDED
@given(ROWS, st.integers(0, 100))
def test_a_later_row_never_changes_an_earlier_figure(rows: list[tuple[int, int, str, str | None]], day: int) -> None:
    as_of = START + timedelta(days=day, hours=12)
    responses = [said(score, at, customer=customer, who=who) for score, at, customer, who in rows]
    known = [one for one in responses if one.submitted_at <= as_of]
    assert figures(responses, as_of=as_of) == figures(known, as_of=as_of)


@BOUNDED
@given(st.integers(0, 200), st.data())
def test_the_standard_error_is_never_below_nothing(n: int, data: st.DataObject) -> None:
    promoters = data.draw(st.integers(0, n))
    detractors = data.draw(st.integers(0, n - promoters))
    error = nps_figures.standard_error(of(n, promoters, detractors))
    assert error is None or 0 <= error <= 100
