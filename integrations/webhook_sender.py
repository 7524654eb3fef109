"""Webhooks out, to n8n or anything that takes JSON: one envelope, signed, its answer mapped (sections 3.5 and 14.3).

==============================  ================================
2xx                             delivered
429, 503                        Retryable, after Retry-After
408, 425, other 5xx             Retryable
no connection, no answer        Retryable: the receiver recognises ``webhook-id`` and ``event_id``
3xx, other 4xx                  Rejected
==============================  ================================
"""

import asyncio
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from pydantic import JsonValue
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from models.clock import utc_now
from models.errors import BadInput, Misconfigured, Rejected, Retryable

TIMEOUT = 10.0
"""Seconds until the status must be there, and again for the beginning of the answer."""
MAX_RESPONSE = 500
"""Characters kept of an answer; no more than a few times that many bytes are read."""
MAX_WAIT = timedelta(hours=1)
"""Longest wait that a Retry-After may ask for."""
_SECRET = 8
"""Characters from which a value in an address is taken to be a key."""
_RETRIED = (408, 425, 429)
_TOLD_WHEN = (429, 503)
_FIELDS = frozenset({"event_id", "workflow", "customerId", "customer", "data", "timestamp"})
_REQUIRED = ("event_id", "workflow", "customerId", "data", "timestamp")


class WebhookSender:
    """Posts envelopes. With a secret, each carries the Standard Webhooks headers. ``now`` is real time."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        secret: str | None = None,
        now: Callable[[], datetime] = utc_now,
        timeout: float = TIMEOUT,
    ) -> None:
        self._client, self._now, self._timeout = client, now, timeout
        try:
            self._signer = Webhook(secret) if secret else None
        except (EmptyWebhookSecretError, binascii.Error, ValueError):
            raise Misconfigured("expected whsec_ and base64", field="STEADFAST_WEBHOOK_SECRET") from None

    async def post(self, url: str, envelope: Mapping[str, JsonValue], *, delivery_id: str) -> str:
        """Deliver it under an id that is the same for every attempt; returns a short description of the answer.

        Raises:
            BadInput: the envelope is not one of section 14.3.
            Retryable, Rejected: as in the table of this module.
        """
        body = _body(envelope)
        try:
            request = self._client.build_request(
                "POST", url, content=body, headers=self._headers(body, delivery_id), timeout=self._timeout
            )
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                text = await _beginning(response, self._timeout)
            finally:
                await response.aclose()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Misconfigured("not a web address", field="webhook address") from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise Retryable(f"webhook not delivered: {type(error).__name__}") from None
        return _judge(response, _without(_secrets_of(request), text), self._now())

    def _headers(self, body: str, delivery_id: str) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept-encoding": "identity", "webhook-id": delivery_id}
        if self._signer is not None:
            # The library reads the wall-clock digits as UTC whatever their zone.
            moment = self._now().astimezone(UTC)
            headers["webhook-timestamp"] = str(int(moment.timestamp()))
            headers["webhook-signature"] = self._signer.sign(delivery_id, moment, body)
        return headers


def _body(envelope: Mapping[str, JsonValue]) -> str:
    missing = [name for name in _REQUIRED if name not in envelope]
    if missing:
        raise BadInput("the envelope lacks it", field=missing[0])
    unknown = sorted(envelope.keys() - _FIELDS)
    if unknown:
        raise BadInput("no field of the envelope", field=unknown[0])
    try:
        return json.dumps(dict(envelope), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"not JSON: {error}", field="envelope") from None


async def _beginning(response: httpx.Response, timeout: float) -> str:
    """The first characters of the answer. Losing the rest of it changes nothing: the status has been received."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return "(compressed)"  # unasked for; and a few compressed bytes can become gigabytes
    read = b""
    try:
        async with asyncio.timeout(timeout):
            async for piece in response.aiter_bytes():
                read += piece
                if len(read) >= 4 * MAX_RESPONSE:
                    break
    except (httpx.HTTPError, TimeoutError):
        read += b" (cut off)"
    text = " ".join(read[: 4 * MAX_RESPONSE].decode("utf-8", errors="replace").split())
    return "".join(char for char in text if char.isprintable())


def _secrets_of(request: httpx.Request) -> list[str]:
    """What an address may hold that is nobody's to read: a login, as it was sent too, and the values of its query."""
    told = [request.url.password, request.headers.get("authorization", "").partition(" ")[2]]
    told += [value for _, value in request.url.params.multi_items() if len(value) >= _SECRET]
    return sorted(filter(None, told), key=len, reverse=True)


def _without(secrets: list[str], text: str) -> str:
    """A receiver that says again what it was asked is kept without them."""
    for secret in secrets:
        text = text.replace(secret, "[redacted]")
    return text[:MAX_RESPONSE]


def _judge(response: httpx.Response, text: str, now: datetime) -> str:
    status = response.status_code
    said = f"HTTP {status} {text}".strip()[:MAX_RESPONSE]
    if 200 <= status < 300:
        return said
    if status in _RETRIED or status >= 500:
        after = _retry_after(response.headers.get("retry-after"), now) if status in _TOLD_WHEN else None
        raise Retryable(said, after=after)
    raise Rejected(said)


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date, within 0 and :data:`MAX_WAIT`; None when it is absent or neither."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        wait = timedelta(seconds=min(int(value.strip()[:12]), int(MAX_WAIT.total_seconds())))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), MAX_WAIT)
