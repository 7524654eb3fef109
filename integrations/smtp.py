"""Mail over SMTP, in steps, so that it is always known whether the server may have taken the message (section 9.2, M8).

SMTP has no idempotency key. Up to the end of the content nothing is sent; from there until the server's answer the
outcome is unknown, and no retry may guess. What each answer means:

==================================  =============================================
before the content                  lost, timed out, 4xx: Retryable
                                    5xx to MAIL, RCPT or DATA: Rejected
                                    login or TLS refused, 5xx greeting: Misconfigured
content handed over, then           2xx: sent; 4xx: Retryable; 5xx: Rejected
                                    lost, timed out, garbled: OutcomeUnknown
after the answer (QUIT)             whatever happens, it is sent
==================================  =============================================
"""

import base64
import re
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from integrations.standing import standing
from models.errors import Misconfigured, OutcomeUnknown, OutsideError, Rejected, Retryable, SteadfastError
from models.message import OutgoingMail, SendReceipt
from models.outside import Standing

Build = Callable[[OutgoingMail, datetime], EmailMessage]
Tls = Literal["none", "starttls", "tls"]

TIMEOUT = 30.0
"""Seconds for connecting and for each answer."""
CONTENT_TIMEOUT = 120.0
"""Seconds for the answer to the content: servers scan it first, and giving up early leaves the outcome unknown."""
_QUIT_TIMEOUT = 5.0
_MAX_RESPONSE = 500
_SECURED: dict[Tls, str] = {"none": "not encrypted", "starttls": "STARTTLS", "tls": "TLS"}
_AUTH_CODES = (530, 534, 535, 538)
_DOT = re.compile(rb"(?m)^\.")


class SmtpMailer:
    """Sends one mail per connection. ``build`` makes the message (``rendering.mail.build``)."""

    def __init__(
        self,
        host: str,
        port: int,
        build: Build,
        *,
        tls: Tls = "none",
        username: str = "",
        password: str = "",
        tls_context: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
        content_timeout: float = CONTENT_TIMEOUT,
    ) -> None:
        self._host, self._port, self._build, self._tls = host, port, build, tls
        self._username, self._password, self._tls_context = username, password, tls_context
        self._timeout, self._content_timeout = timeout, content_timeout
        self._secrets = _spellings(username, password)

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        """Send it. ``before_data`` is awaited once server, sender and recipient are accepted, just before DATA.

        Raises:
            BadInput: the mail cannot be made into a message.
            Retryable, Rejected, Misconfigured, OutcomeUnknown: as in the table of this module.
        """
        message = self._build(mail, date)
        content = _DOT.sub(b"..", message.as_bytes()) + b".\r\n"
        client = self._client()
        try:
            await self._open(client)
            await self._envelope(client, message)
            await before_data()
            await self._ask_for_content(client)
            response = await self._hand_over(client, content)
            with suppress(SMTPException, OSError):
                await client.quit(timeout=_QUIT_TIMEOUT)
        finally:
            client.close()
        return SendReceipt(message_id=mail.message_id, response=response)

    async def check(self) -> Standing:
        """Connect, EHLO, STARTTLS and login where they are set, NOOP, QUIT: no sender, no recipient, no content."""

        async def who() -> str:
            client = self._client()
            try:
                await self._open(client)
                await self._noop(client)
                with suppress(SMTPException, OSError):
                    await client.quit(timeout=_QUIT_TIMEOUT)
            finally:
                client.close()
            whose = f"{self._username} at " if self._username else ""
            how = "without a login, " if not self._username else ""
            return f"{whose}{self._host}:{self._port} ({how}{_SECURED[self._tls]})"

        return await standing("smtp", who, {}, unchecked=("whether it takes our sender and delivers",))

    async def _noop(self, client: SMTP) -> None:
        try:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            await client.noop()
        except SMTPResponseException as error:
            raise self._refused(error, "the greeting", Misconfigured) from None
        except (SMTPException, OSError) as error:
            raise self._unreachable(error) from None

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self._host,
            port=self._port,
            timeout=self._timeout,
            use_tls=self._tls == "tls",
            start_tls=self._tls == "starttls",
            tls_context=self._tls_context,
            username=self._username or None,
            password=self._password if self._username else None,
        )

    async def _open(self, client: SMTP) -> None:
        try:
            await client.connect()
        except SMTPAuthenticationError as error:
            raise self._refused(error, "login", Misconfigured) from None
        except SMTPResponseException as error:
            raise self._refused(error, "connecting", Misconfigured) from None
        except (SMTPException, OSError) as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> SteadfastError:
        """A server that cannot do what we are told to ask of it needs an operator; any other failure may pass."""
        where = f"mail server {self._host}:{self._port}: {self._said(str(error) or type(error).__name__)}"
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return Misconfigured(where)
            cause = cause.__cause__
        return Retryable(where) if isinstance(error, OSError) else Misconfigured(where)

    async def _envelope(self, client: SMTP, message: EmailMessage) -> None:
        """MAIL and RCPT, with the addresses of the headers, whose domains are already ASCII."""
        sender = message["From"].addresses[0].addr_spec
        recipient = message["To"].addresses[0].addr_spec
        utf8 = isinstance(message.policy, EmailPolicy) and message.policy.utf8
        try:
            if utf8 and client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if utf8 and not client.supports_extension("smtputf8"):
                raise Rejected("the mail server does not take addresses outside ASCII (SMTPUTF8)")
            encoding, options = ("utf-8", ["SMTPUTF8"]) if utf8 else ("ascii", [])
            await client.mail(sender, encoding=encoding, options=options)
            await client.rcpt(recipient, encoding=encoding)
        except SMTPSenderRefused as error:
            raise self._refused(error, "the sender", Rejected) from None
        except SMTPRecipientRefused as error:
            raise self._refused(error, "the recipient", Rejected) from None
        except SMTPResponseException as error:
            raise self._refused(error, "greeting", Misconfigured) from None
        except (SMTPException, OSError) as error:
            raise self._unreachable(error) from None

    async def _ask_for_content(self, client: SMTP) -> None:
        """DATA: until the server asks for the content it has nothing that it could deliver."""
        try:
            code, text = await client.execute_command(b"DATA")
        except (SMTPException, OSError) as error:
            raise Retryable(f"lost before the content: {self._said(str(error))}") from None
        if code != 354:
            raise self._refused(SMTPResponseException(code, text), "DATA", Rejected)

    async def _hand_over(self, client: SMTP, content: bytes) -> str:
        try:
            if client.protocol is None:
                raise SMTPServerDisconnected("connection lost")
            client.protocol.write(content)
            code, text = await client.protocol.read_response(timeout=self._content_timeout)
        except (SMTPException, OSError) as error:
            raise OutcomeUnknown(f"no answer to the content: {self._said(str(error))}") from None
        if 200 <= code < 300:
            return self._said(f"{code} {text}")
        if 400 <= code < 600:
            raise self._refused(SMTPResponseException(code, text), "the content", Rejected)
        raise OutcomeUnknown(f"no answer to the content but {self._said(f'{code} {text}')}")

    def _refused(
        self, error: SMTPResponseException, what: str, permanent: type[Rejected] | type[Misconfigured]
    ) -> OutsideError | Misconfigured:
        """5xx is final, and an operator's matter where a login is needed; any other code may pass."""
        said = f"refused {what}: {self._said(f'{error.code} {error.message}')}"
        if error.code in _AUTH_CODES:
            return Misconfigured(said)
        return permanent(said) if 500 <= error.code < 600 else Retryable(said)

    def _said(self, text: str) -> str:
        """The server's words on one line, printable, bounded, without the credentials if it says them again."""
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return "".join(char for char in " ".join(text.split()) if char.isprintable())[:_MAX_RESPONSE]


def _spellings(username: str, password: str) -> tuple[str, ...]:
    """Each form in which a login carries the password, longest first."""
    if not password:
        return ()
    plain = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
    return tuple(sorted((plain, base64.b64encode(password.encode()).decode(), password), key=len, reverse=True))
