"""``POST /events``: checked, stored, acknowledged. Delivery is tried at once and never decides the answer.

202 a new event is stored; 200 it was stored before; 401 not signed; 404 no secret is configured; 413 too large;
422 malformed, with field and reason; 503 the database does not answer, try again.
"""

import logging
from datetime import datetime
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from console.answers import answer, answer_for
from console.body import TooLarge, read_body
from console.deps import Deps, Given
from intake.deliver import describe
from intake.inbox import Receipt, receive
from intake.parse import parse
from models.errors import BadInput, Rejected
from models.events import Event, EventType

SOURCE = "events"
"""Under which the inbox keeps what comes in here (and from the command line: an event told twice is one event)."""

router = APIRouter()
_log = logging.getLogger("steadfast.console")


@router.post("/events", response_class=JSONResponse)
async def post_event(request: Request, deps: Given) -> JSONResponse:
    """Take in one event."""
    kind, response = await _take(request, deps)
    deps.counters.received(kind, response.status_code)
    return response


class _NotStored(Exception):
    """The database did not take the event."""


async def _take(request: Request, deps: Deps) -> tuple[EventType | None, JSONResponse]:
    if deps.verifier is None:
        return None, answer(HTTPStatus.NOT_FOUND, "not_found", "no events secret is configured")
    kind = None
    try:
        body = await read_body(request, most=deps.max_event_bytes)
        deps.verifier.verify(body, request.headers, wall=deps.wall())
        now = deps.now()
        event = parse(body, now=now, currency=deps.currency)
        kind = event.type
        receipt = await _store(deps, event, now)
    except TooLarge:
        reason = f"at most {deps.max_event_bytes} bytes"
        return None, answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", reason)
    except Rejected as error:
        return None, answer(HTTPStatus.UNAUTHORIZED, "unauthorized", error.message)
    except BadInput as error:
        return kind, answer_for(error)
    except _NotStored:
        return kind, answer(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "the event was not stored; send it again")
    told = {"event_id": event.event_id, "number": receipt.number}
    if not receipt.new:
        return kind, JSONResponse({"status": "duplicate", **told}, status_code=HTTPStatus.OK)
    await deps.delivery.try_now(receipt.row, now)
    return kind, JSONResponse({"status": "accepted", **told}, status_code=HTTPStatus.ACCEPTED)


async def _store(deps: Deps, event: Event, now: datetime) -> Receipt:
    try:
        return await receive(deps.store, event, source=SOURCE, now=now)
    except BadInput:
        raise
    except Exception as error:  # whatever it was, nothing is stored, and the producer has to hear it
        _log.error("event not stored", extra={"error": describe(error)})
        raise _NotStored from error
