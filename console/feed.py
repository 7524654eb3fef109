"""``GET /api/feed/{customer}``: the in-app feed for a product's own page, where no in-app system is used.

The page proves itself with a token that is good for this one customer only (``starter.py integrations feed-token``, or
the product's backend makes it): the events secret never reaches a browser. What is handed out is marked as shown.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import JSONResponse, Response

from console.answers import answer
from console.deps import Deps, Given
from intake.links import feed_customer
from models.errors import BadInput
from models.ids import check_customer_id

router = APIRouter()
_METHODS = {"access-control-allow-methods": "GET", "access-control-allow-headers": "authorization"}


@router.get("/api/feed/{customer_id:path}", response_class=JSONResponse)
async def feed(
    deps: Given,
    customer_id: str,
    token: str = "",
    authorization: Annotated[str, Header()] = "",
    origin: Annotated[str, Header()] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    unseen: bool = False,
) -> JSONResponse:
    """The newest notices, oldest first; ``shown_at`` is when each was first handed out. ``unseen``: only new ones."""
    cors = _cors(deps, origin)
    if deps.secret is None:
        return answer(HTTPStatus.NOT_FOUND, "not_found", "no events secret is configured")
    try:
        check_customer_id(customer_id)
    except ValueError as error:
        raise BadInput(str(error), field="customer_id") from None
    scheme, _, bearer = authorization.partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else token
    try:
        allowed = feed_customer(deps.secret, given) == customer_id
    except BadInput:
        allowed = False
    if not allowed:
        refusal = answer(HTTPStatus.UNAUTHORIZED, "unauthorized", "expected this customer's feed token")
        refusal.headers.update(cors)
        return refusal
    now = deps.now()
    notices = await deps.feed.take(customer_id, at=now, limit=limit)
    shown = [one for one in notices if not unseen or one.shown_at == now]
    return JSONResponse({"notices": [one.model_dump(mode="json") for one in shown]}, headers=cors)


@router.options("/api/feed/{customer_id:path}")
async def preflight(deps: Given, customer_id: str, origin: Annotated[str, Header()] = "") -> Response:
    """Whether the page may ask."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={**_cors(deps, origin), **_METHODS})


def _cors(deps: Deps, origin: str) -> dict[str, str]:
    """Only pages of the product read the answer in a browser; the token decides whose it is."""
    if not origin or origin.rstrip("/") != deps.product_origin:
        return {"vary": "origin"}
    return {"access-control-allow-origin": origin, "vary": "origin", "cross-origin-resource-policy": "cross-origin"}
