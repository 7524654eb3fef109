"""``GET /api/in-app/{customer}``: the feed that the product polls and shows to its user.

The product's backend proves itself with ``Authorization: Bearer`` and the events secret: it holds it already, for
signing what it posts, and a request without a body has nothing worth signing.
"""

import hmac
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import JSONResponse

from console.answers import answer
from console.deps import Given
from models.errors import BadInput
from models.ids import check_customer_id

router = APIRouter()


@router.get("/api/in-app/{customer_id:path}", response_class=JSONResponse)
async def feed(
    deps: Given,
    customer_id: str,
    authorization: Annotated[str, Header()] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> JSONResponse:
    """The newest notices, oldest first; ``shown_at`` is when each was first handed out."""
    if deps.secret is None:
        return answer(HTTPStatus.NOT_FOUND, "not_found", "no events secret is configured")
    scheme, _, token = authorization.partition(" ")
    expected = deps.secret.get_secret_value().encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode("utf-8", "replace"), expected):
        return answer(HTTPStatus.UNAUTHORIZED, "unauthorized", "expected Authorization: Bearer and the events secret")
    try:
        check_customer_id(customer_id)
    except ValueError as error:
        raise BadInput(str(error), field="customer_id") from None
    notices = await deps.feed.take(customer_id, at=deps.now(), limit=limit)
    return JSONResponse({"notices": [one.model_dump(mode="json") for one in notices]})
