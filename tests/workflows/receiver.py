"""A receiver of webhooks on a real port: it verifies every signature and answers as it is told."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Receiver:
    """``answers`` are given in turn, then 200; ``took`` holds what was accepted, by webhook id."""

    secret: str
    answers: deque[int] = field(default_factory=deque)
    refuses: dict[str, int] = field(default_factory=dict)
    took: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.port}/webhook/cs"

    def names(self) -> list[str]:
        """Workflows in order of arrival."""
        return [envelope["workflow"] for _, envelope in self.took]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer, one connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.splitlines()[1:] if line)
        }
        body = await reader.readexactly(int(headers["content-length"]))
        envelope = Webhook(self.secret).verify(body, headers)
        self.asked.append(envelope["workflow"])
        status = self.refuses.get(envelope["workflow"]) or (self.answers.popleft() if self.answers else 200)
        if status == 200:
            self.took.append((headers["webhook-id"], envelope))
        writer.write(f"HTTP/1.1 {status} Said\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def receiver(secret: str) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    made = Receiver(secret)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
