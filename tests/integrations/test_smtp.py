"""Every answer a mail server can give, at every stage, lands on one error; a real server is scripted over a socket."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.smtp import SmtpMailer
from models.errors import Misconfigured, OutcomeUnknown, Rejected, Retryable, SteadfastError
from models.message import OutgoingMail
from rendering.mail import build
from tests.integrations.certificates import certificate_in

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
MAIL = OutgoingMail(
    key="k",
    message_id="<abc@example.com>",
    to="ana@example.org",
    from_email="equipo@example.com",
    subject="Hola",
    text=".una línea con punto\n..y otra\n",
    html="<p>Hola</p>",
)
CLOSE, SILENT, GARBLED, CUT = "close", "silent", "garbled", "250-half"
DEFAULTS = {
    "greeting": "220 ready",
    "EHLO": "250-server\r\n250-AUTH PLAIN\r\n250 SMTPUTF8",
    "HELO": "250 server",
    "AUTH": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "content": "250 2.0.0 queued as 42",
    "QUIT": "221 bye",
}


class Server:
    """Speaks SMTP by the script; remembers commands and contents."""

    def __init__(self, script: dict[str, str]) -> None:
        self.script = {**DEFAULTS, **script}
        self.commands: list[str] = []
        self.contents: list[bytes] = []
        self._released = asyncio.Event()
        self._sessions: set[asyncio.Task[None]] = set()

    async def _say(self, stage: str, writer: asyncio.StreamWriter) -> bool:
        answer = self.script[stage]
        if answer == CLOSE:
            return False
        if answer == SILENT:
            await self._released.wait()
            return False
        writer.write({GARBLED: b"what?\r\n", CUT: b"250-half"}.get(answer, answer.encode() + b"\r\n"))
        await writer.drain()
        return answer != CUT

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        try:
            going = await self._say("greeting", writer)
            while going and (line := await reader.readline()):
                command = line.decode().split()[0].upper()
                self.commands.append(line.decode().strip())
                going = await self._say(command, writer)
                if command == "DATA" and self.script["DATA"].startswith("354") and going:
                    self.contents.append(await reader.readuntil(b"\r\n.\r\n"))
                    going = await self._say("content", writer)
                going = going and command != "QUIT"
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            self._released.set()
            server.close()
            await server.wait_closed()
            await asyncio.gather(*self._sessions)


async def nothing() -> None:
    return None


async def attempt(
    server: Server,
    *,
    login: bool = False,
    before_data: Callable[[], Awaitable[None]] = nothing,
    mail: OutgoingMail = MAIL,
) -> str:
    async with server.running() as port:
        mailer = SmtpMailer(
            "127.0.0.1",
            port,
            build,
            username="user" if login else "",
            password="secret" if login else "",
            timeout=0.3,
            content_timeout=0.3,
        )
        return (await mailer.send(mail, date=NOON, before_data=before_data)).response


BEFORE = ["greeting", "MAIL", "RCPT", "DATA"]
CASES: list[tuple[str, str, type[SteadfastError]]] = [
    *((stage, answer, Retryable) for stage in BEFORE for answer in (CLOSE, SILENT, GARBLED, CUT)),
    *((stage, f"{code} later", Retryable) for stage in BEFORE for code in (421, 450, 451, 452)),
    *((stage, f"{code} never", Rejected) for stage in BEFORE[1:] for code in (500, 501, 550, 552, 553, 554)),
    *((stage, f"{code} log in", Misconfigured) for stage in BEFORE[1:] for code in (530, 535)),
    *(("greeting", f"{code} no service", Misconfigured) for code in (521, 554)),
    *(("content", f"{code} later", Retryable) for code in (421, 450, 451, 452)),
    *(("content", f"{code} never", Rejected) for code in (550, 552, 554)),
    *(("content", answer, OutcomeUnknown) for answer in (CLOSE, SILENT, GARBLED, CUT, "354 again", "100 what")),
]


@pytest.mark.parametrize(("stage", "answer", "error"), CASES)
async def test_each_answer_at_each_stage_lands_on_one_error(
    stage: str, answer: str, error: type[SteadfastError]
) -> None:
    server = Server({stage: answer})
    with pytest.raises(SteadfastError) as failure:
        await attempt(server)
    assert type(failure.value) is error
    assert len(server.contents) == (stage == "content")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("535 wrong: secret, c2VjcmV0, AHVzZXIAc2VjcmV0", Misconfigured),
        ("534 weak", Misconfigured),
        ("454 later", Retryable),
        (CLOSE, Retryable),
        (SILENT, Retryable),
    ],
)
async def test_a_refused_login_is_an_operators_matter_and_a_lost_one_is_tried_again(
    answer: str, error: type[SteadfastError]
) -> None:
    with pytest.raises(SteadfastError) as failure:
        await attempt(Server({"AUTH": answer}), login=True)
    assert type(failure.value) is error
    for said in ("secret", "c2VjcmV0", "AHVzZXIAc2VjcmV0"):
        assert said not in str(failure.value)


@pytest.mark.parametrize("answer", ["221 bye", "421 shutting down", "500 what", CLOSE, GARBLED])
async def test_what_happens_at_quit_changes_nothing(answer: str) -> None:
    server = Server({"QUIT": answer})
    assert await attempt(server) == "250 2.0.0 queued as 42"
    assert len(server.contents) == 1


async def test_the_content_arrives_as_built_with_its_dots_stuffed() -> None:
    server = Server({})
    assert await attempt(server, login=True) == "250 2.0.0 queued as 42"
    assert server.contents[0].replace(b"\r\n..", b"\r\n.").removesuffix(b".\r\n") == build(MAIL, NOON).as_bytes()
    assert server.commands[2:] == ["MAIL FROM:<equipo@example.com>", "RCPT TO:<ana@example.org>", "DATA", "QUIT"]


async def test_before_data_comes_after_the_recipient_is_accepted_and_before_data() -> None:
    server = Server({})
    seen: list[list[str]] = []

    async def note() -> None:
        seen.append([command.split()[0] for command in server.commands])

    await attempt(server, before_data=note)
    assert seen == [["EHLO", "MAIL", "RCPT"]]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
async def test_before_data_is_not_reached_when_the_envelope_is_refused(stage: str) -> None:
    async def never() -> None:
        raise AssertionError("reached")

    with pytest.raises(Rejected):
        await attempt(Server({stage: "550 no"}), before_data=never)


async def test_when_before_data_fails_nothing_is_sent() -> None:
    async def fail() -> None:
        raise Retryable("database gone")

    server = Server({})
    with pytest.raises(Retryable, match="database gone"):
        await attempt(server, before_data=fail)
    assert "DATA" not in server.commands


async def test_the_servers_words_are_kept_bounded_and_on_one_line() -> None:
    long = "550-" + "a" * 400 + "\r\n550 " + "b" * 400
    with pytest.raises(Rejected) as refusal:
        await attempt(Server({"RCPT": long}))
    assert "550 aaaa" in str(refusal.value)
    assert len(str(refusal.value)) < 600
    assert "\n" not in str(refusal.value)


async def test_a_server_that_is_not_there_is_tried_again() -> None:
    async with Server({}).running() as port:
        pass
    with pytest.raises(Retryable):
        await SmtpMailer("127.0.0.1", port, build, timeout=0.3).send(MAIL, date=NOON, before_data=nothing)


@pytest.mark.parametrize(
    ("script", "login"),
    [({"EHLO": "250 server"}, True), ({"EHLO": "550 no", "HELO": "550 no"}, False)],
)
async def test_a_server_that_cannot_do_what_we_are_set_to_needs_an_operator(
    script: dict[str, str], login: bool
) -> None:
    with pytest.raises(Misconfigured):
        await attempt(Server(script), login=login)


async def test_tls_is_never_given_up_for_a_server_without_it() -> None:
    server = Server({})
    async with server.running() as port:
        mailer = SmtpMailer("127.0.0.1", port, build, tls="starttls", timeout=0.3)
        with pytest.raises(Misconfigured):
            await mailer.send(MAIL, date=NOON, before_data=nothing)
    assert [command.split()[0] for command in server.commands] == ["EHLO"]


async def test_an_address_outside_ascii_needs_a_server_that_takes_it() -> None:
    mail = MAIL.model_copy(update={"to": "begoña@example.org"})
    server = Server({})
    assert await attempt(server, mail=mail) == "250 2.0.0 queued as 42"
    assert server.commands[1:3] == ["MAIL FROM:<equipo@example.com> SMTPUTF8", "RCPT TO:<begoña@example.org>"]
    with pytest.raises(Rejected, match="SMTPUTF8"):
        await attempt(Server({"EHLO": "250 server"}), mail=mail)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, with its key."""
    return certificate_in(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("trusted", [True, False])
async def test_over_tls_only_a_server_that_proves_itself_gets_the_mail(certificate: Path, trusted: bool) -> None:
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate)
    server = Server({})
    trusting = ssl.create_default_context(cafile=str(certificate)) if trusted else None
    async with server.running(ours) as port:
        mailer = SmtpMailer("127.0.0.1", port, build, tls="tls", tls_context=trusting, timeout=5)
        if trusted:
            assert (await mailer.send(MAIL, date=NOON, before_data=nothing)).response == "250 2.0.0 queued as 42"
        else:
            with pytest.raises(Misconfigured, match="certificate"):
                await mailer.send(MAIL, date=NOON, before_data=nothing)
    assert len(server.contents) == trusted
