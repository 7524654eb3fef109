"""The application, from what it is given."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse
from starlette.staticfiles import StaticFiles

from console import (
    answer_link,
    approvals,
    codec_server,
    customers,
    events,
    feed,
    health,
    in_app,
    mailbox,
    metrics,
    people,
    survey,
    unsubscribe,
    webhooks,
)
from console.answers import answer_for, on_error
from console.deps import Deps
from console.guard import Guard
from console.pages import STATIC
from models.errors import BadInput, SteadfastError

_ROUTERS = (
    approvals,
    people,
    answer_link,
    events,
    feed,
    survey,
    webhooks,
    health,
    metrics,
    customers,
    in_app,
    mailbox,
    unsubscribe,
    codec_server,
)


def create_app(deps: Deps) -> FastAPI:
    """Every page and endpoint; nothing is opened or started here."""
    # Without the interactive documentation: its pages load scripts from elsewhere.
    app = FastAPI(title="Steadfast console", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.deps = deps
    for module in _ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(SteadfastError, on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(people.Unproved, people.on_unproved)
    app.add_middleware(Guard, hosts=deps.hosts)
    return app


async def _on_invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return answer_for(BadInput(str(first["msg"]), field=".".join(str(part) for part in first["loc"][1:]) or None))
