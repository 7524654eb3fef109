"""MRR by month: cases by hand, and two implementations against each other on random histories."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import ValidationError

from analysis.mrr import balances, columns, trailing, waterfall
from analysis.mrr_definitions import DEFINITIONS, MONTH_END_LATEST, RUNNING_SUM, definition
from analysis.mrr_recompute import recompute, recompute_trailing
from models.errors import BadInput
from models.mrr import MonthFlow, MrrDefinition, SpanRow

BEGIN = date(2023, 1, 1)


def flows(rows: list[SpanRow], rule: MrrDefinition, start: date, until: date) -> list[MonthFlow]:
    return waterfall(balances(columns(rows), rule, until), start, until)


def span(account: str, started: date, ended: date | None, mrr: int | None, *, trial: bool = False) -> SpanRow:
    return SpanRow(account, started, ended, None if mrr is None else Decimal(mrr), trial)


def test_each_kind_of_change_is_counted_once() -> None:
    rows = [
        span("stays", date(2023, 1, 5), None, 100),
        span("grows", date(2023, 1, 5), None, 100),
        span("grows", date(2023, 2, 10), None, 50),
        span("shrinks", date(2023, 1, 5), date(2023, 2, 10), 70),
        span("shrinks", date(2023, 1, 6), None, 30),
        span("leaves", date(2023, 1, 5), date(2023, 2, 10), 40),
        span("leaves", date(2023, 4, 1), None, 20),
        span("comes", date(2023, 2, 28), None, 60),
        span("tries", date(2023, 2, 1), None, 10, trial=True),
    ]
    january, february, march, april = flows(rows, RUNNING_SUM, BEGIN, date(2023, 4, 30))
    assert (january.new_mrr, january.new_customers, january.starting_mrr) == (Decimal(340), 4, Decimal(0))
    assert january.grr is None
    assert february == MonthFlow(
        month=date(2023, 2, 1), starting_mrr=Decimal(340), new_mrr=Decimal(60), reactivation_mrr=Decimal(0),
        expansion_mrr=Decimal(50), contraction_mrr=Decimal(70), churned_mrr=Decimal(40), ending_mrr=Decimal(340),
        customers_start=4, new_customers=1, reactivated_customers=0, churned_customers=1, customers_end=4,
    )  # fmt: skip
    assert february.grr == pytest.approx(230 / 340)
    assert february.nrr == pytest.approx(280 / 340)
    assert february.logo_churn == 0.25
    assert february.revenue_churn == pytest.approx(40 / 340)
    assert march.ending_mrr == march.starting_mrr
    assert (april.reactivation_mrr, april.reactivated_customers, april.new_customers) == (Decimal(20), 1, 0)
    told = april.comparable()
    assert (told["new_mrr"], told["new_customers"]) == (20, 1), "whoever pays again is among the new in that record"
    assert list(told) == [
        "month", "starting_mrr", "new_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "ending_mrr",
        "customers_start", "new_customers", "churned_customers", "customers_end", "grr", "nrr", "logo_churn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "latest", "summed"),
    [
        ([span("a", date(2023, 1, 31), None, 5)], 5, 5),
        ([span("a", date(2023, 2, 1), None, 5)], 0, 0),
        ([span("a", BEGIN, date(2023, 1, 31), 5)], 5, 0),
        ([span("a", BEGIN, date(2023, 1, 30), 5)], 0, 0),
        ([span("a", date(2023, 1, 2), None, 5), span("a", date(2023, 1, 3), None, 2)], 2, 7),
        ([span("a", date(2023, 1, 2), None, 5), span("a", date(2023, 1, 3), None, 0)], 0, 5),
        ([span("a", date(2023, 1, 3), None, 5), span("a", date(2023, 1, 3), None, 9)], 9, 14),
        ([span("a", date(2023, 1, 2), None, 5), span("a", date(2023, 1, 3), None, 0, trial=True)], 0, 5),
        ([span("a", date(2023, 1, 2), None, 5), span("a", date(2023, 1, 3), date(2023, 1, 20), 8)], 5, 5),
    ],
    ids=["starts-last-day", "starts-next-day", "ends-last-day", "ends-day-before", "overlap", "latest-is-zero",
         "tie-by-highest", "latest-is-trial", "latest-is-over"],
)  # fmt: skip
def test_the_definitions_at_their_edges(rows: list[SpanRow], latest: int, summed: int) -> None:
    for rule, expected in ((MONTH_END_LATEST, latest), (RUNNING_SUM, summed)):
        assert flows(rows, rule, BEGIN, date(2023, 1, 31))[0].ending_mrr == expected
        assert recompute(rows, rule, BEGIN, date(2023, 1, 31))[0].ending_mrr == expected


def test_an_account_with_an_unknown_amount_is_left_out_and_named() -> None:
    rows = [span("known", BEGIN, None, 10), span("unknown", BEGIN, None, 10), span("unknown", BEGIN, None, None)]
    book = balances(columns(rows), RUNNING_SUM, date(2023, 3, 1))
    assert book.left_out == ("unknown",)
    assert waterfall(book, BEGIN, date(2023, 1, 31))[0].ending_mrr == 10


def test_trailing_twelve_months_are_of_the_opening_cohort_only() -> None:
    rows = [
        span("opened", BEGIN, date(2023, 6, 1), 100),
        span("opened", date(2023, 8, 1), None, 150),
        span("shrank", BEGIN, date(2023, 6, 1), 100),
        span("shrank", date(2023, 6, 1), None, 40),
        span("left", BEGIN, date(2023, 6, 1), 100),
        span("later", date(2023, 2, 1), None, 1000),
    ]
    found = trailing(balances(columns(rows), RUNNING_SUM, date(2024, 1, 31)), date(2024, 1, 1))
    assert (found.accounts, found.lost_accounts, found.opening_mrr) == (3, 1, Decimal(300))
    assert found.grr == pytest.approx(140 / 300)
    assert found.nrr == pytest.approx(190 / 300)
    assert found.logo_churn == pytest.approx(1 / 3)


def test_no_rows_and_months_before_the_first_are_zeros() -> None:
    assert [flow.ending_mrr for flow in flows([], RUNNING_SUM, BEGIN, date(2023, 2, 1))] == [0, 0]
    early = flows([span("a", date(2024, 1, 1), None, 3)], RUNNING_SUM, date(2022, 1, 1), date(2022, 3, 1))
    assert [flow.ending_mrr for flow in early] == [0, 0, 0]


def test_wrong_amounts_and_names_are_refused() -> None:
    with pytest.raises(BadInput, match="whole cents"):
        columns([SpanRow("a", BEGIN, None, Decimal("0.001"))])
    with pytest.raises(BadInput, match="running_sum"):
        definition("mine")
    flow = flows([span("a", BEGIN, None, 10)], RUNNING_SUM, BEGIN, BEGIN)[0]
    with pytest.raises(ValidationError, match="do not lead"):
        MonthFlow(**(flow.model_dump() | {"ending_mrr": Decimal(11)}))


DAYS = some.integers(0, 500).map(lambda days: BEGIN + timedelta(days=days))
SPANS = some.builds(
    lambda account, started, length, cents, trial: SpanRow(
        account, started, None if length is None else started + timedelta(days=length),
        None if cents is None else Decimal(cents) / 100, trial,
    ),
    some.sampled_from("abcde"), DAYS, some.none() | some.integers(0, 200),
    some.one_of(some.sampled_from([0, 0, 1999, 5000, 5000]), some.integers(0, 10_000), some.none()), some.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(some.lists(SPANS, max_size=14), DAYS, some.integers(0, 300), some.sampled_from(list(DEFINITIONS.values())))
def test_two_implementations_agree(rows: list[SpanRow], start: date, length: int, rule: MrrDefinition) -> None:
    until = start + timedelta(days=length)
    book = balances(columns(rows), rule, until)
    found = waterfall(book, start, until)
    assert found == recompute(rows, rule, start, until)
    assert trailing(book, until) == recompute_trailing(rows, rule, until)
    for before, after in pairwise(found):
        assert before.ending_mrr == after.starting_mrr
        assert before.customers_end == after.customers_start


@settings(max_examples=60, deadline=None)
@given(some.lists(SPANS, max_size=10), some.sampled_from(list(DEFINITIONS.values())), some.randoms())
def test_the_order_of_rows_is_no_matter(rows: list[SpanRow], rule: MrrDefinition, chance: Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    until = date(2024, 6, 1)
    assert flows(rows, rule, BEGIN, until) == flows(shuffled, rule, BEGIN, until)
