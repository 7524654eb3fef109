"""Finds Stripe's own mock server, which judges our calls by Stripe's API description: on the PATH, cached, or built."""

import os
import shutil
from pathlib import Path

from models.errors import Misconfigured, OutsideError
from settings import Settings
from stack import cache

VERSION = "0.203.0"
_MODULE = f"github.com/stripe/stripe-mock@v{VERSION}"


def find(settings: Settings) -> Path | None:
    """A binary that is there already; None where there is none."""
    if found := shutil.which("stripe-mock"):
        return Path(found)
    cached = _folder(settings) / "stripe-mock"
    return cached if cached.exists() else None


async def ensure(settings: Settings) -> Path:
    """A binary, built with Go if need be (some seconds, once).

    Raises:
        Misconfigured: there is none and no Go to build it with.
    """
    if found := find(settings):
        return found
    if not shutil.which("go"):
        raise Misconfigured(f"no stripe-mock; put it on the PATH, or install Go, with which it is built ({_MODULE})")
    try:
        return await cache.build_once(_folder(settings), "stripe-mock", _install)
    except OutsideError as error:
        raise Misconfigured(f"no stripe-mock: {error}") from None


async def _install(folder: Path) -> None:
    await cache.run(
        f"Building stripe-mock {VERSION} with Go (once)",
        *("go", "install", _MODULE),
        environment={**os.environ, "GOBIN": str(folder)},
        directory=folder,
    )


def _folder(settings: Settings) -> Path:
    return settings.cache_home / f"stripe-mock-{VERSION}"
