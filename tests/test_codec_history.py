"""On the real dev server: nothing a customer's run says can be read from its history, except what must be."""

import base64
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import (
    RawValue,
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from codec import ERASED, data_converter
from payload_keys import DESTROYED
from settings import Settings, load
from stack import temporal_cli

MARKER = "marker-91c2-only-in-payloads"
CUSTOMER = SearchAttributeKey.for_keyword("CustomerId")
QUEUE = "codec-test"


class Table:
    """Wrapped keys as a database keeps them."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    async def get(self, customer: str) -> bytes | None:
        return self.rows.get(customer)

    async def create(self, customer: str, wrapped: bytes) -> bytes:
        return self.rows.setdefault(customer, wrapped)

    async def destroy(self, customer: str) -> None:
        self.rows[customer] = DESTROYED


@activity.defn
async def fail_once_then_echo(text: str) -> str:
    if activity.info().attempt == 1:
        raise ApplicationError(f"no luck with {text}", text, type="Retryable")
    return text


@workflow.defn(sandboxed=False)
class Echo:
    """Says its text by every door there is."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @workflow.run
    async def run(self, text: str) -> str:
        workflow.set_current_details(text)
        await workflow.wait_condition(lambda: bool(self.heard))
        await workflow.sleep(timedelta(milliseconds=1), summary=text)
        answer = await workflow.execute_activity(
            fail_once_then_echo,
            text,
            summary=text,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=3),
        )
        if answer != self.heard[0]:
            raise ApplicationError("the doors disagree")
        raise ApplicationError(f"done with {answer}", answer, non_retryable=True)

    @workflow.signal
    def hear(self, text: str) -> None:
        self.heard.append(text)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    binary = temporal_cli.find(load())
    if binary is None:
        if os.environ.get("STEADFAST_REQUIRE_ALL"):
            pytest.fail("no Temporal dev server; run make setup")
        pytest.skip("no Temporal dev server is built yet")
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(binary), search_attributes=[CUSTOMER]
    ) as environment:
        yield environment


def connected(server: WorkflowEnvironment, table: Table, home: Path, *, key: bool = True) -> Client:
    secret = SecretStr(base64.b64encode(bytes(range(32))).decode()) if key else None
    made = data_converter(Settings(home=home, payload_key=secret), table)
    config = server.client.config()
    config["data_converter"] = made
    return Client(**config)


async def begin(client: Client, workflow_id: str) -> None:
    await client.start_workflow(
        Echo.run,
        MARKER,
        id=workflow_id,
        task_queue=QUEUE,
        memo={"note": MARKER},
        static_summary=MARKER,
        search_attributes=TypedSearchAttributes([SearchAttributePair(CUSTOMER, "C-1")]),
    )


async def test_no_door_shows_the_text_and_ids_stay_readable(server: WorkflowEnvironment, tmp_path: Path) -> None:
    table = Table()
    client = connected(server, table, tmp_path)
    async with Worker(client, task_queue=QUEUE, workflows=[Echo], activities=[fail_once_then_echo]):
        await begin(client, "customer:C-1")
        handle = client.get_workflow_handle_for(Echo.run, "customer:C-1")
        await handle.signal(Echo.hear, MARKER)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
    assert MARKER in str(failed.value.cause), "our own client reads it"

    history = await handle.fetch_history()
    raw = b"".join(event.SerializeToString() for event in history.events)
    for shown in (MARKER.encode(), base64.b64encode(MARKER.encode())[:24]):
        assert shown not in raw
        assert shown.decode() not in history.to_json()
    description = (await handle.describe()).raw_description
    assert MARKER.encode() not in description.SerializeToString()
    assert "customer:C-1" in history.to_json()
    assert b"C-1" in history.events[0].workflow_execution_started_event_attributes.search_attributes.SerializeToString()
    assert set(table.rows) == {"C-1"}, "everything of the customer is under the customer's key"

    naked = connected(server, table, tmp_path, key=False)
    [stored] = history.events[0].workflow_execution_started_event_attributes.input.payloads
    [unread] = await naked.data_converter.decode([stored], [RawValue])
    assert MARKER.encode() not in unread.payload.data


async def test_a_run_begun_before_the_key_was_set_goes_on_under_it(server: WorkflowEnvironment, tmp_path: Path) -> None:
    table = Table()
    plain, keyed = connected(server, table, tmp_path, key=False), connected(server, table, tmp_path)
    assert plain.data_converter is pydantic_data_converter
    await begin(plain, "customer:C-2")
    async with Worker(keyed, task_queue=QUEUE, workflows=[Echo], activities=[fail_once_then_echo]):
        handle = keyed.get_workflow_handle_for(Echo.run, "customer:C-2")
        await handle.signal(Echo.hear, MARKER)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
    assert f"done with {MARKER}" in str(failed.value.cause)


async def test_a_run_of_an_erased_customer_ends_once_and_says_so(server: WorkflowEnvironment, tmp_path: Path) -> None:
    table = Table()
    await begin(connected(server, table, tmp_path), "customer:C-3")
    await table.destroy("C-3")
    client = connected(server, table, tmp_path)  # as after a restart: nothing cached
    async with Worker(client, task_queue=QUEUE, workflows=[Echo], activities=[fail_once_then_echo]):
        with pytest.raises(WorkflowFailureError) as failed:
            await client.get_workflow_handle_for(Echo.run, "customer:C-3").result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == ERASED
    assert table.rows["C-3"] == DESTROYED
