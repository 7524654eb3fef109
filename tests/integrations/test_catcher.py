"""The local catcher keeps what it acknowledges, byte for byte, and acknowledges nothing that it could not keep."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.catcher import Catcher
from integrations.smtp import SmtpMailer
from models.errors import Rejected, Retryable
from models.message import OutgoingMail
from persistence.caught_mail import CaughtMailStore
from persistence.engine import Database
from persistence.tables.metadata import METADATA
from rendering.mail import build

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
MAIL = OutgoingMail(
    key="k",
    message_id="<abc@example.com>",
    to="ana@example.org",
    to_name="Ana Núñez",
    from_email="equipo@example.com",
    subject="¡Hola, Ana! 🎉",
    text=".punto\n¿Qué tal?\n",
    html="<p>¿Qué tal?</p>",
)


class Kept:
    """A store that keeps a list, or fails like a database that is gone."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.broken = False

    async def add(self, **row: object) -> None:
        if self.broken:
            raise Retryable("database gone")
        self.rows.append(row)


@pytest.fixture
async def kept() -> Kept:
    return Kept()


@pytest.fixture
async def port(kept: Kept) -> AsyncIterator[int]:
    catcher = Catcher(kept, now=lambda: NOON, max_message=4_096)
    yield await catcher.start()
    await catcher.stop()


async def send(port: int, mail: OutgoingMail = MAIL) -> str:
    async def nothing() -> None:
        return None

    return (await SmtpMailer("127.0.0.1", port, build).send(mail, date=NOON, before_data=nothing)).response


async def test_a_message_is_kept_byte_for_byte_with_its_envelope(port: int, kept: Kept) -> None:
    assert await send(port) == "250 2.0.0 stored <abc@example.com>"
    assert kept.rows == [
        {
            "received_at": NOON,
            "envelope_from": "equipo@example.com",
            "envelope_to": ["ana@example.org"],
            "message_id": "<abc@example.com>",
            "subject": "¡Hola, Ana! 🎉",
            "raw": build(MAIL, NOON).as_bytes(),
        }
    ]


async def test_a_double_is_seen(port: int, kept: Kept) -> None:
    await send(port)
    await send(port)
    assert len(kept.rows) == 2


async def test_what_cannot_be_stored_is_not_acknowledged(port: int, kept: Kept) -> None:
    kept.broken = True
    with pytest.raises(Retryable, match="451"):
        await send(port)
    kept.broken = False
    await send(port)
    assert len(kept.rows) == 1


async def test_a_message_too_large_is_refused(port: int, kept: Kept) -> None:
    with pytest.raises(Rejected, match="552"):
        await send(port, MAIL.model_copy(update={"text": "línea\n" * 2_000}))
    assert kept.rows == []


async def test_an_address_outside_ascii_is_taken(port: int, kept: Kept) -> None:
    await send(port, MAIL.model_copy(update={"to": "begoña@example.org"}))
    assert kept.rows[0]["envelope_to"] == ["begoña@example.org"]


@pytest.mark.parametrize(
    "raw",
    [b"no headers at all\r\n", b"Subject: =?utf-8?q?=ff=fe?=\r\nMessage-ID: <<<\r\n\r\nx\r\n", b"\xff\xfe: x\r\n"],
)
async def test_a_malformed_message_is_kept_all_the_same(port: int, kept: Kept, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for line in (b"EHLO x\r\n", b"MAIL FROM:<a@b.c>\r\n", b"RCPT TO:<d@e.f>\r\n", b"DATA\r\n"):
        writer.write(line)
        await writer.drain()
    writer.write(raw + b".\r\nQUIT\r\n")
    await writer.drain()
    assert b"stored" in await reader.read()
    writer.close()
    assert [row["raw"] for row in kept.rows] == [raw]


async def test_the_process_stores_into_its_database_and_stops_on_sigterm(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'mail.db'}"
    database = Database.open(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "integrations.catcher", "--port", "0", "--database-url", url,
        cwd=Path(__file__).parents[2], env=dict(os.environ), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        await send(int(line.rpartition(":")[2]))
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        rows = await CaughtMailStore(database).page(limit=5)
        assert [row.subject for row in rows] == ["¡Hola, Ana! 🎉"]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await database.close()
