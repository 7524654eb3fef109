"""``python -m tests.replay.record_pulls``: the histories of a source read page by page, and of the books compared."""

import asyncio
import re
import tempfile
from pathlib import Path

import httpx
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.connected import Connected
from composition import pulling
from integrations.stripe import Stripe
from integrations.zendesk import Zendesk
from models.clock import REAL
from models.outside import System
from models.pull import PullInput, Source, pull_queue
from persistence import migrate
from settings import load
from stack import temporal_cli
from tests.harness import company
from tests.integrations.vendor_double import Reply, double
from workflows.pull import SourcePull

HISTORIES = Path(__file__).parent / "histories"
_HOST = re.compile(r"\d+@[\w.-]+")
"""Process and host, as the SDK names a worker and its sticky queue."""


def _ticket(number: int) -> dict[str, object]:
    at = "2026-05-04T10:00:00Z"
    return {"id": number, "status": "open", "created_at": at, "updated_at": at, "organization_id": 900}


async def main() -> None:
    """Two pages of tickets and the end; no subscriptions and no invoices."""
    desk_says = [Reply(body={"tickets": [_ticket(n)], "after_cursor": f"c{n}"}) for n in (1, 2)]
    end = Reply(body={"tickets": [], "after_cursor": "c2"})
    empty = Reply(body={"data": [], "has_more": False})
    binary = temporal_cli.find(load())
    assert binary is not None, "`make test` prepares the Temporal server"
    async with (
        await WorkflowEnvironment.start_local(
            dev_server_existing_path=str(binary), data_converter=pydantic_data_converter
        ) as env,
        double(*desk_says, end) as desk,
        double(empty) as billing,
        httpx.AsyncClient() as http,
    ):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{folder}/steadfast.db"
            migrate.upgrade(url)
            connected = Connected(
                tickets=(
                    System.ZENDESK,
                    Zendesk(http, subdomain="x", email="e@x.example", token="token-1", base=desk.base),
                ),
                billing=(System.STRIPE, Stripe(http, key="rk_test_1", base=billing.base)),
            )
            async with (
                company(env.client, url, Path(folder)) as here,
                pulling.build_worker(env.client, here.store, connected, here.settings, REAL),
            ):
                for source in (Source.ZENDESK, Source.STRIPE_BOOKS):
                    handle = await env.client.start_workflow(
                        SourcePull.run,
                        PullInput(source=source),
                        id=f"pull:{source}",
                        task_queue=pull_queue(here.settings.task_queue),
                    )
                    await handle.result()
                    text = _HOST.sub("worker", (await handle.fetch_history()).to_json())
                    (HISTORIES / f"pull_{source}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
