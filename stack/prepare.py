"""Fetches or builds what the tests need besides Python packages: ``python -m stack.prepare [--require-all]``.

Without ``--require-all`` a missing server is one line, and the tests that need it skip.
"""

import asyncio
import sys
from collections.abc import Awaitable
from pathlib import Path

import settings
from models.errors import SteadfastError
from stack import stripe_mock, temporal_cli, test_server


async def _one(what: str, finding: Awaitable[Path]) -> bool:
    try:
        print(f"{what}: {await finding}")
    except SteadfastError as error:
        print(f"{what}: {error}", file=sys.stderr)
        return False
    return True


async def prepare(configured: settings.Settings, *, require_all: bool) -> int:
    """Make the servers ready; the exit code: 1 when one that is required is missing."""
    dev = await _one("Temporal dev server", temporal_cli.ensure(configured))
    skipping = await _one("Time-skipping test server", test_server.ensure(configured))
    billing = await _one("Stripe's mock server", stripe_mock.ensure(configured))
    if require_all and not (dev and skipping and billing):
        return 1
    if not (dev and skipping and billing):
        print("The tests that need it will skip; STEADFAST_REQUIRE_ALL=1 makes that an error.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(prepare(settings.load(), require_all="--require-all" in sys.argv[1:])))
    except SteadfastError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
