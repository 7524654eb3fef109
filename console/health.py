"""``GET /health``: the process answers. ``GET /ready``: database, Temporal and a worker are there too."""

import asyncio
import logging
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import JSONResponse

from console.deps import Check, Given
from intake.deliver import describe

_PATIENCE = 4.0  # seconds, less than what a prober usually waits

router = APIRouter()
_log = logging.getLogger("steadfast.console")


@router.get("/health")
async def health() -> dict[str, str]:
    """Alive."""
    return {"status": "alive"}


@router.get("/ready", response_class=JSONResponse)
async def ready(deps: Given) -> JSONResponse:
    """200 when every part is ready, else 503; each part says how it stands."""
    names = list(deps.checks)
    parts = await asyncio.gather(*(_part(name, deps.checks[name]) for name in names))
    fine = all(ok for ok, _ in parts)
    body = {
        "status": "ready" if fine else "not ready",
        "parts": {name: {"ready": ok, "detail": told} for name, (ok, told) in zip(names, parts, strict=True)},
    }
    return JSONResponse(body, status_code=HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE)


async def _part(name: str, check: Check) -> tuple[bool, str]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return True, await check()
    except TimeoutError:
        return False, f"no answer within {_PATIENCE:.0f} s"
    except Exception as error:  # whatever is wrong with a part is this page's answer
        _log.info("not ready", extra={"part": name, "error": describe(error)})
        return False, describe(error)
