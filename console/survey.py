"""``/survey/{token}``: one question, 0 to 10, in one click and with room for a comment (section 11 of the domain).

The token is signed and says whose answer it is: nobody logs in. GET only asks, whatever score the link in the mail
brought along: mail scanners follow links. POST records the answer, once per survey; a repeat changes nothing.
"""

from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from console.body import TooLarge, read_body
from console.deps import Deps, Given
from console.pages import page
from intake.inbox import receive
from intake.links import survey_subject
from models.enums import Language
from models.errors import BadInput
from models.events import Event, EventCustomer, EventType

SOURCE = "survey"
"""Under which the inbox keeps the answers that are given here."""
MOST = 32_768
"""Bytes of a form; a comment of the longest kind in four-byte letters, percent-encoded, is below half of it."""
LONGEST = 2000
"""Characters of a comment; the page says so and keeps to it."""
SCALE = tuple(range(11))

router = APIRouter()


@router.get("/survey/{token}")
async def ask(deps: Given, token: str, lang: str = "", score: str = "") -> HTMLResponse:
    """The question; a score from the mail's link is only chosen, not given."""
    subject = await _subject(deps, token, lang)
    if subject is None:
        return _unknown(deps)
    return _question(deps, subject[2], chosen=_score(score))


@router.post("/survey/{token}")
async def answer(deps: Given, request: Request, token: str, lang: str = "") -> HTMLResponse:
    """Record it."""
    subject = await _subject(deps, token, lang)
    if subject is None:
        return _unknown(deps)
    customer, survey, language = subject
    try:
        form = parse_qs((await read_body(request, most=MOST)).decode(), max_num_fields=8)
    except (TooLarge, BadInput, ValueError):
        return _question(deps, language, wrong="form", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    comment = " ".join(form.get("comment", [""])[0].replace("\0", "").split(" ")).strip()[:LONGEST]
    score = _score(form.get("score", [""])[0])
    if score is None:
        return _question(deps, language, wrong="score", comment=comment, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    now = deps.now()
    receipt = await receive(deps.store, _event(customer, survey, score, comment, now), source=SOURCE, now=now)
    if receipt.new:
        await deps.delivery.try_now(receipt.row, now)
    return page(deps, "survey.html", language=language, done=True, again=not receipt.new)


def _event(customer: str, survey: str, score: int, comment: str, now: datetime) -> Event:
    data = {"survey_id": survey, "kind": "nps", "score": score, **({"feedback": comment} if comment else {})}
    unique = sha256(f"{customer}\0{survey}".encode()).hexdigest()[:40]
    return Event(
        event_id=f"answer:{unique}",
        type=EventType.SURVEY_ANSWERED,
        occurred_at=now,
        customer=EventCustomer(id=customer),
        data=data,
    )


def _question(
    deps: Deps,
    language: Language,
    *,
    chosen: int | None = None,
    comment: str = "",
    wrong: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    return page(
        deps,
        "survey.html",
        status,
        language=language,
        done=False,
        scale=SCALE,
        chosen=chosen,
        comment=comment,
        wrong=wrong,
        longest=LONGEST,
    )


def _score(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) in SCALE else None


async def _subject(deps: Deps, token: str, lang: str) -> tuple[str, str, Language] | None:
    """Customer, survey, and the language: the link's, else the customer's, else Spanish."""
    if deps.secret is None:
        return None
    try:
        customer, survey = survey_subject(deps.secret, token)
    except BadInput:
        return None
    async with deps.store.read() as transaction:
        found = await transaction.customers.get(customer)
    if found is None:
        return None
    code = lang or (found.locale or "")[:2]
    return customer, survey, Language(code) if code in Language.__members__.values() else Language.ES


def _unknown(deps: Deps) -> HTMLResponse:
    text = "Este enlace no es válido o está incompleto. / This link is not valid, or part of it is missing."
    return page(deps, "notice.html", HTTPStatus.NOT_FOUND, title=deps.product, text=text)
