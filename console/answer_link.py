"""One of our own people answers a play from a mail: GET asks, POST records, once.

GET only shows: mail scanners follow links, and must not answer anything. The token says which question, which outcome
and who was asked; it expires, and the run keeps one answer to its question.
"""

import logging
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from activities.outcome_words import outcome_words
from console.deps import Deps, Given
from console.pages import page
from intake.answer_links import AnswerToken, read_answer
from models.enums import Language
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
    return await _shown(deps, told, "ask")


@router.post("/answer/{token}")
async def answer(deps: Given, token: str) -> HTMLResponse:
    """Record it; pressed again, it is the same answer."""
    told = _read(deps, token)
    if not isinstance(told, AnswerToken):
        return told
    assert deps.answers is not None, "a token is only read where answers are taken"
    request = OutcomeRequest(outcome=told.outcome, by=told.by, step=told.step, request_id=told.request_id)
    try:
        await deps.answers.tell_run(told.workflow_id, request)
    except Refused as error:
        return await _shown(deps, told, "refused", HTTPStatus.CONFLICT, reason=str(error))
    except Retryable:
        return await _shown(deps, told, "later", HTTPStatus.SERVICE_UNAVAILABLE)
    _log.info("answered by link", extra={"customer": told.customer, "workflow_id": told.workflow_id})
    return await _shown(deps, told, "done")


async def _shown(
    deps: Deps, told: AnswerToken, state: str, status: HTTPStatus = HTTPStatus.OK, *, reason: str = ""
) -> HTMLResponse:
    """In the house's language, as the mail was; the question is the task's, the person by name where we know one."""
    async with deps.store.read() as transaction:
        customer = await transaction.customers.get(told.customer)
        person = await transaction.customers.csm(told.by)
        tasks = await transaction.work.tasks(told.customer)
    asked = [one.title for one in tasks if one.workflow_id == told.workflow_id and told.outcome in one.outcomes]
    return page(
        deps,
        "answer.html",
        status,
        language=deps.language,
        customer=(customer.name if customer is not None else None) or told.customer,
        by=person.name if person is not None else told.by,
        outcome=outcome_words(told.outcome, deps.language),
        question=asked[-1] if asked else "",
        state=state,
        reason=reason,
    )


def _read(deps: Deps, token: str) -> AnswerToken | HTMLResponse:
    wrong = {
        Language.EN: "This link is not valid, or part of it is missing.",
        Language.ES: "Este enlace no es válido o está incompleto.",
    }
    if deps.secret is None or deps.answers is None:
        return _notice(deps, wrong[deps.language])
    try:
        return read_answer(deps.secret, token, now=deps.now())
    except BadInput:
        return _notice(deps, wrong[deps.language])
    except Refused as error:
        until = f"{error.value.astimezone(deps.zone):%d/%m/%Y %H:%M}" if isinstance(error.value, datetime) else "?"
        late = {
            Language.EN: f"This link was good until {until}. Answer in the console instead.",
            Language.ES: f"Este enlace valía hasta el {until}. Responde desde la consola.",
        }
        return _notice(deps, late[deps.language])


def _notice(deps: Deps, text: str) -> HTMLResponse:
    return page(deps, "notice.html", HTTPStatus.NOT_FOUND, title=deps.product, text=text, language=deps.language)
