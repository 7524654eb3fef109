"""``starter.py dev``: everything on one machine."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from models.errors import BadInput
from settings import load
from stack.dev import run_dev


def dev(
    sample: Annotated[bool, typer.Option("--sample", help="Feed a few sample signups.")] = False,
    at: Annotated[str | None, typer.Option(help="The clock's beginning, RFC 3339 with a zone.")] = None,
    day: Annotated[str | None, typer.Option(help="How long a calendar day takes, such as 2s.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as one JSON line once ready.")] = False,
) -> None:
    """Temporal, database, mail catcher, worker and console; until Ctrl-C."""
    raise typer.Exit(asyncio.run(run_dev(load(), sample=sample, at=_moment(at), day=day, as_json=as_json)))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a moment such as 2024-12-31T12:00:00Z", field="--at", value=text) from None
    if moment.tzinfo is None:
        raise BadInput("a moment needs its zone, such as 2024-12-31T12:00:00Z", field="--at", value=text)
    return moment
