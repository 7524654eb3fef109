"""The catcher's mailbox: mail that was caught instead of sent, shown without trusting a byte of it."""

from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import HTMLResponse, Response

from console.deps import Given
from console.pages import not_found, page

router = APIRouter()

PAGE = 50
_LONGEST = 500_000
_FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"
"""For the HTML of a mail: its own styles and nothing else; no script, no loading, no origin."""

MailId = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/mail")
async def mail(deps: Given, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> HTMLResponse:
    """The list, newest first."""
    found = await deps.mailbox.page(PAGE + 1, before)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return page(deps, "mail.html", messages=found[:PAGE], older=older, first=before is None)


@router.get("/mail/{mail_id}")
async def message(deps: Given, mail_id: MailId) -> HTMLResponse:
    """One message: text, HTML in a frame that can do nothing, headers."""
    found = await deps.mailbox.get(mail_id)
    if found is None:
        return not_found(deps, "message")
    parsed = _parse(found.raw)
    return page(
        deps,
        "mail_message.html",
        message=found,
        sender=_header(parsed, "from") or found.envelope_from,
        recipient=_header(parsed, "to") or ", ".join(found.envelope_to),
        text=_body(parsed, "plain"),
        has_html=_body(parsed, "html") is not None,
        headers=_headers(parsed),
    )


@router.get("/mail/{mail_id}/html")
async def html(deps: Given, mail_id: MailId) -> Response:
    """The HTML part, for the frame."""
    found = await deps.mailbox.get(mail_id)
    content = _body(_parse(found.raw), "html") if found is not None else None
    if content is None:
        return not_found(deps, "message")
    # An empty X-Frame-Options is taken out by the guard: the policy's frame-ancestors says who may frame this.
    return HTMLResponse(content, headers={"content-security-policy": _FRAME_POLICY, "x-frame-options": ""})


def _parse(raw: bytes) -> EmailMessage:
    parsed = BytesParser(EmailMessage, policy=default).parsebytes(raw)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _body(parsed: EmailMessage, kind: str) -> str | None:
    """The part of that kind, cut; None where there is none or it cannot be read."""
    try:
        part = parsed.get_body((kind,))
        content = part.get_content() if part is not None else None
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, KeyError):
        return None
    return _shown(content, _LONGEST) if isinstance(content, str) else None


def _header(parsed: EmailMessage, name: str) -> str:
    try:
        return _shown(str(parsed[name] or ""), 500)
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return ""  # the parser of structured headers gives up on some hostile ones


def _headers(parsed: EmailMessage) -> list[tuple[str, str]]:
    return [(name[:100], _shown(str(value), 2000)) for name, value in parsed.raw_items()][:100]


def _shown(text: str, most: int) -> str:
    """Bytes that were no text came as half surrogates, which cannot be sent."""
    return text[:most].encode("utf-8", "replace").decode("utf-8")
