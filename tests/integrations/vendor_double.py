"""A vendor on a real socket: it keeps what it is asked, and answers from a script, or misbehaves as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

ECHO = "echo"
"""A body that says again what was asked, credentials and all."""
Misbehaviour = Literal["hang", "close", "cut", "not json"]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body decoded."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body of a form."""
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    misbehave: Misbehaviour | None = None


@dataclass
class Double:
    """Answers in order; past the end the last answer again."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    base: str = ""
    _hanging: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                asked = await _request(reader)
                if asked is None:
                    break
                self.asked.append(asked)
                reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
                if reply.body == ECHO:
                    reply = Reply(reply.status, {"message": f"no: {asked.headers} {asked.query}"})
                if not await self._answer(reply, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            if writer not in self._hanging:
                writer.close()

    async def _answer(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if reply.misbehave == "hang":
            self._hanging.append(writer)
            return False
        if reply.misbehave == "close":
            return False
        body = b"<html>maintenance</html>" if reply.misbehave == "not json" else _encoded(reply.body)
        length = len(body) + (10 if reply.misbehave == "cut" else 0)
        lines = [
            f"HTTP/1.1 {reply.status} X",
            f"content-length: {length}",
            "content-type: application/json",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        await writer.drain()
        return reply.misbehave != "cut"

    def let_go(self) -> None:
        """End what hangs."""
        for writer in self._hanging:
            writer.close()


def _encoded(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Asked(method, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


@asynccontextmanager
async def double(*replies: Reply) -> AsyncIterator[Double]:
    """A vendor that gives these answers."""
    vendor = Double(list(replies))
    server = await asyncio.start_server(vendor.serve, "127.0.0.1", 0)
    vendor.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield vendor
    finally:
        vendor.let_go()
        server.close()
        await server.wait_closed()
