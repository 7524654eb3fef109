"""``POST /codec/decode`` for Temporal UI, where payloads are encrypted; only then is it there.

Decoding shows personal data, so a browser may ask from the UI's own origin only. Encoding is not offered: nobody
types payloads into the UI for customers of ours.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.answers import answer
from console.body import TooLarge, read_body
from console.deps import Deps, Given

_MOST = 8 * 1024 * 1024

router = APIRouter(prefix="/codec")


@router.options("/decode")
async def preflight(request: Request, deps: Given) -> Response:
    """What a browser asks before it asks."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_cors(request, deps))


@router.post("/decode")
async def decode(request: Request, deps: Given) -> Response:
    """Payloads in, the same readable out; a placeholder for what was erased."""
    if deps.decode is None:
        return answer(HTTPStatus.NOT_FOUND, "not_found", "payloads are not encrypted here")
    origin = request.headers.get("origin")
    if origin is None or origin not in deps.ui_origins:
        return answer(HTTPStatus.FORBIDDEN, "forbidden", "only Temporal UI may ask")
    try:
        body = await read_body(request, most=_MOST)
    except TooLarge:
        return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"at most {_MOST} bytes")
    return Response(await deps.decode(body), media_type="application/json", headers=_cors(request, deps))


def _cors(request: Request, deps: Deps) -> dict[str, str]:
    origin = request.headers.get("origin")
    if origin is None or origin not in deps.ui_origins:
        return {}
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": "content-type, x-namespace",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "origin",
    }
