"""A mail as it goes over the wire: RFC 5322 headers, a text and an HTML part, the same bytes on every attempt."""

import hashlib
import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from models.errors import BadInput
from models.message import OutgoingMail
from rendering.values import web_address

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"^<[^\s<>@]+@[^\s<>@]+>$")
_ADDRESS = re.compile(r"^[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+$")
_MAX_HEADER = 1_000
_MAX_LINE = 76
"""Of a header line that holds encoded words (RFC 2047, section 2)."""


class _Policy(EmailPolicy):
    """As the standard library's, with subjects that keep every space.

    Its own folding loses the space between a plain and an encoded word where a line ends ("ha caído" -> "hacaído"):
    readers join adjacent encoded words without what stands between them. The older ``Header`` encodes the spaces too.
    """

    def fold(self, name: str, value: str) -> str:
        """The header line, folded."""
        return super().fold(name, value) if _plain(name, value) else self._encoded(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header line, folded, as bytes."""
        return super().fold_binary(name, value) if _plain(name, value) else self._encoded(name, value).encode("ascii")

    def _encoded(self, name: str, value: str) -> str:
        header = Header(str(value), "utf-8", header_name=name, maxlinelen=_MAX_LINE)
        return f"{name}: {header.encode(linesep=self.linesep)}{self.linesep}"


def _plain(name: str, value: str) -> bool:
    return name.lower() != "subject" or str(value).isascii()


def build(mail: OutgoingMail, date: datetime) -> EmailMessage:
    """The message. ``date`` is when it is sent, with its zone.

    ``List-Unsubscribe`` and its one-click companion (RFC 8058) are there when the mail has an address for them.
    A local part outside ASCII makes headers UTF-8: such a message needs a server with SMTPUTF8.

    Raises:
        BadInput: a header would hold a line break or another control character, or an address is none.
    """
    for field in ("message_id", "to", "to_name", "from_email", "from_name", "reply_to", "subject"):
        _check_header(field, str(getattr(mail, field)))
    if not _MESSAGE_ID.match(mail.message_id):
        raise BadInput("expected <unique@domain>", field="message_id", value=mail.message_id)
    sender = _address("from_email", mail.from_email, mail.from_name)
    recipient = _address("to", mail.to, mail.to_name)
    reply_to = _address("reply_to", mail.reply_to, "") if mail.reply_to else None

    utf8 = any(address and not address.username.isascii() for address in (sender, recipient, reply_to))
    message = EmailMessage(policy=_Policy(linesep="\r\n", utf8=utf8))
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(date)
    message["From"] = sender
    message["To"] = recipient
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    if mail.list_unsubscribe:
        _check_header("list_unsubscribe", mail.list_unsubscribe)
        message["List-Unsubscribe"] = f"<{web_address(mail.list_unsubscribe, 'list_unsubscribe')}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Quoted-printable passes every server, with or without 8BITMIME, and keeps the parts readable on the wire.
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    # A boundary of chance would make each attempt different bytes.
    message.set_boundary("=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:40])
    return message


def _check_header(field: str, value: str) -> None:
    if _CONTROL.search(value):
        raise BadInput("a header cannot hold line breaks or control characters", field=field, value=value)
    if len(value) > _MAX_HEADER:
        raise BadInput(f"longer than {_MAX_HEADER} characters", field=field, value=value)


def _address(field: str, address: str, name: str) -> Address:
    if not _ADDRESS.match(address):
        raise BadInput("expected an address such as ana@example.com", field=field, value=address)
    local, _, domain = address.rpartition("@")
    try:
        return Address(name, local, domain.encode("idna").decode("ascii"))
    except ValueError:
        raise BadInput("not an internet domain", field=field, value=address) from None
