"""One of our own people answers a play from a mail: GET asks, POST records, once.

GET only shows: mail scanners follow links, and must not answer anything. The token says which question, which outcome
and who was asked; it expires, and the run keeps one answer to its question.
"""

import logging
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from console.deps import Deps, Given
from console.pages import page
from intake.answer_links import AnswerToken, read_answer
from models.errors import BadInput, Refused, Retryable
from models.play import OutcomeRequest

router = APIRouter()
_log = logging.getLogger("steadfast.console")


@router.get("/answer/{token}")
async def ask(deps: Given, token: str) -> HTMLResponse:
    """The page with the button."""
    told = _read(deps, token)
    if not isinstance(told, AnswerToken):
        return told
    return page(deps, "answer.html", told=told, customer=await _name(deps, told), state="ask", reason="")


@router.post("/answer/{token}")
async def answer(deps: Given, token: str) -> HTMLResponse:
    """Record it; pressed again, it is the same answer."""
    told = _read(deps, token)
    if not isinstance(told, AnswerToken):
        return told
    assert deps.answers is not None, "a token is only read where answers are taken"
    request = OutcomeRequest(outcome=told.outcome, by=told.by, step=told.step, request_id=told.request_id)
    name = await _name(deps, told)
    try:
        await deps.answers.tell_run(told.workflow_id, request)
    except Refused as error:
        return page(
            deps, "answer.html", HTTPStatus.CONFLICT, told=told, customer=name, state="refused", reason=str(error)
        )
    except Retryable:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return page(deps, "answer.html", status, told=told, customer=name, state="later", reason="")
    _log.info("answered by link", extra={"customer": told.customer, "workflow_id": told.workflow_id})
    return page(deps, "answer.html", told=told, customer=name, state="done", reason="")


def _read(deps: Deps, token: str) -> AnswerToken | HTMLResponse:
    if deps.secret is None or deps.answers is None:
        return _notice(deps, "This link is not valid, or part of it is missing.")
    try:
        return read_answer(deps.secret, token, now=deps.now())
    except BadInput:
        return _notice(deps, "This link is not valid, or part of it is missing.")
    except Refused as error:
        return _notice(deps, f"{error.message[:1].upper()}{error.message[1:]}. Answer in the console instead.")


def _notice(deps: Deps, text: str) -> HTMLResponse:
    return page(deps, "notice.html", HTTPStatus.NOT_FOUND, title=deps.product, text=text)


async def _name(deps: Deps, told: AnswerToken) -> str:
    async with deps.store.read() as transaction:
        found = await transaction.customers.get(told.customer)
    return (found.name if found is not None else None) or told.customer
