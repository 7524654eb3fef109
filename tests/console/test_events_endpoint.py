"""``POST /events``: every answer, word for word; and that no bytes at all can break it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from temporalio.client import Client

from intake.signature import decode_secret, sign
from models.event_kinds import EXTERNAL
from persistence.store import SqlStore
from tests.console.kit import NOBODY, VIRTUAL, WALL, Console, customer, make, signed, signup

OTHER = SecretStr("whsec_" + base64.b64encode(bytes(32)).decode())
RAW = json.dumps(signup()).encode()
KNOWN = ", ".join(sorted(EXTERNAL))
ZONED = "expected RFC 3339 with a zone, such as 2026-03-01T09:30:00Z"


async def test_a_new_event_is_accepted_and_its_repeat_is_known(console: Console) -> None:
    first = await console.post(signup())
    again = await console.post(signup())
    assert (first.status_code, first.json()) == (202, {"status": "accepted", "event_id": "evt-1", "number": 1})
    assert (again.status_code, again.json()) == (200, {"status": "duplicate", "event_id": "evt-1", "number": 1})
    assert await console.undelivered() == 1


async def test_of_many_at_once_exactly_one_is_new(console: Console) -> None:
    answers = await asyncio.gather(*(console.post(signup()) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert {answer.json()["number"] for answer in answers} == {1}


def _with(**changed: str | None) -> dict[str, str]:
    headers = {**signed(RAW, WALL), **{name.replace("_", "-"): value for name, value in changed.items() if value}}
    return {name: value for name, value in headers.items() if changed.get(name.replace("-", "_"), "") is not None}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (_with(webhook_id=None), "missing header webhook-id"),
        (_with(webhook_timestamp=None), "missing header webhook-timestamp"),
        (_with(webhook_signature=None), "missing header webhook-signature"),
        (_with(webhook_timestamp="soon"), "webhook-timestamp is not whole seconds since 1970"),
        (_with(webhook_timestamp="1e9"), "webhook-timestamp is not whole seconds since 1970"),
        (signed(RAW, WALL - timedelta(minutes=5, seconds=1)), "webhook-timestamp is more than 5 minutes from now"),
        (signed(RAW, WALL + timedelta(minutes=5, seconds=1)), "webhook-timestamp is more than 5 minutes from now"),
        (signed(RAW, VIRTUAL), "webhook-timestamp is more than 5 minutes from now"),
        (signed(RAW, WALL, secret=OTHER), "no signature fits"),
        (signed(RAW[:-1] + b" ", WALL), "no signature fits"),
        (_with(webhook_id="msg_2"), "no signature fits"),
        (_with(webhook_signature="v1,%%%"), "no signature fits"),
        (_with(webhook_signature="v1"), "no signature fits"),
        (_with(webhook_signature="v2," + signed(RAW, WALL)["webhook-signature"][3:]), "no signature fits"),
    ],
)
async def test_what_is_not_signed_is_refused(console: Console, headers: dict[str, str], reason: str) -> None:
    answer = await console.http.post("/events", content=RAW, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized", "reason": reason})
    assert await console.undelivered() == 0


async def test_a_signature_is_fresh_for_five_minutes_and_one_of_several_is_enough(console: Console) -> None:
    headers = signed(RAW, WALL - timedelta(minutes=5))
    headers["webhook-signature"] = f"v1,bm8= v1a,x {headers['webhook-signature']}"
    assert (await console.http.post("/events", content=RAW, headers=headers)).status_code == 202


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b"", "body", "not JSON: expecting value at line 1, column 1"),
        (b"{", "body", "not JSON: expecting property name enclosed in double quotes at line 1, column 2"),
        (b"[]", "body", "expected an object"),
        (b"null", "body", "expected an object"),
        (b'{"data": {"a": 1, "a": 2}}', "a", "given twice"),
        (b'{"data": NaN}', "body", "NaN is not a JSON number"),
        (b'{"data": -Infinity}', "body", "-Infinity is not a JSON number"),
        (b'{"data": 1e999}', "body", "a number is too large"),
        (b'{"data": 1234567890123456789012}', "body", "a whole number has more than 18 digits"),
        (b'{"data": ' + b"[" * 17 + b"]" * 17 + b"}", "data" + "[0]" * 16, "nested deeper than 16 levels"),
        (b"[" * 4000, "body", "nested deeper than 16 levels"),
        (b'{"data": {"a": "\\u0000"}}', "data.a", "contains a NUL or half a surrogate pair"),
        (b'{"data": {"a": "\\ud800"}}', "data.a", "contains a NUL or half a surrogate pair"),
        (signup(event_id=None), "event_id", "is required"),
        (signup(event_id=7), "event_id", "expected a valid string"),
        (signup(event_id="a b"), "event_id", r"expected the form ^[\x21-\x7e]+$"),
        (signup(type="refund"), "type", f"unknown type 'refund'; known: {KNOWN}"),
        (signup(occurred_at="2031-01-06T08:00:00"), "occurred_at", ZONED),
        (signup(occurred_at="1925888400"), "occurred_at", ZONED),
        (signup(occurred_at=1925888400), "occurred_at", ZONED),
        (signup(occurred_at="2031-02-30T08:00:00Z"), "occurred_at", None),
        (signup(occurred_at="2031-01-06T09:05:01Z"), "occurred_at", "is more than 5 minutes in the future"),
        (signup(occurred_at="1999-12-31T23:59:59Z"), "occurred_at", "is before the year 2000"),
        (signup(occurred_at="9999-12-31T23:59:59-23:00"), "occurred_at", "is more than 5 minutes in the future"),
        (signup(occurred_at="0001-01-01T00:00:00+10:00"), "occurred_at", "is before the year 2000"),
        (signup(customer=None), "customer", "is required"),
        (signup(customer="C-1"), "customer", "expected an object"),
        (signup(customer={}), "customer.id", "is required"),
        (signup(extra=1), "extra", "is not a known field"),
        (customer(naem="x"), "customer.naem", "is not a known field"),
        (customer(plan="gold"), "customer.plan", "expected 'starter', 'growth', 'pro' or 'enterprise'"),
        (customer(email="ana"), "customer.email", "expected an address such as ana@example.com"),
        (customer(mrr=49.5), "customer.mrr", 'expected a decimal string such as "49.00"'),
        (customer(mrr="1e5"), "customer.mrr", 'expected a decimal string such as "49.00"'),
        (customer(mrr=True), "customer.mrr", 'expected a decimal string such as "49.00"'),
        (customer(mrr="49.00", currency="USD"), "customer.currency", "is USD; amounts here are in EUR"),
        (customer(seats="5"), "customer.seats", "expected a valid integer"),
        (customer(seats=True), "customer.seats", "expected a valid integer"),
        (customer(seats=-1), "customer.seats", "expected greater than or equal to 0"),
        (customer(timezone="Mars/Base"), "customer.timezone", "expected an IANA time zone such as Europe/Madrid"),
        (customer(consent={"marketing": "yes"}), "customer.consent.marketing", "expected a valid boolean"),
        (customer(renewal_date="0001-01-01"), "customer.renewal_date", "expected a year from 2000 to 2199"),
        (customer(name="a\nb"), "customer.name", "contains a control character"),
        (signup(customer={"id": "ana@sol.example"}), "customer.id", None),
        (signup(data=[]), "data", "expected an object"),
        (signup(customer={"id": "C-1"}), "customer.plan", None),
        (signup(type="onboarding_step_completed"), "data", "data needs exactly one of criterion and step_id, a string"),
        (
            signup(type="onboarding_step_completed", data={"step_id": "a b"}),
            "data.step_id",
            "expected a name of letters, digits, '_', '.' and '-'",
        ),
        (signup(type="trial_started", data={"trial_days": 15}), "data.trial_days", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_malformed_is_refused_by_field(
    console: Console, body: object, field: str, reason: str | None
) -> None:
    answer = await console.post(body)
    assert answer.status_code == 422
    said = answer.json()
    assert said == {"error": "bad_input", "field": field, "reason": reason or said["reason"]}
    assert await console.undelivered() == 0


async def test_a_signed_body_that_is_no_text_is_malformed_not_unsigned(console: Console) -> None:
    raw = b'{"event_id": "\xff"}'
    key = decode_secret(console.deps.secret or OTHER)
    seconds = int(WALL.timestamp())
    signature = base64.b64encode(sign(key, "m", seconds, raw)).decode()
    headers = {"webhook-id": "m", "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
    answer = await console.http.post("/events", content=raw, headers=headers)
    assert answer.json() == {"error": "bad_input", "field": "body", "reason": "not UTF-8 at byte 14"}


async def test_too_large_is_told_by_its_length_before_it_is_read(console: Console) -> None:
    answer = await console.post(b" " * 4097)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large", "reason": "at most 4096 bytes"})


async def test_too_large_is_told_while_it_streams(console: Console) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 1_000_000:
            taken += 1000
            yield b" " * 1000

    answer = await console.http.post("/events", content=endless(), headers=signed(b"", WALL))
    assert answer.status_code == 413


async def test_the_largest_allowed_is_taken(console: Console) -> None:
    raw = json.dumps(signup()).encode()
    assert (await console.post(raw + b" " * (4096 - len(raw)))).status_code == 202


async def test_without_a_secret_there_is_no_such_endpoint(store: SqlStore) -> None:
    console = make(store, await Client.connect(NOBODY, lazy=True), secret=None)
    async with console.http:
        answer = await console.http.post("/events", content=RAW, headers=signed(RAW, WALL))
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "not_found", "reason": "no events secret is configured"},
    )


async def test_without_a_database_the_producer_is_asked_to_come_again(console: Console) -> None:
    await _rename(console, "inbox", "gone")
    try:
        answer = await console.post(signup())
    finally:
        await _rename(console, "gone", "inbox")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def _rename(console: Console, before: str, after: str) -> None:
    async with console.store.database.engine.connect() as connection:
        await connection.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")
        await connection.commit()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "event_id": st.text(max_size=5) | _JSON,
        "type": st.sampled_from(KNOWN.split(", ")) | _JSON,
        "occurred_at": st.datetimes().map(lambda moment: moment.isoformat() + "Z") | _JSON,
        "customer": st.fixed_dictionaries(
            {"id": st.text(max_size=5) | _JSON},
            optional=dict.fromkeys(("name", "email", "mrr", "seats", "renewal_date", "consent", "locale"), _JSON),
        )
        | _JSON,
        "data": _JSON,
    },
)


@given(raw=st.binary(max_size=200) | _NEARLY.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
async def test_no_bytes_whatever_are_an_error_of_ours(console: Console, raw: bytes) -> None:
    seconds = int(WALL.timestamp())
    signature = base64.b64encode(sign(decode_secret(console.deps.secret or OTHER), "m", seconds, raw)).decode()
    headers = {"webhook-id": "m", "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}
    answer = await console.http.post("/events", content=raw, headers=headers)
    assert answer.status_code in (200, 202, 422)
    if answer.status_code == 422:
        assert answer.json()["field"]
