"""A local mail server that delivers nothing: every message is stored, and can be read in the console.

``python -m integrations.catcher --port 1025 --database-url URL``. It answers 250 only once the message is stored, so
what a sender was told is sent is there after a crash. A repeated message is stored again: a double would be seen.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from typing import Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session

from models.clock import utc_now

MAX_MESSAGE = 10 * 1024 * 1024
"""Bytes of one message; a larger one is refused with 552."""
_IDLE = 300.0
_MAX_HEADER = 998
_log = logging.getLogger(__name__)


class MailStore(Protocol):
    """Where caught mail is kept."""

    async def add(
        self,
        *,
        received_at: datetime,
        envelope_from: str,
        envelope_to: list[str],
        message_id: str,
        subject: str,
        raw: bytes,
    ) -> None:
        """Store one message; returns once it is durable."""
        ...


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, store: MailStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, RUF100 (aiosmtpd's name)
        raw = envelope.original_content or b""
        message_id, subject = _headers(raw)
        try:
            await self._store.add(
                received_at=self._now(),
                envelope_from=envelope.mail_from or "",
                envelope_to=list(envelope.rcpt_tos),
                message_id=message_id,
                subject=subject,
                raw=raw,
            )
        except Exception:
            # Whatever kept it from being stored, the sender must keep the message and come again.
            _log.exception("a caught mail could not be stored")
            return "451 4.3.0 could not be stored, try again"
        return f"250 2.0.0 stored {message_id}".rstrip()


def _headers(raw: bytes) -> tuple[str, str]:
    """Message-ID and subject, as far as they can be read; a malformed message is stored all the same."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        found = [str(message.get(name, "")) for name in ("Message-ID", "Subject")]
    except (MessageError, ValueError, IndexError, AttributeError):
        return "", ""
    readable = ["".join(char for char in " ".join(text.split()) if char.isprintable()) for text in found]
    return readable[0][:_MAX_HEADER], readable[1][:_MAX_HEADER]


class Catcher:
    """The server. Loopback only, unless told otherwise: it takes mail from anyone who can reach it."""

    def __init__(
        self,
        store: MailStore,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], datetime] = utc_now,
        max_message: int = MAX_MESSAGE,
    ) -> None:
        self._host, self._port, self._max = host, port, max_message
        self._handler = _Handler(store, now)
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; returns the port, which is a free one when 0 was asked for."""
        loop = asyncio.get_running_loop()

        def session() -> SMTP:
            return SMTP(
                self._handler,
                data_size_limit=self._max,
                enable_SMTPUTF8=True,
                hostname="catcher.localhost",
                ident="Steadfast catcher",
                timeout=_IDLE,
                loop=loop,
            )

        self._server = await loop.create_server(session, self._host, self._port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more. A session still open is cut off; what it had not been answered, its sender keeps."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None


async def serve(host: str, port: int, database_url: str) -> None:
    """Catch mail into the database until SIGTERM or SIGINT; prints the address once it listens."""
    # The composition root of this process: only here does the catcher know which database it stores into.
    from persistence.caught_mail import CaughtMailStore
    from persistence.engine import Database

    database = Database.open(database_url)
    catcher = Catcher(CaughtMailStore(database), host=host, port=port)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        bound = await catcher.start()
        sys.stdout.write(f"mail catcher on {host}:{bound}\n")
        sys.stdout.flush()
        await stopped.wait()
    finally:
        await catcher.stop()
        await database.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m integrations.catcher", description="Catch mail into a database.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=1025, help="port to listen on; 0: any free one")
    parser.add_argument("--database-url", required=True, help="SQLAlchemy URL of the database")
    options = parser.parse_args()
    asyncio.run(serve(options.host, options.port, options.database_url))


if __name__ == "__main__":
    main()
