"""``GET /metrics`` for Prometheus."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from console.deps import Given

router = APIRouter()


@router.get("/metrics")
async def metrics(deps: Given) -> Response:
    """The figures of this process, and how many events wait in the inbox."""
    return Response(deps.counters.expose(undelivered=await deps.undelivered()), media_type=CONTENT_TYPE_LATEST)
