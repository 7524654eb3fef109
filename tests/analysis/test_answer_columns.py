"""What a page is asked of on columns is what the rules say of each of its customers, and enough to decide by."""

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.answer_columns import answer_columns
from analysis.fact_numbers import Numbers, once
from analysis.measured_columns import measured_columns
from models.health import HealthFigures
from models.standing import Standing
from rules import evaluation, expansion, health, lifecycle
from rules.answers import answers
from rules.health_document import input_of
from rules.health_seen import measured, see_health
from tests.analysis.test_evaluation_page import BOOK, CONFIGS, NAMES, NOW, WHEN, page_of

CONFIG = CONFIGS.configurations[0]
VERSION = CONFIG.version()

SEEDS = st.integers(0, 2**32)


def columns(each: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [one[name] for one in each] for name in NAMES}


def figures_of(each: list[dict[str, Any]]) -> list[HealthFigures]:
    return [health.measure(CONFIG, measured(CONFIG, VERSION, known).values) for known in each]


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_metrics_and_what_is_written_of_them_are_those_of_each(seed: int) -> None:
    _, each = page_of(seed)
    found = measured_columns(CONFIG, VERSION, Numbers(columns(each), len(each)))
    assert found == [measured(CONFIG, VERSION, known) for known in each]


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_answers_on_columns_are_those_of_each(seed: int) -> None:
    standings, each = page_of(seed)
    figures = figures_of(each)
    alone = [
        answers(evaluation.with_health(one, known, own), BOOK)
        for one, known, own in zip(standings, each, figures, strict=True)
    ]
    assert answer_columns(Numbers(columns(each), len(each)), standings, figures, BOOK) == alone


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_a_rule_that_is_not_asked_would_have_said_nothing(seed: int) -> None:
    standings, each = page_of(seed)
    for one, known, own in zip(standings, each, figures_of(each), strict=True):
        seen = see_health(CONFIG, VERSION, measured(CONFIG, VERSION, known), own, one)
        facts = evaluation.with_health(one, known, own)
        said = answers(facts, BOOK)
        asked = said._replace(alarming=True)
        first, second = (
            evaluation.evaluate(one, known, seen, each_said, NOW, WHEN, CONFIG, BOOK) for each_said in (said, asked)
        )
        assert first == second
        offers: Any = {"stage": one.stage, "churn": (), "at": NOW, "config": BOOK.expansion}
        facts["engagement_score"] = said.engagement
        assert expansion.propose(one, facts, **offers, signals=said.promising) == expansion.propose(
            one, facts, **offers
        )
        if one.stage is not None:
            rules = lifecycle.rules_of(one.stage, risky=said.at_risk)
            assert lifecycle.decide(one.stage, facts, rules=rules) == lifecycle.decide(one.stage, facts)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.just("word"), st.lists(st.text(max_size=2)),
    st.sampled_from([math.inf, -math.inf, math.nan, 1.0, -0.0, 1e308]),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, max_size=6))
def test_a_column_of_anything_is_read_as_each_value_is(column: list[Any]) -> None:
    name = CONFIG.metrics()[0]
    numbers = Numbers({name: column}, len(column))
    alone = [measured(CONFIG, VERSION, {name: value}).values[name] for value in column]
    assert list(numbers.known(name)) == alone
    assert [type(value) for value in numbers.known(name)] == [type(value) for value in alone]
    assert [None if math.isnan(value) else value for value in numbers.of(name).tolist()] == alone
    assert numbers.where(name, True).tolist() == [value is True for value in column]
    assert once(lambda value: input_of(name, value), alone) == [input_of(name, value) for value in alone]


def test_a_page_of_nobody_and_facts_nobody_read() -> None:
    assert answer_columns(Numbers({}, 0), [], [], BOOK) == []
    nobody = Standing(customer="C-1", live=True)
    [found] = measured_columns(CONFIG, VERSION, Numbers({}, 1))
    assert found == measured(CONFIG, VERSION, {})
    figures = health.measure(CONFIG, found.values)
    [said] = answer_columns(Numbers({}, 1), [nobody], [figures], BOOK)
    assert said == answers(evaluation.with_health(nobody, {}, figures), BOOK)
