"""How we stand with the mail server: a real one (aiosmtpd) is spoken to, and nothing is handed over."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from integrations.smtp import SmtpMailer, Tls
from models.outside import Standing
from rendering.mail import build
from tests.integrations.certificates import certificate_in
from tests.integrations.test_smtp import CLOSE, SILENT, Server

SECRET = "correct horse"


class Post:
    """A mail server that remembers what it was asked, and knows one login."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.asked.append("EHLO over TLS" if session.ssl else "EHLO")
        return responses

    async def handle_NOOP(self, _server: SMTP, session: Session, _envelope: Envelope, _arg: str) -> str:
        who: bytes | None = session.auth_data
        self.asked.append(f"NOOP as {who.decode() if who else 'nobody'}")
        return "250 fine"

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _address: str, _options: list[str]
    ) -> str:
        self.asked.append("MAIL")
        return "250 ok"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:
        self.asked.append("QUIT")
        return "221 bye"

    def knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (data.login, data.password) == (b"bot", SECRET.encode())
        return AuthResult(success=right, handled=False, auth_data=data.login if right else None)

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, loop=loop, authenticator=self.knows, auth_require_tls=tls is not None, tls_context=tls),
            "127.0.0.1",
            0,
        )
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()


def mailer(
    port: int, *, login: str = "", password: str = "", tls: Tls = "none", trusted: Path | None = None
) -> SmtpMailer:
    """One of ours, in a hurry."""
    context = ssl.create_default_context(cafile=str(trusted)) if trusted else None
    return SmtpMailer(
        "127.0.0.1", port, build, username=login, password=password, tls=tls, tls_context=context, timeout=5
    )


async def test_without_a_login_it_says_so_and_hands_nothing_over() -> None:
    post = Post()
    async with post.open() as port:
        found = await mailer(port).check()
    assert found.connected
    assert found.account == f"127.0.0.1:{port} (without a login, not encrypted)"
    assert (found.missing, found.unchecked) == ((), ("whether it takes our sender and delivers",))
    assert post.asked == ["EHLO", "NOOP as nobody", "QUIT"]


async def test_with_a_login_over_starttls_it_says_as_whom(tmp_path: Path) -> None:
    post, file = Post(), certificate_in(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(file)
    async with post.open(ours) as port:
        found = await mailer(port, login="bot", password=SECRET, tls="starttls", trusted=file).check()
        distrusted = await mailer(port, login="bot", password=SECRET, tls="starttls").check()
    assert found.connected
    assert found.account == f"bot at 127.0.0.1:{port} (STARTTLS)"
    assert post.asked[:4] == ["EHLO", "EHLO over TLS", "NOOP as bot", "QUIT"]
    assert not distrusted.connected
    assert "certificate" in distrusted.error


async def test_refused_credentials_are_no_connection_and_are_not_repeated() -> None:
    post = Post()
    async with post.open() as port:
        found = await mailer(port, login="bot", password="battery staple").check()
    assert (found.connected, found.account) == (False, "")
    assert "refused login: 535" in found.error
    assert "battery staple" not in found.error
    assert "MAIL" not in post.asked


async def test_a_host_that_is_not_there() -> None:
    async with Post().open() as port:
        pass
    found = await mailer(port).check()
    assert not found.connected
    assert f"127.0.0.1:{port}" in found.error


@pytest.mark.parametrize(
    ("script", "connected"),
    [
        ({"NOOP": "250 fine"}, True),
        ({"NOOP": "421 closing"}, False),
        ({"NOOP": "500 what"}, False),
        ({"NOOP": CLOSE}, False),
        ({"NOOP": SILENT}, False),
        ({"EHLO": "550 no", "HELO": "550 no"}, False),
        ({"greeting": "554 no service"}, False),
        ({"NOOP": "250 fine", "QUIT": CLOSE}, True),
    ],
)
async def test_whatever_it_answers_is_told_and_nothing_is_raised(script: dict[str, str], connected: bool) -> None:
    server = Server(script)
    async with server.running() as port:
        found: Standing = await SmtpMailer("127.0.0.1", port, build, timeout=0.3).check()
    assert found.connected is connected
    assert bool(found.error) is not connected
    assert server.contents == []
