"""When a child is ready: it answers as its users will ask it."""

import asyncio
from contextlib import suppress

import httpx


async def http_ok(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


async def smtp_greets(host: str, port: int) -> bool:
    """Whether a mail server greets with 220."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                return (await reader.readline()).startswith(b"220")
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
