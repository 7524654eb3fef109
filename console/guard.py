"""Around every request: hosts that are ours, and headers that keep pages to themselves.

A page on a foreign name that resolves to this machine (DNS rebinding) would be read with the visitor's reach, so the
pages answer only to names of ours. What machines ask is signed or tells nothing, and answers to any name.
"""

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_MACHINES = (
    "/events",
    "/health",
    "/ready",
    "/metrics",
    "/api/in-app/",
    "/api/feed/",
    "/survey/",
    "/unsubscribe/",
    "/answer/",
    "/webhooks/",
)
_POLICY = (
    "default-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'; script-src 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """The middleware. A header that a page set itself (the frame of a mail) is left as it is."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts | LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign host; else pass on, adding headers to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if headers["x-frame-options"] == "":
                    del headers["x-frame-options"]
            await send(message)

        if not scope["path"].startswith(_MACHINES) and _host(scope) not in self._hosts:
            refusal = PlainTextResponse("This console does not answer to that name.", status_code=421)
            await refusal(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _host(scope: Scope) -> str:
    given: list[str] = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(given) != 1:
        return ""
    host: str = given[0].strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
