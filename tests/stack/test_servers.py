"""The servers that the stack finds really serve: Temporal with its state in a file, months in a second, PostgreSQL."""

import asyncio
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import settings
from models.errors import BadInput, OutsideError
from stack import postgres, temporal_cli, temporal_server, test_server
from stack.ports import Wanted, resolve
from stack.processes import Child, Supervisor


@workflow.defn(sandboxed=False)  # its module starts servers, which the sandbox rightly refuses to load
class Month:
    """Sleeps for thirty days."""

    @workflow.run
    async def run(self) -> float:
        began = workflow.now()
        await workflow.sleep(timedelta(days=30))
        return (workflow.now() - began) / timedelta(days=1)


def found(path: Path | None, what: str) -> Path:
    if path is None:
        reason = f"no {what} is prepared; run `make test` or `python -m stack.prepare`"
        if os.environ.get("STEADFAST_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


async def test_thirty_days_pass_on_the_time_skipping_server() -> None:
    server = found(test_server.find(settings.load()), "time-skipping test server")
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(server), test_server_startup_timeout=timedelta(seconds=60)
    )
    async with environment, Worker(environment.client, task_queue="month", workflows=[Month]):
        days = await environment.client.execute_workflow(Month.run, id="month", task_queue="month")
    assert days == pytest.approx(30, abs=0.01)


async def test_the_dev_server_keeps_its_state_and_takes_attributes_added_later(tmp_path: Path) -> None:
    cli = found(temporal_cli.find(settings.load()), "Temporal dev server")
    port, ui_port = resolve([Wanted("a", 0), Wanted("b", 0)])
    address = f"127.0.0.1:{port}"

    async def ready() -> bool:
        return await temporal_server.serving(address)

    for attributes in ({"CustomerId": "Keyword"}, {"CustomerId": "Keyword", "Playbook": "Keyword", "Seats": "Int"}):
        async with Supervisor(tmp_path) as supervisor:
            command = temporal_server.command(cli, tmp_path, port, ui_port, attributes)
            await supervisor.start(Child("temporal", command, temporal_server.clean_environment(), ready))
            client = await temporal_server.connect(None, address)
            await temporal_server.register(client, attributes)
            assert await custom_attributes(client) >= set(attributes)
            if len(attributes) == 1:
                await client.start_workflow(Month.run, id="kept", task_queue="month")
            else:
                assert (await client.get_workflow_handle("kept").describe()).id == "kept"
                with pytest.raises(OutsideError, match="CustomerId with another type than Int"):
                    await temporal_server.register(client, {"CustomerId": "Int"})
                began = datetime.now(UTC)
                assert not await temporal_server.worker_polls(client, "month", began)
                async with Worker(client, task_queue="month", workflows=[Month]):
                    while not await temporal_server.worker_polls(client, "month", began):  # noqa: ASYNC110 (it gives no event)
                        await asyncio.sleep(0.05)


async def custom_attributes(client: Client) -> set[str]:
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    return set(listed.custom_attributes)


async def test_a_server_that_is_not_there_is_told_by_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    profile = temporal_server.users_profile()
    with pytest.raises(OutsideError, match=r"TEMPORAL_ADDRESS = 127\.0\.0\.1:1: Temporal does not answer"):
        await temporal_server.connect(profile, None)


def test_a_database_is_made_used_and_dropped() -> None:
    with postgres.throwaway(os.environ.get("STEADFAST_TEST_POSTGRES_URL")) as server:
        assert server.startswith("postgresql+psycopg://")
        with postgres.database(server, "steadfast_stack_test") as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE t (name text)"))
                connection.execute(text("INSERT INTO t VALUES ('Lucía')"))
                assert connection.scalar(text("SELECT name FROM t")) == "Lucía"
            engine.dispose()
        gone = create_engine(url)
        with pytest.raises(OperationalError, match="does not exist"):
            gone.connect()
        gone.dispose()
        with pytest.raises(BadInput, match="lower-case letters"), postgres.database(server, 'x"; DROP'):
            pass


def test_what_a_killed_run_left_is_swept_and_what_a_live_run_uses_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "steadfast-pg-left"
    left.mkdir()
    (left / "alive").touch()
    with postgres.room() as first, postgres.room() as second:
        assert {path.name for path in tmp_path.iterdir()} == {first.name, second.name}
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_given_is_used_and_none_is_started() -> None:
    with postgres.throwaway("postgresql+psycopg://u@db.example/x") as url:
        assert url == "postgresql+psycopg://u@db.example/x"
