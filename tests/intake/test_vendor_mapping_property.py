"""Whatever a vendor sends, mapping it raises nothing but BadInput, and what is heard is bounded and well-formed."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from intake import lexicon
from intake.vendors import mixpanel, press, stripe, tickets, typeform
from intake.vendors.registry import INTERPRETERS, VENDORS
from intake.vendors.taking import House, event_of
from intake.vendors.vendor import Arrival, Terms
from models.clock import REAL
from models.errors import BadInput
from models.vendor import Notice
from tests.intake import vendor_samples as samples
from tests.intake.test_vendor_mappings import CASES
from tests.intake.vendor_samples import WALL

HOUSE = House(REAL, "EUR", lexicon.supplied(), samples.EVENTS_SECRET)
BODIES = [(vendor, body) for _, vendor, body, _ in CASES]

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.sampled_from(["\x00", "\ud800", "é" * 500, "a@b.c", "1e999", "-0", "0001-01-01T00:00:00Z", "", " ", "’" * 9000]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _places(one, (*path, name))


def _changed(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    made = copy.deepcopy(body)
    where = made
    for name in path[:-1]:
        where = where[name]
    where[path[-1]] = value
    return made


def _refusal(does: Callable[[], None]) -> BadInput | None:
    try:
        does()
    except BadInput as error:
        return error
    return None


def _hear(vendor: str, notices: list[Notice]) -> None:
    for notice in notices:
        for said in INTERPRETERS[vendor](notice, Terms()) or []:
            meant = press.meant(said, HOUSE.secret)
            if not meant.type:
                continue
            try:
                event, _ = event_of(meant, "C-1", HOUSE, now=WALL)
            except ValidationError:
                continue  # refused with its field, by the model of the event itself
            assert len(event.model_dump_json()) < 20_000


@given(st.data())
@settings(max_examples=700, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_odd_value_anywhere_is_named_or_harmless(data: st.DataObject) -> None:
    vendor, body = data.draw(st.sampled_from(BODIES))
    changed = _changed(body, data.draw(st.sampled_from(list(_places(body)))), data.draw(ODD))
    try:
        raw = samples.encoded(vendor, changed)
    except (UnicodeEncodeError, ValueError):
        return
    error = _refusal(lambda: _hear(vendor, VENDORS[vendor].read(Arrival(raw, WALL))))
    assert error is None or error.field


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_named(raw: bytes) -> None:
    for vendor in VENDORS.values():
        with pytest.raises(BadInput):
            vendor.read(Arrival(raw, WALL))


RECORDS = {
    "zendesk": (tickets.record, samples.LISTED),
    "freshdesk": (tickets.record, samples.LISTED),
    "intercom": (tickets.record, samples.LISTED),
    "typeform": (typeform.record, samples.typeform(9)),
    "mixpanel": (mixpanel.record, {"day": "2026-05-03", "account": "C-1", "event": "Login", "count": 7}),
    "stripe": (stripe.notice, samples.stripe("invoice.paid", samples.INVOICE)),
}


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_records_that_are_read_are_named_or_harmless(data: st.DataObject) -> None:
    vendor = data.draw(st.sampled_from(sorted(RECORDS)))
    record, sample = RECORDS[vendor]
    changed = _changed(sample, data.draw(st.sampled_from(list(_places(sample)))), data.draw(ODD))
    error = _refusal(lambda: _hear(vendor, [record(changed)]))
    assert error is None or error.field


@pytest.mark.parametrize(("vendor", "body"), BODIES, ids=[case[0] for case in CASES])
def test_what_is_heard_is_an_event_that_we_take(vendor: str, body: Any) -> None:
    for notice in VENDORS[vendor].read(Arrival(samples.encoded(vendor, body), WALL)):
        for said in INTERPRETERS[vendor](notice, Terms()) or []:
            meant = press.meant(said, HOUSE.secret)
            if meant.type:
                event_of(meant, "C-1", HOUSE, now=WALL)
