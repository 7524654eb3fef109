"""What an operator sees on the real dev server: typed search, summaries, details in Markdown, where a run stands."""

import asyncio
import base64
import os
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from temporalio.api.enums.v1 import EventType as Kind
from temporalio.client import Client, WorkflowHandle

from codec import ENCODING, data_converter
from models.enums import RunStatus
from models.events import Event, EventType
from models.ids import lifecycle_id, new_id, onboarding_id, sequence_id
from models.play import OutcomeRequest
from persistence.keys import CustomerKeyStore
from settings import Settings
from tests.harness import SECRET, Company, company, hire
from tests.workflows.life import MARTA, end, eventually, somebody
from tests.workflows.plays import playbook, save_play, start
from workflows.attributes import CUSTOMER_ID, OWNER, PLAN, PLAYBOOK, PLAYBOOK_VERSION, STAGE, WAITING_FOR
from workflows.play import Play


async def _subscribed(here: Company) -> str:
    said = somebody()
    now = await here.now()
    event = Event(event_id=new_id("e"), type=EventType.SUBSCRIPTION_CREATED, occurred_at=now, customer=said)
    await here.tell(event, now)
    return said.id


async def _ids(client: Client, query: str) -> set[str]:
    return {found.id async for found in client.list_workflows(query)}


async def _details(handle: WorkflowHandle[Any, Any]) -> str:
    metadata = await handle.query("__temporal_workflow_metadata")
    return str(metadata["currentDetails"] if isinstance(metadata, dict) else metadata.current_details)


async def test_a_customer_is_found_by_every_search_attribute_and_read_in_plain_words(dev_company: Company) -> None:
    here = dev_company
    await hire(here.store, MARTA)
    async with here.worker():
        customer = await _subscribed(here)
        lifecycle, onboarding = lifecycle_id(customer), onboarding_id(customer, 1)
        welcome = sequence_id(customer, "onboarding.welcome_sequence", 1)
        mine = f'{CUSTOMER_ID.name} = "{customer}"'

        async def welcomed() -> bool:
            return await _ids(here.client, f'{mine} and {OWNER.name} = "csm-marta"') >= {welcome}

        await eventually(welcomed)
        found = {
            f"{mine}": {lifecycle, onboarding, welcome},
            f'{mine} and {STAGE.name} = "onboarding"': {lifecycle},
            f'{mine} and {PLAN.name} = "starter"': {lifecycle, onboarding, welcome},
            f'{mine} and {PLAYBOOK.name} = "self-serve-v1"': {onboarding},
            f'{mine} and {PLAYBOOK_VERSION.name} starts_with "1-"': {onboarding, welcome},
            f'{mine} and {WAITING_FOR.name} = "customer"': {lifecycle, onboarding},
            f'{mine} and {WAITING_FOR.name} = "timer"': {welcome},
            f"{mine} and WorkflowType = 'CustomerLifecycle'": {lifecycle},
        }
        for query, expected in found.items():

            async def listed(query: str = query, expected: set[str] = expected) -> bool:
                return await _ids(here.client, query) == expected

            await eventually(listed)
        handles = {name: here.client.get_workflow_handle(name) for name in (lifecycle, onboarding, welcome)}
        summaries = {name: await (await handle.describe()).static_summary() for name, handle in handles.items()}
        assert summaries == {
            lifecycle: f"Lifecycle of customer {customer}",
            onboarding: f"Self-Serve Quick Start v1 for customer {customer}",
            welcome: f"Welcome, self-serve v1 for customer {customer}",
        }
        details = await _details(handles[welcome])
        assert details.startswith("Waits for **timer** until **")
        assert "- ✓ Send the welcome mail:" in details
        assert "- ○ Draft a success plan:" in details
        assert "Stage **onboarding**" in await _details(handles[lifecycle])
        assert f"- `{onboarding}`" in await _details(handles[lifecycle])
        assert "the customer's step welcome (0 % done)" in await _details(handles[onboarding])
        said = await _said_in(handles[welcome])
        assert said[Kind.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED] == ["Send the welcome mail", "Assign a manager"]
        assert said[Kind.EVENT_TYPE_TIMER_STARTED] == ["Draft a success plan"]
        for text in (*map(str, summaries.values()), details, *map(str, said.values())):
            assert "ana@" not in text
            assert "Panadería" not in text
    await end(here.client, [lifecycle, onboarding, welcome])


async def _said_in(handle: WorkflowHandle[Any, Any]) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for event in (await handle.fetch_history()).events:
        if event.user_metadata.summary.data:
            text = event.user_metadata.summary.data.decode().strip('"')
            said.setdefault(event.event_type, []).append(text)
    return said


async def test_a_play_that_waits_for_a_person_is_listed_so_until_the_person_answers(dev_company: Company) -> None:
    here = dev_company
    async with here.worker():
        handle = await start(here, save_play())
        mine = f'WorkflowId = "{handle.id}"'

        async def asked() -> bool:
            return await _ids(here.client, f'{mine} and {WAITING_FOR.name} = "person"') == {handle.id}

        await eventually(asked)
        assert "ask: saved, lost, onboarding_step_completed" in await _details(handle)
        await handle.execute_update(Play.answer, OutcomeRequest(outcome="lost", by="marta"))
        assert await handle.result() == RunStatus.COMPLETED
        assert (await _details(handle)).startswith("Ended: **completed** (every step settled)")


async def test_with_a_payload_key_a_run_works_and_says_nothing_in_its_history(
    dev_client: Client, plain_url: str, tmp_path: Path
) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    async with company(dev_client, plain_url, tmp_path) as here:
        settings = Settings(home=tmp_path, events_secret=SecretStr(SECRET), payload_key=SecretStr(key))
        converter = data_converter(settings, CustomerKeyStore(here.store.database))
        config = dev_client.config()
        config["data_converter"] = converter
        here.client = Client(**config)
        say = {"id": "say", "kind": "act", "title": "Tell the manager", "do": "notify_csm", "with": {"message": "psst"}}
        async with here.worker():
            handle = await start(here, playbook({**say, "delay": "1 second"}))
            assert await asyncio.wait_for(handle.result(), 20) == RunStatus.COMPLETED
        plain = dev_client.get_workflow_handle(handle.id)
        events = (await plain.fetch_history()).events
        written = b"".join(event.SerializeToString() for event in events)
    assert ENCODING in written
    assert b"psst" not in written
    assert b"Tell the manager" not in written
