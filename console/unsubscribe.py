"""One click, and no relationship or marketing mail goes to the address again (RFC 8058; section 9 of the domain).

GET only asks: mail scanners follow links, and must not unsubscribe anybody. POST does it, from the mail program or
from the page's button, as often as it is pressed.
"""

import logging
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from console.deps import Deps, Given
from console.pages import page
from intake.links import unsubscribe_subject
from models.enums import Language
from models.errors import BadInput

router = APIRouter()
_log = logging.getLogger("steadfast.console")

REASON = "unsubscribed"


@router.get("/unsubscribe/{token}")
async def ask(deps: Given, token: str) -> HTMLResponse:
    """The page with the button."""
    subject = await _subject(deps, token)
    if subject is None:
        return _unknown(deps)
    _, address, language = subject
    return page(deps, "unsubscribe.html", address=_hinted(address), done=False, language=language)


@router.post("/unsubscribe/{token}")
async def unsubscribe(deps: Given, token: str) -> HTMLResponse:
    """Do it. The body (``List-Unsubscribe=One-Click``) is not needed: the token says everything."""
    subject = await _subject(deps, token)
    if subject is None:
        return _unknown(deps)
    customer, address, language = subject
    async with deps.store.begin() as transaction:
        await transaction.communications.suppress(address, REASON, deps.now())
    _log.info("unsubscribed", extra={"customer": customer})
    return page(deps, "unsubscribe.html", address=_hinted(address), done=True, language=language)


async def _subject(deps: Deps, token: str) -> tuple[str, str, Language] | None:
    if deps.secret is None:
        return None
    try:
        customer, address = unsubscribe_subject(deps.secret, token)
    except BadInput:
        return None
    async with deps.store.read() as transaction:
        found = await transaction.customers.get(customer)
    return customer, address, Language.EN if (found and (found.locale or "").startswith("en")) else Language.ES


def _unknown(deps: Deps) -> HTMLResponse:
    text = "Este enlace no es válido o está incompleto. / This link is not valid, or part of it is missing."
    return page(deps, "notice.html", HTTPStatus.NOT_FOUND, title=deps.product, text=text)


def _hinted(address: str) -> str:
    """Enough for its owner to recognise, too little for anybody else: the link may be forwarded."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
