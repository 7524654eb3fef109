"""``starter.py integrations status``: both directions at once: what waits to be told, and what comes in."""

import asyncio
from datetime import datetime
from typing import Annotated, NamedTuple

import typer

from cli.ages import age_of
from cli.context import open_context
from cli.output import print_json, print_table, say
from models.clock import utc_now
from models.identity import CaseStatus
from models.pull import Freshness
from models.vendor import VendorStatus as Became
from models.vendor_delivery import Waiting
from persistence.mail_waiting import mail_waiting

MOST = 10_000
"""Doubts counted."""


class Both(NamedTuple):
    """How the outside stands. ``refused`` and ``parked``: events by vendor that somebody has to look at; ``mails``: how
    many are written and not handed over, and since when.
    """

    waiting: list[Waiting]
    sources: list[Freshness]
    refused: dict[str, int]
    parked: dict[str, int]
    doubts: int
    mails: tuple[int, datetime | None]


def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Both ways: deliveries that wait, since when, whose circuit is open; sources, refused events, unknown accounts."""
    found = asyncio.run(_read())
    if as_json:
        print_json(
            {
                "mail": {"waiting": found.mails[0], "oldest": found.mails[1]},
                "deliveries": [one.model_dump(mode="json") for one in found.waiting],
                "sources": [one.model_dump(mode="json", exclude={"cursor"}) for one in found.sources],
                "refused_events": found.refused,
                "parked_events": found.parked,
                "open_identity_cases": found.doubts,
            }
        )
        return
    if found.mails[0]:
        say(f"{found.mails[0]} mails wait to be handed over, the first since {found.mails[1]:%Y-%m-%d %H:%M} UTC.")
    _outbound(found.waiting)
    _inbound(found)


def _outbound(waiting: list[Waiting]) -> None:
    if not waiting:
        say("Nothing waits for any outside system.")
        return
    rows = [
        (
            one.system,
            one.waiting,
            None if one.oldest is None else f"{one.oldest:%Y-%m-%d %H:%M}",
            one.steps,
            None if one.steps_since is None else f"{one.steps_since:%Y-%m-%d %H:%M}",
            one.failed,
            one.unknown,
            _stands(one),
            one.circuit.reason,
        )
        for one in waiting
    ]
    columns = ("system", "waiting", "oldest", "plays", "since", "failed", "unknown", "circuit", "because")
    print_table("Deliveries to outside systems, and plays that wait for one", columns, rows)


def _inbound(found: Both) -> None:
    now = utc_now()
    if found.sources:
        rows = [
            (one.source, age_of(one.covered_until, now), one.error[:120] if one.failed_at is not None else "")
            for one in found.sources
        ]
        print_table("Sources that are read (sources status)", ("source", "age", "last failure"), rows)
    vendors = sorted({*found.refused, *found.parked})
    if vendors:
        events = [(one, found.refused.get(one, 0), found.parked.get(one, 0)) for one in vendors]
        print_table("Events to look at (sources events)", ("vendor", "refused", "of an unknown account"), events)
    if found.doubts:
        say(f"{found.doubts} accounts wait for somebody to say whose they are: starter.py identity list")
    if not (vendors or found.doubts or any(one.failed_at for one in found.sources)):
        say("Everything that came in was understood.")


async def _read() -> Both:
    async with open_context() as context, context.store.read() as tx:
        counts = await tx.vendor_events.counts()
        return Both(
            waiting=await tx.vendor_outbox.waiting(),
            sources=await tx.pulls.all(),
            refused={vendor: count for (vendor, kind), count in sorted(counts.items()) if kind == Became.REFUSED},
            parked={vendor: count for (vendor, kind), count in sorted(counts.items()) if kind == Became.PARKED},
            doubts=len(await tx.identities.cases(CaseStatus.OPEN, limit=MOST)),
            mails=await mail_waiting(tx.connection),
        )


def _stands(one: Waiting) -> str:
    if one.circuit.retry_at is None:
        return "closed"
    word = "open" if one.circuit.state == "open" else "waits"
    return f"{word} until {one.circuit.retry_at:%Y-%m-%d %H:%M} UTC"
