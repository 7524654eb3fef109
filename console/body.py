"""Reading a request's body without trusting what it says of its size."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from models.errors import BadInput

_PATIENCE = 30.0  # seconds for the whole body


class TooLarge(Exception):
    """The body has more bytes than allowed."""


async def read_body(request: Request, *, most: int) -> bytes:
    """The raw bytes.

    Raises:
        TooLarge: by what it announces or by what came; what is left is not read.
        BadInput: the length announced is no number, or the body did not arrive whole and in time.
    """
    announced = request.headers.get("content-length")
    if announced is not None:
        if not (announced.isascii() and announced.isdigit()):
            raise BadInput("is not a number", field="content-length")
        if len(announced) > 12 or int(announced) > most:
            raise TooLarge
    taken = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for part in request.stream():
                taken += part
                if len(taken) > most:
                    raise TooLarge
    except (ClientDisconnect, TimeoutError):
        raise BadInput("did not arrive whole and in time", field="body") from None
    return bytes(taken)
