"""Companies of this room: one whose webhooks have a receiver."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.harness import SECRET, Company, company
from tests.workflows.receiver import Receiver, receiver


@pytest.fixture
async def hooks() -> AsyncIterator[Receiver]:
    """The receiver of the company's webhooks."""
    async with receiver(SECRET) as made:
        yield made


@pytest.fixture
async def hooked_company(
    skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path, hooks: Receiver
) -> AsyncIterator[Company]:
    """A company whose days pass in milliseconds and whose webhooks go to ``hooks``."""
    clock = skipping.get_current_time
    async with company(
        skipping.client, plain_url, tmp_path, clock=clock, n8n_cs_webhook_url=hooks.url, weekly_cap=6
    ) as made:
        yield made
