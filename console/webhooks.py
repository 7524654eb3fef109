"""``POST /webhooks/<vendor>``: verified by the vendor's scheme, stored, then acknowledged.

200 everything in the body is stored, or was before; 401 not signed, or too old; 404 no such vendor, or no secret is
set for it; 413 too large; 422 none of the vendor's bodies, with field and reason; 503 the database does not answer. An
event of a known body that cannot be understood is stored as refused, with the reason, and answered with 200: vendors
switch off an address that refuses often, and what is stored can be interpreted again (``starter.py sources replay``).
"""

import asyncio
import logging
from http import HTTPStatus

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from console.answers import answer, answer_for
from console.body import TooLarge, read_body
from console.deps import Deps, Given
from intake.deliver import describe
from intake.vendors.scheme import Call
from intake.vendors.taking import Taken, take
from intake.vendors.vendor import Arrival
from models.errors import BadInput, Rejected

router = APIRouter()
_log = logging.getLogger("steadfast.console")


@router.post("/webhooks/{vendor}", response_class=JSONResponse)
async def post_webhook(vendor: str, request: Request, deps: Given) -> Response:
    """Take in what a vendor tells."""
    known = deps.doors is not None and deps.doors.open(vendor) is not None
    taken, response = await _take(vendor, request, deps)
    deps.counters.knocked(vendor if known else "none", response.status_code, taken.counts if taken else {})
    return response


@router.head("/webhooks/{vendor}")
async def head_webhook(vendor: str, deps: Given) -> Response:
    """Some vendors look whether an address is there before they save it."""
    known = deps.doors is not None and deps.doors.open(vendor) is not None
    return Response(status_code=HTTPStatus.OK if known else HTTPStatus.NOT_FOUND)


async def _take(name: str, request: Request, deps: Deps) -> tuple[Taken | None, Response]:
    door = deps.doors.open(name) if deps.doors is not None else None
    if deps.doors is None or door is None:
        return None, answer(HTTPStatus.NOT_FOUND, "not_found", "no such vendor, or no secret is set for it")
    vendor, secret = door
    try:
        body = await read_body(request, most=deps.max_event_bytes)
        query = f"?{request.url.query}" if request.url.query else ""
        call = Call(request.method, f"{deps.doors.public_url}/webhooks/{name}{query}", request.headers, body)
        wall = deps.wall()
        vendor.verify(secret, call, wall)
        notices = vendor.read(Arrival(body, wall))
        now = deps.now()
        taken = await take(deps.store, vendor.name, notices, deps.doors.house, now=now)
    except TooLarge:
        reason = f"at most {deps.max_event_bytes} bytes"
        return None, answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", reason)
    except Rejected as error:
        return None, answer(HTTPStatus.UNAUTHORIZED, "unauthorized", error.message)
    except (BadInput, ValidationError) as error:
        bad = error if isinstance(error, BadInput) else BadInput("none of this vendor's bodies", field="body")
        return None, answer_for(bad)
    except Exception as error:  # whatever it was, nothing is stored, and the vendor has to hear it
        _log.error("webhook not stored", extra={"vendor": name, "error": describe(error)})
        return None, answer(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "nothing was stored; send it again")
    await asyncio.gather(*(deps.delivery.try_now(row, now) for row in taken.rows))
    if name == "slack":  # an answer with a body would be shown, or taken for an order
        return taken, Response(status_code=HTTPStatus.OK)
    return taken, JSONResponse({"status": "stored", "events": dict(taken.counts)})
