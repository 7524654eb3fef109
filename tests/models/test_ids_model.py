"""Identifiers are made and parsed in one place, and say nothing of anyone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models import ids
from models.errors import BadInput
from models.ids import CustomerId, Process, WorkflowRef

BOUNDED = settings(max_examples=300, derandomize=True, deadline=None)
ADAPTER = TypeAdapter[str](CustomerId)


def acceptable(value: str) -> bool:
    try:
        return ids.check_customer_id(value) == value
    except ValueError:
        return False


CUSTOMERS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=128).filter(acceptable)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@BOUNDED
@given(CUSTOMERS, st.integers(0, 10**9), NAMES)
def test_what_is_made_is_parsed_into_what_it_was_made_of(customer: str, number: int, name: str) -> None:
    n = str(number)
    for made, parts in (
        (ids.lifecycle_id(customer), (Process.CUSTOMER, customer)),
        (ids.onboarding_id(customer, number), (Process.ONBOARDING, customer, (n,))),
        (ids.sequence_id(customer, name, number), (Process.SEQUENCE, customer, (name, n))),
        (ids.webhook_id(customer, number), (Process.WEBHOOK, customer, (n,))),
        (ids.save_id(customer, name, number), (Process.SAVE, customer, (name, n))),
        (ids.renewal_id(customer, name), (Process.RENEWAL, customer, (name,))),
        (ids.nps_id(customer, number), (Process.NPS, customer, (n,))),
        (ids.qbr_id(customer, name), (Process.QBR, customer, (name,))),
        (ids.referral_id(customer, name), (Process.REFERRAL, customer, (name,))),
    ):
        assert ids.parse_workflow_id(made) == WorkflowRef(*parts)
        assert made.isascii()
        assert re.fullmatch(r"[A-Za-z0-9%:._~-]+", made)


@BOUNDED
@given(CUSTOMERS, CUSTOMERS)
def test_two_customers_never_share_a_workflow_id(one: str, other: str) -> None:
    assert (ids.lifecycle_id(one) == ids.lifecycle_id(other)) == (one == other)


def test_ids_look_like_section_20_says() -> None:
    assert ids.lifecycle_id("C-1") == "customer:C-1"
    assert ids.onboarding_id("C-1", 2) == "onboarding:C-1:2"
    assert ids.sequence_id("C-1", "onboarding.stalled", 3) == "sequence:C-1:onboarding.stalled:3"
    assert ids.save_id("C-1", "failed_payment", 2) == "save:C-1:failed_payment:2"
    assert ids.renewal_id("C-1", "2026-03-31") == "renewal:C-1:2026-03-31"
    assert ids.qbr_id("C-1", "2026-Q1") == "qbr:C-1:2026-Q1"
    assert ids.webhook_id("a:b/ñ", 7) == "webhook:a%3Ab%2F%C3%B1:7"


@pytest.mark.parametrize("value", ["", "customer", "customer:", ":C-1", "CUSTOMER:C-1", "sweep:2026-01-01", "C-1"])
def test_what_is_not_a_customers_workflow_is_refused_by_name(value: str) -> None:
    with pytest.raises(BadInput) as refused:
        ids.parse_workflow_id(value)
    assert refused.value.field == "workflow_id"


GOOD = ["C-1", "1", "cus_Nf3:x", "ñandú", "客户", "🙂", "a" * 128, "%40", "..", "a/b?c#d"]
BAD = ["", " ", "a b", "a\n", "a\tb", "a\x00", "a\x7f", "a\u2028b", "\u00a0", "a" * 129, "ana@example.com", "@"]


@pytest.mark.parametrize("value", GOOD)
def test_any_opaque_id_is_taken_as_it_is(value: str) -> None:
    assert ADAPTER.validate_python(value) == value


@pytest.mark.parametrize("value", BAD)
def test_spaces_control_characters_and_addresses_are_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(value)


def test_half_a_character_is_refused_and_not_passed_on() -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python("\ud800")


def test_the_refusal_of_an_address_says_why() -> None:
    with pytest.raises(ValueError, match="must be opaque"):
        ids.check_customer_id("ana@example.com")


def test_an_effect_key_is_the_same_for_every_attempt_and_differs_for_all_that_matters() -> None:
    assert ids.effect_key("sequence:C-1:x:1", 0, "mail") == "sequence:C-1:x:1|0|mail"
    assert ids.effect_key("sequence:C-1:x:1", 0, "escalation", 2) == "sequence:C-1:x:1|0|escalation#2"
    keys = {
        ids.effect_key(workflow, generation, step, occurrence)
        for workflow in ("sequence:C-1:x:1", "sequence:C-1:x:2")
        for generation in (0, 1)
        for step in ("mail", "task")
        for occurrence in (0, 1)
    }
    assert len(keys) == 16


@BOUNDED
@given(st.text(max_size=60), st.text(max_size=60))
def test_what_others_are_shown_of_a_key_is_stable_and_says_nothing(one: str, other: str) -> None:
    assert ids.delivery_key(one) == ids.delivery_key(one)
    assert (ids.delivery_key(one) == ids.delivery_key(other)) == (one == other)
    assert re.fullmatch(r"wh_[0-9a-f]{32}", ids.delivery_key(one))
    assert re.fullmatch(r"<[0-9a-f]{32}@mail\.example>", ids.message_id(one, "mail.example"))
    assert ids.message_id(one, "mail.example") == ids.message_id(one, "mail.example")


def test_keys_of_earlier_releases_are_still_the_same() -> None:
    """A change here would send every open delivery and mail again."""
    assert ids.delivery_key("k") == "wh_a34de12d674a5e7ba73e927bbfd489ea"
    assert ids.message_id("k", "d") == "<a34de12d674a5e7ba73e927bbfd489ea@d>"


def test_a_new_id_is_new() -> None:
    assert re.fullmatch(r"task_[0-9a-f]{32}", ids.new_id("task"))
    assert ids.new_id("task") != ids.new_id("task")
