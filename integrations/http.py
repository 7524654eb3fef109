"""One vendor's HTTP API: what every adapter shares, and what each answer means on the tree of errors.

====================================  =============================================================================
2xx                                   the answer, as JSON
401, 403; a redirect                  Misconfigured: names the setting; an operator must act
408, 425, 429, 503, 529               Retryable, after Retry-After or the vendor's reset header
500, 502, 504, other 5xx              Retryable; OutcomeUnknown where a repeat would do it twice
no connection (refused, TLS, DNS)     Retryable: nothing was sent
no answer, a cut one, or not JSON     Retryable; OutcomeUnknown where a repeat would do it twice
every other 4xx                       Rejected, with the vendor's own message, bounded and without our secrets
====================================  =============================================================================

Tries are Temporal's and the outbox's: nothing here tries again or sleeps.
"""

import asyncio
import base64
import json as jsonlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import JsonValue

from models.clock import utc_now
from models.errors import Misconfigured, OutcomeUnknown, Rejected, Retryable
from models.outside import Door, System

TIMEOUT = 20.0
"""Seconds for a whole call, its answer included."""
MAX_ANSWER = 16 * 1024 * 1024
"""Bytes read of an answer, decompressed; a page of 1,000 records is below 5 MB at every vendor."""
MAX_SAID = 300
MAX_WAIT = timedelta(hours=1)
_WAITED = (408, 425, 429, 503, 529)
_RESETS = ("x-ratelimit-reset", "ratelimit-reset")

Query = Mapping[str, str | int | float | bool | Sequence[str] | None]


class Api:
    """Calls to one base address under one credential.

    ``setting``: the variable that holds the credential, named when it is refused. ``secrets``: masked in all that is
    said of an answer.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        system: System | Door,
        base: str,
        *,
        setting: str,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        secrets: Sequence[str] = (),
        timeout: float = TIMEOUT,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._client, self.system, self.base = client, system, base.rstrip("/")
        self._setting, self._headers, self._auth = setting, dict(headers or {}), auth
        self._secrets = _spellings(secrets, auth)
        self._timeout, self._now = timeout, now

    async def get(self, path: str, params: Query | None = None) -> Any:
        """Read."""
        return await self.call("GET", path, params=params)

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
        empty: bool = False,
    ) -> Any:
        """The decoded answer (None for an empty one).

        ``repeatable``: doing it twice is as good as once. ``empty``: the vendor says nothing worth decoding.

        Raises:
            Misconfigured, Rejected, Retryable, OutcomeUnknown: as in the table of this module.
        """
        status, answered, body = await self._exchange(method, path, json, form, params, headers, repeatable)
        if 200 <= status < 300:
            if body is None:
                raise self._lost("the answer was cut off", repeatable)
            if empty or not body:
                return None
            try:
                return jsonlib.loads(body)
            except ValueError:
                raise self._lost(f"HTTP {status}, but the answer is not JSON", repeatable) from None
        raise self._refusal(status, answered, body or b"", repeatable)

    async def _exchange(
        self,
        method: str,
        path: str,
        json: Any,
        form: Mapping[str, str] | None,
        params: Query | None,
        headers: Mapping[str, str] | None,
        repeatable: bool,
    ) -> tuple[int, httpx.Headers, bytes | None]:
        kept = {key: value for key, value in (params or {}).items() if value is not None}
        request = self._client.build_request(
            method,
            self.base + path,
            json=json,
            data=dict(form) if form is not None else None,
            params=kept or None,
            headers={"accept": "application/json", **self._headers, **(headers or {})},
            timeout=self._timeout,
        )
        if form is not None and not form:  # Stripe wants the type said even of an empty form
            request.headers["content-type"] = "application/x-www-form-urlencoded"
        auth = httpx.BasicAuth(*self._auth) if self._auth is not None else None
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.send(request, auth=auth, stream=True, follow_redirects=False)
                try:
                    body = await _read(answer)
                finally:
                    await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Retryable(f"{self.system}: cannot be reached: {self._clean(_cause(error))}") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise Misconfigured("not a web address", field=f"{self.system} address") from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._lost(f"no answer ({type(error).__name__})", repeatable) from None
        return answer.status_code, answer.headers, body

    def _lost(self, what: str, repeatable: bool) -> Retryable | OutcomeUnknown:
        said = f"{self.system}: {what}"
        return Retryable(said) if repeatable else OutcomeUnknown(said)

    def _refusal(self, status: int, headers: httpx.Headers, body: bytes, repeatable: bool) -> Exception:
        said = self._clean(f"{self.system}: HTTP {status} {message_of(body)}").strip()
        if status in (401, 403):
            return Misconfigured(said, field=self._setting)
        if status < 400:
            return Misconfigured(f"{said} (a redirect: the address is not the API's)", field=f"{self.system} address")
        if status in _WAITED:
            return Retryable(said, after=wait_of(headers, self._now()))
        if status >= 500:
            return Retryable(said) if repeatable else OutcomeUnknown(said)
        return Rejected(said, status=status)

    def rejected(self, said: object) -> Rejected:
        """A refusal that came with a 2xx status."""
        return Rejected(self._clean(f"{self.system}: {said}"))

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return "".join(char for char in " ".join(text.split()) if char.isprintable())[:MAX_SAID]


def _spellings(secrets: Sequence[str], auth: tuple[str, str] | None) -> tuple[str, ...]:
    """Every form in which a vendor may say a secret of ours again, longest first."""
    plain = [one for one in secrets if one]
    spelt = {*plain, *(quote(one, safe="") for one in plain)}
    if auth is not None and any(auth):
        spelt.add(base64.b64encode(":".join(auth).encode()).decode())
    return tuple(sorted(spelt, key=len, reverse=True))


def message_of(body: bytes) -> str:
    """What a vendor says of an error: the first text under the names that vendors use, else the beginning."""
    try:
        decoded: JsonValue = jsonlib.loads(body)
    except ValueError:
        return body[: 4 * MAX_SAID].decode("utf-8", "replace")
    found = _text(decoded)
    return found or jsonlib.dumps(decoded, ensure_ascii=False)[: 2 * MAX_SAID]


def _text(value: JsonValue) -> str:
    match value:
        case str():
            return value
        case list():
            return "; ".join(filter(None, (_text(one) for one in value[:3])))
        case dict():
            parts = [_text(value[name]) for name in _NAMES if value.get(name)]
            return ": ".join(dict.fromkeys(filter(None, parts)))
        case _:
            return ""


# In the order in which they are shown: HubSpot and Notion say `message`, Zendesk and Slack `error`, Stripe and
# Intercom nest, Calendly has `title` and `details`, Freshdesk `description` and `errors`.
_NAMES = (
    "title",
    "message",
    "error",
    "description",
    "errorDesc",
    "field",
    "details",
    "errors",
    "meta",
    "failed_records",
)


def wait_of(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """Retry-After (seconds or a date), else a reset header (seconds, or a Unix moment); within 0 and an hour."""
    told = headers.get("retry-after") or next((headers[name] for name in _RESETS if name in headers), None)
    if told is None:
        return None
    try:
        number = float(told)
    except ValueError:
        try:
            moment = parsedate_to_datetime(told)
        except ValueError:
            return None
        return min(max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now, timedelta(0)), MAX_WAIT)
    if number != number:  # the text "nan" is a number to float
        return None
    seconds = number - now.timestamp() if number > 1e9 else number
    return timedelta(seconds=min(max(seconds, 0.0), MAX_WAIT.total_seconds()))


async def _read(answer: httpx.Response) -> bytes | None:
    """The body, bounded; None when it was cut off."""
    read = bytearray()
    try:
        async for piece in answer.aiter_bytes():
            read += piece
            if len(read) > MAX_ANSWER:
                return None
    except (httpx.HTTPError, httpx.DecodingError):
        return None
    return bytes(read)


def _cause(error: httpx.HTTPError) -> str:
    """Refused, TLS, name resolution: the reason without the address, which may carry a key."""
    return str(error) or type(error).__name__
