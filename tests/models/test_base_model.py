# ruff: noqa: E501 (tables read best with one case to a line)
"""Delays in words, names, moments with a zone, values that cannot change, errors that say what was wrong."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from models import errors
from models.base import Carried, Delay, Instant, Slug, Value, trusted
from models.health_alerts import AlertState

DELAY: TypeAdapter[timedelta] = TypeAdapter(Delay)

DELAYS = [
    (0, timedelta(0)), ("0 days", timedelta(0)), ("1 second", timedelta(seconds=1)), ("90 seconds", timedelta(seconds=90)),
    ("1 minute", timedelta(minutes=1)), ("48 hours", timedelta(days=2)), ("3 days", timedelta(days=3)), ("1 day", timedelta(days=1)),
    ("2 weeks", timedelta(days=14)), ("-30 days", timedelta(days=-30)), ("  3   days ", timedelta(days=3)), ("P3D", timedelta(days=3)),
    ("PT36H", timedelta(hours=36)), ("-P1D", timedelta(days=-1)), (timedelta(hours=1), timedelta(hours=1)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), DELAYS)
def test_a_delay_is_a_number_and_a_unit(written: object, meant: timedelta) -> None:
    assert DELAY.validate_python(written) == meant
    assert DELAY.validate_json(DELAY.dump_json(meant)) == meant


NO_DELAYS: list[tuple[object, str]] = [
    (3, "needs a unit"), (1.5, "needs a unit"), ("3", "number and a unit"), ("three days", "not a whole number of days"),
    ("1.5 days", "not a whole number of days"), ("3 months", "number and a unit"), ("3 years", "number and a unit"), ("", "number and a unit"),
    ("days", "number and a unit"), ("3 days 4 hours", "number and a unit"), ("99999999999 weeks", "longer than any calendar"), ("12:00", "number and a unit"),
    (None, "valid timedelta"), ([], "valid timedelta"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "says"), NO_DELAYS)
def test_anything_else_is_refused_in_words(written: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DELAY.validate_python(written)


@pytest.mark.parametrize("name", ["a", "a1", "day-1", "onboarding.stalled", "x_y", "7", "a" * 80])
def test_a_slug_is_a_lower_case_name(name: str) -> None:
    assert TypeAdapter(Slug).validate_python(name) == name


@pytest.mark.parametrize("name", ["", "A", "-a", ".a", "a b", "ñ", "a\n", "a:b", "a/b", "a" * 81])
def test_other_names_are_no_slugs(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(name)


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python("2026-01-01T00:00:00")


class Thing(Value):
    size: int


class Parcel(Carried):
    size: int


def test_a_misspelt_field_is_an_error_and_one_of_a_newer_writer_is_not() -> None:
    with pytest.raises(ValidationError):
        Thing.model_validate({"size": 1, "sise": 2})
    assert Parcel.model_validate({"size": 1, "weight": 2}) == Parcel(size=1)


@pytest.mark.parametrize("value", [Thing(size=1), Parcel(size=1)])
def test_a_value_never_changes(value: Thing | Parcel) -> None:
    with pytest.raises(ValidationError):
        value.size = 2  # type: ignore[misc]  # that is the point


def test_every_error_but_retryable_is_final_and_its_name_is_known_to_temporal() -> None:
    assert set(errors.tree()) == {
        errors.SteadfastError, errors.BadInput, errors.Refused, errors.NotFound, errors.Misconfigured,
        errors.OutsideError, errors.Retryable, errors.Rejected, errors.OutcomeUnknown,
    }  # fmt: skip
    assert errors.non_retryable() == sorted(
        ["SteadfastError", "BadInput", "Refused", "NotFound", "Misconfigured", "OutsideError", "Rejected", "OutcomeUnknown"]
    )  # fmt: skip


def test_an_error_names_the_field_and_shows_a_bounded_value() -> None:
    assert str(errors.BadInput("is empty", field="name")) == "name: is empty"
    assert str(errors.BadInput("is odd", field="name", value="x")) == "name = 'x': is odd"
    assert len(str(errors.BadInput("is long", field="name", value="x" * 10_000))) < 200
    assert str(errors.Refused("not now")) == "not now"
    assert errors.Retryable("busy", after=timedelta(seconds=3)).after == timedelta(seconds=3)


def test_a_trusted_value_is_the_checked_one_and_its_copies_are_their_own() -> None:
    now = datetime(2026, 3, 2, 5, tzinfo=UTC)
    values: dict[str, Any] = {
        "drop_fired": 40, "trigger_fired": None, "at_risk": True, "last_score": 40, "seen": now,
    }  # fmt: skip
    checked = AlertState(**values)
    one, other = trusted(AlertState, dict(values)), trusted(AlertState, dict(values))
    assert one == checked
    assert one.model_dump_json() == checked.model_dump_json()
    assert one.model_fields_set == checked.model_fields_set
    copied = one.model_copy(update={"at_risk": False, "unknown": 1})
    assert copied.at_risk is False
    assert other == checked
    assert other.model_fields_set == checked.model_fields_set
    assert copy.deepcopy(one) == checked
    with pytest.raises(ValidationError, match="frozen"):
        one.at_risk = None  # type: ignore[misc]  # that is what is refused
