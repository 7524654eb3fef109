"""Webhooks out: one signed envelope, and every status and transport error on one leaf of the error tree."""

import asyncio
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import JsonValue
from standardwebhooks.webhooks import Webhook

from integrations.webhook_sender import WebhookSender
from models.clock import utc_now
from models.errors import BadInput, Misconfigured, Rejected, Retryable, SteadfastError

SECRET = "whsec_c3RlYWRmYXN0LXRlc3Qtc2VjcmV0LTMyLWJ5dGVz"
URL = "https://n8n.example.com/webhook/cs"
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
ENVELOPE: dict[str, JsonValue] = {
    "event_id": "onboarding:C-1:1|0|done",
    "workflow": "onboarding_completed",
    "customerId": "C-1",
    "customer": {"id": "C-1", "name": "Núñez & Cía", "plan": "growth"},
    "data": {"days": 6},
    "timestamp": "2026-05-12T12:00:00Z",
}
Handler = Callable[[httpx.Request], httpx.Response]


async def post(handler: Handler, **options: Any) -> str:
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler), follow_redirects=True) as client:
        sender = WebhookSender(client, **{"now": lambda: NOON, **options})
        return await sender.post(URL, ENVELOPE, delivery_id="delivery-7")


async def test_the_envelope_arrives_as_json_under_a_signature_that_verifies() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, text='{"message":"Workflow was started"}')

    assert await post(answer, secret=SECRET, now=utc_now) == 'HTTP 200 {"message":"Workflow was started"}'
    [request] = seen
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "delivery-7"
    assert Webhook(SECRET).verify(request.content, dict(request.headers)) == ENVELOPE
    assert json.loads(request.content) == ENVELOPE
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(request.content.replace(b"C-1", b"C-2"), dict(request.headers))


async def test_without_a_secret_nothing_is_signed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "webhook-signature" not in request.headers
        assert request.headers["webhook-id"] == "delivery-7"
        return httpx.Response(204)

    assert await post(answer) == "HTTP 204"


def expected(status: int) -> type[SteadfastError] | None:
    if 200 <= status < 300:
        return None
    return Retryable if status in (408, 425, 429) or status >= 500 else Rejected


@pytest.mark.parametrize("status", [*range(200, 209), *range(300, 309), *range(400, 452), 499, *range(500, 512), 599])
async def test_every_status_lands_on_one_error(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text="x", headers={"location": "https://evil.example"})

    error = expected(status)
    if error is None:
        assert await post(answer) == f"HTTP {status} x"
    else:
        with pytest.raises(SteadfastError, match=f"^HTTP {status} x$") as failure:
            await post(answer)
        assert type(failure.value) is error


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed_even_by_a_client_that_would(status: int) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(status, headers={"location": "https://evil.example"})

    with pytest.raises(Rejected):
        await post(answer)
    assert asked == [URL]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("30", timedelta(seconds=30)),
        ("0", timedelta(0)),
        ("Tue, 12 May 2026 12:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 12 May 2026 11:00:00 GMT", timedelta(0)),
        ("9" * 400, timedelta(hours=1)),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
async def test_the_receiver_says_how_long_to_wait(status: int, header: str | None, after: timedelta | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    with pytest.raises(Retryable) as failure:
        await post(lambda request: httpx.Response(status, headers=headers))
    assert failure.value.after == after


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.ReadError,
        httpx.ReadTimeout,
        httpx.WriteError,
        httpx.WriteTimeout,
        httpx.PoolTimeout,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.ProxyError,
        httpx.CloseError,
    ],
)
async def test_a_transport_error_is_tried_again(error: type[httpx.TransportError]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("secret token in an address")

    with pytest.raises(Retryable) as failure:
        await post(answer)
    assert str(failure.value) == f"webhook not delivered: {error.__name__}"


async def test_the_answer_is_bounded_and_printable() -> None:
    assert len(await post(lambda request: httpx.Response(200, content=b"\x1b[31m\xff\n" * 1_000_000))) <= 500


async def test_a_compressed_answer_is_not_unpacked() -> None:
    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"accept-encoding: identity" in (await reader.readuntil(b"\r\n\r\n")).lower()
        body = gzip.compress(b"x" * 10_000_000)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", 0)
    async with server, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert await WebhookSender(client).post(url, ENVELOPE, delivery_id="d") == "HTTP 200 (compressed)"


async def test_a_server_that_stops_in_the_middle_of_its_answer_has_answered() -> None:
    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", 0)
    async with server, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert await WebhookSender(client).post(url, ENVELOPE, delivery_id="d") == "HTTP 200 half (cut off)"


async def test_a_server_that_says_nothing_is_tried_again() -> None:
    done = asyncio.Event()

    sessions: list[asyncio.Task[None] | None] = []

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.append(asyncio.current_task())
        await done.wait()
        writer.close()

    server = await asyncio.start_server(session, "127.0.0.1", 0)
    async with server, httpx.AsyncClient() as client:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(Retryable, match="not delivered"):
            await WebhookSender(client, timeout=0.2).post(url, ENVELOPE, delivery_id="d")
        done.set()
        await asyncio.gather(*(task for task in sessions if task))


@pytest.mark.parametrize("field", ["event_id", "workflow", "customerId", "data", "timestamp"])
async def test_an_envelope_without_one_of_its_fields_is_refused(field: str) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(BadInput) as refusal:
            await WebhookSender(client).post(
                URL, {name: value for name, value in ENVELOPE.items() if name != field}, delivery_id="d"
            )
    assert refusal.value.field == field


@pytest.mark.parametrize("url", ["ftp://example.com", "n8n.example.com/webhook", "http://[::1", ""])
async def test_an_address_that_is_none_needs_an_operator(url: str) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(Misconfigured):
            await WebhookSender(client).post(url, ENVELOPE, delivery_id="d")


async def test_a_secret_that_is_none_is_refused_at_the_start() -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(Misconfigured):
            WebhookSender(client, secret="whsec_é")


@pytest.mark.parametrize("status", [200, 400, 503])
async def test_a_receiver_that_says_again_what_it_was_asked_tells_no_login_and_no_key(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text=f"no: {request.url} {dict(request.headers)} {ENVELOPE['event_id']}")

    url = "https://bot:hunter2-hunter2@n8n.example.com/webhook/cs?key=0123456789abcdef&v=2"
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        try:
            said = await WebhookSender(client, now=lambda: NOON).post(url, ENVELOPE, delivery_id="delivery-7")
        except SteadfastError as error:
            said = str(error)
    assert said.startswith(f"HTTP {status} no: ")
    for secret in ("hunter2", "0123456789abcdef", "Ym90Omh1bnRlcjItaHVudGVyMg"):
        assert secret not in said
    assert "[redacted]" in said
