"""Conditions: true, false or unknown, and never anything but a decision."""

import pytest

from models import facts
from models.condition import evaluate, names
from models.errors import BadInput

ANSWERS: list[tuple[str, dict[str, object], bool | None]] = [
    ("true", {}, True),
    ("health < 40", {"health": 39}, True),
    ("health < 40", {"health": 40}, False),
    ("health < 40", {"health": None}, None),
    ("health < 40", {}, None),
    ("a && b", {"a": False, "b": None}, None),
    ("a || b", {"a": True, "b": None}, None),
    ("!a", {"a": False}, True),
    ('plan == "pro"', {"plan": "pro"}, True),
    ('plan in ["pro", "enterprise"]', {"plan": "growth"}, False),
    ("rate >= 0.5", {"rate": 0.5}, True),
    ("1 < 2", {"unused": object()}, True),
]


@pytest.mark.parametrize(("source", "values", "answer"), ANSWERS)
def test_a_condition_holds_does_not_or_is_unknown(source: str, values: dict[str, object], answer: bool | None) -> None:
    assert evaluate(source, values) is answer


def test_a_condition_says_what_it_reads() -> None:
    assert names('has_csm && days_since_last_login > 7 && plan == "pro"') == {
        "has_csm",
        "days_since_last_login",
        "plan",
    }


WRONG: list[tuple[str, dict[str, object]]] = [
    ("health <", {"health": 1}),
    ("1 + 1", {}),
    ('"yes"', {}),
    ("health < 40", {"health": "low"}),
    ("health && true", {"health": 3}),
    ("1 / zero == 1", {"zero": 0}),
    ("unknown_function(health)", {"health": 1}),
]


@pytest.mark.parametrize(("source", "values"), WRONG)
def test_what_decides_nothing_is_refused_with_its_text(source: str, values: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        evaluate(source, values)
    assert (refused.value.field, refused.value.value) == ("when", source)
    assert "\n" not in refused.value.message


def test_every_fact_can_be_named_in_a_condition() -> None:
    samples = facts.samples()
    assert set(samples) == set(facts.CATALOGUE)
    for name, sample in samples.items():
        assert names(f"{name} == {name}") == {name}
        assert evaluate(f"{name} == {name}", {name: sample}) is True
        assert facts.fact(name).name == name


def test_an_unknown_fact_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(BadInput, match=r"unknown fact 'mood'; known: .*days_as_customer"):
        facts.fact("mood")
