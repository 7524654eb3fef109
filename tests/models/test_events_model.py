# ruff: noqa: E501 (tables read best with one case to a line)
"""What a product's backend may tell us, and what is refused with the field named."""

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from models.enums import Language
from models.events import Event, EventCustomer, EventType, Occurrence

GOOD: dict[str, Any] = {
    "event_id": "evt-1",
    "type": "subscription_created",
    "occurred_at": "2026-03-01T09:30:00+01:00",
    "customer": {
        "id": "C-1", "name": "Panadería Sol", "first_name": "Ana", "email": "ana@sol.example", "plan": "pro", "mrr": "49.00",
        "currency": "EUR", "seats": 3, "segment": "mid_market", "locale": "es-ES", "timezone": "Europe/Madrid",
        "csm_id": "csm-1", "renewal_date": "2027-03-01", "contract_length_months": 12, "consent": {"marketing": True},
    },
    "data": {"source": "checkout"},
}  # fmt: skip
STEP = {"type": "onboarding_step_completed", "data": {"criterion": "chatbot_created"}}
TRIAL = {"type": "trial_started"}


def changed(path: str, value: object, base: dict[str, Any] | None = None) -> dict[str, Any]:
    """The good event with one field set; ``...`` takes it away."""
    whole = deepcopy({**GOOD, **(base or {})})
    *parents, last = path.split(".")
    place = whole
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is ...:
        place.pop(last, None)
    else:
        place[last] = value
    return whole


def test_a_full_event_is_understood() -> None:
    event = Event.model_validate(GOOD)
    assert event.type is EventType.SUBSCRIPTION_CREATED
    assert event.occurred_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert event.customer.mrr == Decimal("49.00")
    assert Event.model_validate_json(event.model_dump_json()) == event


def test_what_is_absent_says_nothing() -> None:
    bare = Event.model_validate({**GOOD, "type": "user_logged_in", "customer": {"id": "C-1"}, "data": {}})
    assert bare.customer.model_fields_set == {"id"}
    assert (bare.customer.mrr, bare.customer.consent) == (None, None)


MALFORMED: list[tuple[str, object]] = [
    ("event_id", ...), ("event_id", ""), ("event_id", "a b"), ("event_id", "ñ"), ("event_id", "x" * 201), ("event_id", "a\n"), ("event_id", 7), ("event_id", None),
    ("type", ...), ("type", "party"), ("type", None), ("type", "Trial_Started"),
    ("occurred_at", ...), ("occurred_at", "yesterday"), ("occurred_at", "2026-03-01T09:30:00"), ("occurred_at", "2026-13-01T09:30:00Z"), ("occurred_at", None),
    ("customer", ...), ("customer", None), ("customer", "C-1"), ("customer", []),
    ("customer.id", ...), ("customer.id", ""), ("customer.id", "ana@sol.example"), ("customer.id", "a b"), ("customer.id", "C-1\n"), ("customer.id", "x" * 129), ("customer.id", 12), ("customer.id", None),
    ("customer.name", ""), ("customer.name", "  "), ("customer.name", "x" * 201), ("customer.name", 5),
    ("customer.first_name", ""),
    ("customer.email", "ana"), ("customer.email", "@sol.example"), ("customer.email", "ana@localhost"), ("customer.email", "ana@sol.example\nBcc: all@x.example"), ("customer.email", "Ana <ana@sol.example>"), ("customer.email", "a@b.example,c@d.example"), ("customer.email", "a" * 250 + "@b.example"),
    ("customer.plan", "gold"), ("customer.segment", "huge"),
    ("customer.mrr", "-1"), ("customer.mrr", "49.005"), ("customer.mrr", 49.0), ("customer.mrr", "NaN"), ("customer.mrr", "Infinity"), ("customer.mrr", "much"), ("customer.mrr", "1" * 15),
    ("customer.currency", "eur"), ("customer.currency", "EURO"), ("customer.currency", "€"),
    ("customer.seats", -1), ("customer.seats", 1.5), ("customer.seats", 10_000_001), ("customer.seats", "many"),
    ("customer.locale", "Spanish"), ("customer.locale", "es_ES"), ("customer.locale", "ES"),
    ("customer.timezone", "Madrid"), ("customer.timezone", "+01:00"), ("customer.timezone", "../../etc/passwd"),
    ("customer.csm_id", ""),
    ("customer.renewal_date", "2027-02-30"), ("customer.renewal_date", "soon"),
    ("customer.contract_length_months", 0), ("customer.contract_length_months", 121),
    ("customer.consent", True), ("customer.consent.marketing", "perhaps"), ("customer.consent.sms", True),
    ("customer.shoe_size", 43), ("colour", "red"),
    ("data", []), ("data", None), ("data", {f"k{n}": n for n in range(51)}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), MALFORMED, ids=lambda given: str(given)[:40].encode("ascii", "replace"))
def test_a_malformed_event_is_refused_and_the_field_is_named(path: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Event.model_validate(changed(path, value))
    assert {".".join(str(part) for part in error["loc"]) for error in refused.value.errors()} == {path}


# (what is changed, to what, of which event, what the refusal says)
OF_TYPE: list[tuple[str, object, dict[str, Any], str]] = [
    ("data", {}, STEP, "exactly one of criterion and step_id"),
    ("data", {"criterion": "a", "step_id": "b"}, STEP, "exactly one of criterion and step_id"),
    ("data", {"criterion": 7}, STEP, "valid string"),
    ("data", {"trial_days": 0}, TRIAL, "whole number from 1 to 14"),
    ("data", {"trial_days": 15}, TRIAL, "whole number from 1 to 14"),
    ("data", {"trial_days": "7"}, TRIAL, "valid integer"),
    ("data", {"trial_days": True}, TRIAL, "valid integer"),
    ("data", {"trial_days": None}, TRIAL, "valid integer"),
    ("customer", {"id": "C-1"}, {}, "customer.plan or customer.segment"),
]


@pytest.mark.parametrize(("path", "value", "base", "says"), OF_TYPE)
def test_each_type_says_what_it_needs(path: str, value: object, base: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Event.model_validate(changed(path, value, base))


@pytest.mark.parametrize("days", [1, 7, 14])
def test_a_trial_lasts_one_to_fourteen_days(days: int) -> None:
    assert Event.model_validate(changed("data", {"trial_days": days}, TRIAL)).data == {"trial_days": days}


@pytest.mark.parametrize("data", [{"criterion": "chatbot_created"}, {"step_id": "first_chatbot", "note": "x"}])
def test_a_step_is_named_by_its_id_or_its_criterion(data: dict[str, str]) -> None:
    assert Event.model_validate(changed("data", data, STEP)).data == data


@pytest.mark.parametrize(
    ("locale", "language"), [("es-MX", Language.ES), ("en", Language.EN), ("fr-FR", None), (None, None)]
)
def test_the_language_is_that_of_the_locale_when_it_is_one_of_ours(
    locale: str | None, language: Language | None
) -> None:
    assert EventCustomer(id="C-1", locale=locale).language() is language


MATCHES = [("x", "", "x", True), ("x", "one", "x", True), ("x", "one", "x:one", True), ("x", "two", "x:one", False),
           ("x", "", "x:one", False), ("xx", "", "x", False)]  # fmt: skip


@pytest.mark.parametrize(("kind", "subject", "pattern", "expected"), MATCHES)
def test_a_pattern_names_a_kind_or_a_kind_and_its_subject(
    kind: str, subject: str, pattern: str, expected: bool
) -> None:
    seen = Occurrence(kind=kind, subject=subject, key="k", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert seen.matches(pattern) is expected
    assert seen.name == (f"{kind}:{subject}" if subject else kind)


def test_an_older_worker_reads_what_a_newer_one_wrote() -> None:
    written = {"kind": "x", "key": "k", "at": "2026-01-01T00:00:00Z", "colour": "red"}
    assert Occurrence.model_validate(written).name == "x"
