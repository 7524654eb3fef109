"""Every adapter against a double on a real socket: what it asks, and where every answer lands on the error tree."""

import asyncio
import contextlib
import datetime
import inspect
import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.http import Api
from models.clock import utc_now
from models.errors import Misconfigured, OutcomeUnknown, Rejected, Retryable, SteadfastError
from models.outside import System
from tests.integrations.vendor_cases import CASES
from tests.integrations.vendor_double import Asked, Reply, double
from tests.integrations.vendor_kit import SECRET, Case, Want

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as made:
        yield made


def _at(body: Any, path: str) -> Any:
    for part in path.split("."):
        body = body[int(part)] if isinstance(body, list) else body[part]
    return body


def _judge(asked: Asked, want: Want, auth: tuple[str, str]) -> None:
    assert (asked.method, asked.path) == (want.method, want.path)
    assert asked.headers[auth[0]] == auth[1]
    for name, value in want.headers.items():
        assert asked.headers[name] == value or (value == "*" and asked.headers[name].startswith("wh_"))
    assert want.query.items() <= asked.query.items()
    form = asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    for path, value in want.holds.items():
        assert (asked.form[path] if form else _at(asked.json, path)) == value, path


@EVERY
async def test_what_a_vendor_is_asked(case: Case, client: httpx.AsyncClient) -> None:
    async with double(*(want.reply for want in case.wants)) as vendor:
        await case.act(case.make(client, vendor.base))
    assert len(vendor.asked) == len(case.wants)
    for asked, want in zip(vendor.asked, case.wants, strict=True):
        _judge(asked, want, case.auth)


async def _fails(case: Case, client: httpx.AsyncClient, reply: Reply) -> SteadfastError:
    """What the call raises when its decisive request is answered so."""
    at = case.decisive % len(case.wants)
    async with double(*(want.reply for want in case.wants[:at]), reply) as vendor:
        with pytest.raises(SteadfastError) as raised:
            await case.act(case.make(client, vendor.base))
    return raised.value


class _Heard(Exception):
    """A call was begun."""


class _Listener:
    """Takes the place of an adapter, and notes which of its methods a case calls."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.heard.append(name)
        raise _Heard


async def test_every_call_of_every_system_has_its_case(client: httpx.AsyncClient) -> None:
    """What asks an outside system is in the tables of this file, whoever adds it; ``check`` has tests of its own."""
    called: dict[type, set[str]] = {}
    for case in CASES:
        listener = _Listener()
        with contextlib.suppress(_Heard):
            await case.act(listener)
        called.setdefault(type(case.make(client, "http://nobody.example")), set()).update(listener.heard)
    assert {kind.__module__.rpartition(".")[2] for kind in called} == {system.value for system in System}
    for kind, names in called.items():
        methods = inspect.getmembers(kind, inspect.iscoroutinefunction)
        asked = {name for name, _ in methods if not name.startswith("_") and name != "check"}
        assert asked <= names, f"{kind.__name__}: no case of {', '.join(sorted(asked - names))}"


STATUSES: list[tuple[int, dict[str, str], type[SteadfastError] | None]] = [
    (301, {"location": "https://elsewhere.example"}, Misconfigured),
    (400, {}, Rejected),
    (401, {}, Misconfigured),
    (403, {}, Misconfigured),
    (404, {}, Rejected),
    (409, {}, Rejected),
    (422, {}, Rejected),
    (408, {}, Retryable),
    (429, {}, Retryable),
    (429, {"retry-after": "7"}, Retryable),
    (503, {"retry-after": "7"}, Retryable),
    (500, {}, None),
    (502, {}, None),
    (504, {}, None),
]


@EVERY
async def test_every_status_lands_on_the_error_tree(case: Case, client: httpx.AsyncClient) -> None:
    for status, headers, expected in STATUSES:
        error = await _fails(case, client, Reply(status, {"message": f"no: {SECRET} is wrong"}, headers))
        wanted = expected or (Retryable if case.repeatable else OutcomeUnknown)
        assert type(error) is wanted, (status, error)
        assert SECRET not in str(error)
        assert f"HTTP {status}" in str(error)
        assert "no: [redacted] is wrong" in str(error)
        if isinstance(error, Retryable):
            assert error.after == (timedelta(seconds=7) if headers else None)
        if isinstance(error, Rejected):
            assert error.status == status
        if isinstance(error, Misconfigured):
            assert error.field


async def test_every_status_there_is_means_one_thing(client: httpx.AsyncClient) -> None:
    """As the table of ``integrations/http.py`` has it, for a call that may be repeated and one that may not."""
    wrong, later = (401, 403), (408, 425, 429, 503, 529)
    for status in range(300, 600):
        if status in wrong or status < 400:
            expected: tuple[type[SteadfastError], type[SteadfastError]] = (Misconfigured, Misconfigured)
        elif status in later:
            expected = (Retryable, Retryable)
        else:
            expected = (Retryable, OutcomeUnknown) if status >= 500 else (Rejected, Rejected)
        body = {"message": "no"} if status != 304 else None  # which has none by the protocol
        async with double(Reply(status, body)) as vendor:
            api = Api(client, System.VITALLY, vendor.base, setting="X")
            for repeatable, kind in zip((True, False), expected, strict=True):
                with pytest.raises(SteadfastError) as raised:
                    await api.call("POST", "/notes", json={}, repeatable=repeatable)
                assert type(raised.value) is kind, status


@EVERY
async def test_what_is_lost_on_the_way(case: Case, client: httpx.AsyncClient) -> None:
    lost = Retryable if case.repeatable else OutcomeUnknown
    for reply in (Reply(misbehave="close"), Reply(200, {"a": 1}, misbehave="cut"), Reply(misbehave="not json")):
        if reply.misbehave == "not json" and not case.read:
            continue
        error = await _fails(case, client, reply)
        assert type(error) is lost, (reply.misbehave, error)
        assert SECRET not in str(error)


@EVERY
async def test_nobody_there_is_never_unknown(case: Case, client: httpx.AsyncClient, unused_tcp_port: int) -> None:
    with pytest.raises(Retryable) as raised:
        await case.act(case.make(client, f"http://127.0.0.1:{unused_tcp_port}"))
    assert SECRET not in str(raised.value)
    assert "cannot be reached" in str(raised.value)


async def test_a_vendor_that_never_answers_is_given_up(client: httpx.AsyncClient) -> None:
    """All at once: each waits its whole patience, here a second."""

    def hurried(adapter: Any) -> Any:
        for api in vars(adapter).values():
            if isinstance(api, Api):
                api._timeout = 1.0
        return adapter

    async def given_up(case: Case) -> None:
        at = case.decisive % len(case.wants)
        async with double(*(want.reply for want in case.wants[:at]), Reply(misbehave="hang")) as vendor:
            with pytest.raises(SteadfastError, match="no answer") as raised:
                await case.act(hurried(case.make(client, vendor.base)))
        assert type(raised.value) is (Retryable if case.repeatable else OutcomeUnknown), case.name

    async with asyncio.TaskGroup() as group:
        for case in CASES:
            group.create_task(given_up(case))


async def test_no_answer_in_time(client: httpx.AsyncClient) -> None:
    async with double(Reply(misbehave="hang")) as vendor:
        api = Api(client, System.VITALLY, vendor.base, setting="X", timeout=0.2)
        with pytest.raises(Retryable, match="no answer"):
            await api.get("/accounts")
        with pytest.raises(OutcomeUnknown, match="no answer"):
            await api.call("POST", "/notes", json={}, repeatable=False)


async def test_a_certificate_of_nobody_is_refused_before_anything_is_sent(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_self_signed(tmp_path))
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    api = Api(client, System.NOTION, f"https://127.0.0.1:{port}", setting="X", headers={"authorization": SECRET})
    with pytest.raises(Retryable, match=r"(?i)certificate"):
        await api.call("POST", "/pages", json={}, repeatable=False)
    server.close()
    await server.wait_closed()
    assert heard in ([], [b""])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "0"}, 0),
        ({"retry-after": "999999"}, 3600),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-reset": "12"}, 12),
        ({"ratelimit-reset": "3"}, 3),
        ({}, None),
    ],
)
async def test_how_long_a_vendor_asks_us_to_wait(
    client: httpx.AsyncClient, headers: dict[str, str], seconds: int | None
) -> None:
    async with double(Reply(429, {}, headers)) as vendor:
        with pytest.raises(Retryable) as raised:
            await Api(client, System.VITALLY, vendor.base, setting="X").get("/")
    assert raised.value.after == (None if seconds is None else timedelta(seconds=seconds))


async def test_a_reset_moment_and_a_date_are_read(client: httpx.AsyncClient) -> None:
    soon = utc_now() + timedelta(seconds=30)
    for headers in (
        {"x-ratelimit-reset": str(int(soon.timestamp()))},
        {"retry-after": soon.strftime("%a, %d %b %Y %H:%M:%S GMT")},
    ):
        async with double(Reply(429, {}, headers)) as vendor:
            with pytest.raises(Retryable) as raised:
                await Api(client, System.INTERCOM, vendor.base, setting="X").get("/")
        assert raised.value.after is not None
        assert timedelta(seconds=20) < raised.value.after <= timedelta(seconds=31)


async def test_an_answer_without_end_is_cut(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.http.MAX_ANSWER", 1000)
    async with double(Reply(200, {"x": "y" * 5000})) as vendor:
        with pytest.raises(Retryable, match="cut off"):
            await Api(client, System.PLANHAT, vendor.base, setting="X").get("/")


async def test_what_a_vendor_says_is_bounded_and_on_one_line(client: httpx.AsyncClient) -> None:
    async with double(Reply(422, {"errors": [{"field": "email", "message": "bad\x1b[31m\nvalue " * 400}]})) as vendor:
        with pytest.raises(Rejected) as raised:
            await Api(client, System.FRESHDESK, vendor.base, setting="X").get("/")
    said = str(raised.value)
    assert len(said) <= 300
    assert said.isprintable()
    assert "email" in said or "bad" in said


def _self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "c.pem", folder / "k.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
