"""Mail on the wire: headers that cannot be forged, two readable parts, the same bytes for every attempt."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from models.enums import Channel, Language
from models.errors import BadInput
from models.ids import message_id
from models.message import OutgoingMail
from rendering.catalogue import Templates
from rendering.mail import build
from rendering.sources import TEMPLATES as FOLDER
from rendering.sources import read_samples

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
RENDERED = Templates.load().render(
    "onboarding_help", Channel.EMAIL, Language.ES, None, read_samples(FOLDER, Language.ES)
)
MAIL = OutgoingMail(
    key="sequence:C-1:stalled:1|0|help",
    message_id=message_id("sequence:C-1:stalled:1|0|help", "example.com"),
    to="ana@example.org",
    to_name="Ana Núñez, S. L.",
    from_email="equipo@example.com",
    from_name="Equipo de Customer Success",
    reply_to="marta@example.com",
    subject=RENDERED.subject,
    text=RENDERED.text,
    html=RENDERED.html,
    list_unsubscribe="https://app.example.com/u/abc",
)


def test_it_reads_back_as_it_was_written() -> None:
    message = message_from_bytes(build(MAIL, NOON).as_bytes(), policy=policy.default)
    assert message["Message-ID"] == MAIL.message_id
    assert message["Date"].datetime == NOON
    assert str(message["From"]) == "Equipo de Customer Success <equipo@example.com>"
    assert message["To"].addresses[0].display_name == "Ana Núñez, S. L."
    assert message["To"].addresses[0].addr_spec == "ana@example.org"
    assert message["Reply-To"] == "marta@example.com"
    assert message["Subject"] == RENDERED.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://app.example.com/u/abc>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n").strip() for part in message.iter_parts()] == [
        RENDERED.text.strip(),
        RENDERED.html.strip(),
    ]


def test_every_attempt_is_the_same_bytes_and_passes_any_server() -> None:
    raw = build(MAIL, NOON).as_bytes()
    assert raw == build(MAIL, NOON).as_bytes()
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_transactional_mail_has_no_unsubscribe_headers_and_no_empty_reply_to() -> None:
    message = build(MAIL.model_copy(update={"list_unsubscribe": None, "reply_to": ""}), NOON)
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"} & set(message.keys())


def test_domains_outside_ascii_are_encoded_and_local_parts_ask_for_utf8() -> None:
    message = build(MAIL.model_copy(update={"to": "ana@ñandú.example"}), NOON)
    assert message["To"].addresses[0].addr_spec == "ana@xn--and-6ma2c.example"
    utf8 = build(MAIL.model_copy(update={"to": "begoña@example.org"}), NOON)
    assert "begoña@example.org".encode() in utf8.as_bytes()


@pytest.mark.parametrize("field", ["to", "to_name", "from_email", "from_name", "reply_to", "subject", "message_id"])
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
def test_no_header_can_be_added_through_a_value(field: str, break_: str) -> None:
    forged = MAIL.model_copy(update={field: getattr(MAIL, field) + break_ + "Bcc: otra@example.com"})
    with pytest.raises(BadInput) as refusal:
        build(forged, NOON)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", ""),
        ("to", "ana"),
        ("to", "ana@example.org, otra@example.org"),
        ("to", "Ana <ana@example.org>"),
        ("to", "@example.org"),
        ("to", "ana@" + "x" * 64 + ".example"),
        ("from_email", "a b@example.com"),
        ("message_id", "no-brackets@example.com"),
        ("list_unsubscribe", "mailto:x@example.com"),
        ("list_unsubscribe", "https://example.com/>\r\nBcc: x"),
        ("subject", "x" * 1_001),
    ],
)
def test_an_address_that_is_none_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadInput) as refusal:
        build(MAIL.model_copy(update={field: value}), NOON)
    assert refusal.value.field == field


@pytest.mark.parametrize("address", ["ana@example.org", "begoña@example.org"])
@pytest.mark.parametrize(
    "subject",
    [
        "Clínica Dental Brisamar: La salud de un cliente ha caído 20 puntos o más",
        "Rocío, ¿va todo bien? 🤔 " + "ha caído a menos de la mitad y más " * 8 + "fin",
        "Logística Tramontana: " + "ñ" * 120 + " y 🤔 después",
    ],
)
def test_a_long_subject_keeps_every_space(subject: str, address: str) -> None:
    raw = build(MAIL.model_copy(update={"subject": subject, "to": address}), NOON).as_bytes()
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert all(len(line) <= 76 for line in raw.split(b"\r\n") if b"=?utf-8?" in line)
