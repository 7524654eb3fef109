"""Errors as HTTP answers: one JSON shape, ``{"error", "reason"}`` and ``field`` where one field was wrong."""

from http import HTTPStatus

from fastapi import Request
from starlette.responses import JSONResponse

from models.errors import BadInput, Misconfigured, NotFound, Refused, Retryable, SteadfastError

_STATUS: tuple[tuple[type[SteadfastError], HTTPStatus, str], ...] = (
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY, "bad_input"),
    (NotFound, HTTPStatus.NOT_FOUND, "not_found"),
    (Refused, HTTPStatus.CONFLICT, "refused"),
    (Misconfigured, HTTPStatus.SERVICE_UNAVAILABLE, "misconfigured"),
    (Retryable, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
)


def answer(status: HTTPStatus, error: str, reason: str, field: str | None = None) -> JSONResponse:
    """The one shape."""
    body = {"error": error, "reason": reason} if field is None else {"error": error, "field": field, "reason": reason}
    headers = {"retry-after": "5"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return JSONResponse(body, status_code=status, headers=headers)


def answer_for(error: SteadfastError) -> JSONResponse:
    """What an error of ours means over HTTP (see ``models.errors``)."""
    for kind, status, name in _STATUS:
        if isinstance(error, kind):
            return answer(status, name, error.message if isinstance(error, BadInput) else str(error), error.field)
    return answer(HTTPStatus.BAD_GATEWAY, "outside", str(error))


async def on_error(_request: Request, error: Exception) -> JSONResponse:
    """The handler of the application."""
    assert isinstance(error, SteadfastError)
    return answer_for(error)
