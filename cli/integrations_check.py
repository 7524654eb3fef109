"""``starter.py integrations check``: every configured system is tried with a harmless call."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

import httpx
import typer

import settings as house
import settings_integrations
from activities.connected import Checkable
from cli.output import print_json, print_table, say
from composition import mailing, vendors
from integrations.n8n import N8n, instances
from models.errors import Refused
from models.outside import Standing
from settings_integrations import IntegrationSettings

_N8N = {
    "cs_events": "N8N_CS_WEBHOOK_URL",
    "alerts": "N8N_ALERTS_WEBHOOK_URL",
    "expansion": "N8N_EXPANSION_WEBHOOK_URL",
}


def check(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """Try every configured system, the mail server and n8n too, with a harmless call. Exit 1 if one is not connected.

    Who is connected, as whom, with what missing, and what such a call cannot tell.
    """
    found, caught = asyncio.run(_check())
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    elif not found:
        say("No outside system is configured (docs/integrations.md).")
    else:
        rows = [
            (
                one.system,
                "connected" if one.connected else "NOT CONNECTED",
                one.account,
                "; ".join(one.missing) or ("" if one.connected else one.error),
                "; ".join(one.unchecked),
            )
            for one in found
        ]
        print_table("Integrations", ("system", "", "as", "missing", "not checked"), rows)
    if caught and not as_json:
        say("Mail reaches nobody: it goes to the embedded catcher until STEADFAST_SMTP_HOST names a server.")
    if not all(one.connected for one in found):
        raise Refused(f"not connected: {', '.join(one.system for one in found if not one.connected)}")


async def _check() -> tuple[list[Standing], bool]:
    """How we stand with each, and whether mail is only caught."""
    settings, given = house.load(), settings_integrations.load()
    caught = given.mail_by == "smtp" and settings.mail_is_caught
    async with vendors.client(given) as http:
        connected = vendors.connect(given, http)
        tried = [*_doors(settings, given, http), *(connected.checks[system] for system in connected.systems)]
        return list(await asyncio.gather(*(one.check() for one in tried))), caught


def _doors(settings: house.Settings, given: IntegrationSettings, http: httpx.AsyncClient) -> Iterator[Checkable]:
    """The mail server, unless mail goes another way or is only caught; each n8n that something is posted to."""
    if given.mail_by == "smtp" and not settings.mail_is_caught:
        yield mailing.smtp(settings)
    base = str(settings.n8n_base_url or "").rstrip("/")
    for where, targets in instances(settings.webhook_urls, base).items():
        yield N8n(http, base=where, targets=targets, setting=_N8N[targets[0]])
