"""Fixtures of every room: servers of the run, a namespace or database per worker, and the time each folder took."""

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from settings import load
from stack import postgres, test_server
from tests import servers
from tests.databases import database, database_url, postgres_migrated, postgres_url, sqlite_migrated, sqlite_url, store
from tests.harness import Company, company
from workflows.attributes import SEARCH_ATTRIBUTES

__all__ = [
    "database",
    "database_url",
    "postgres_migrated",
    "postgres_url",
    "sqlite_migrated",
    "sqlite_url",
    "store",
]

_SPENT: dict[str, float] = defaultdict(float)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--database postgresql`` runs everything that needs one database on PostgreSQL."""
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="the database of the run")


def pytest_configure(config: pytest.Config) -> None:
    """The process that leads a run of several workers starts the servers."""
    if config.pluginmanager.hasplugin("xdist") and config.getoption("numprocesses", None):
        config.pluginmanager.register(servers.Leader(), "steadfast-servers")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Timings and chaos are left out unless ``-m`` asks for them by name; exact counts stay."""
    left_out = [mark for mark in ("bench", "chaos") if mark not in config.option.markexpr]
    heavy = [item for item in items if any(item.get_closest_marker(mark) for mark in left_out)]
    if heavy:
        config.hook.pytest_deselected(items=heavy)
        items[:] = [item for item in items if item not in heavy]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the time of each folder."""
    folder = "/".join(report.nodeid.split("::")[0].split("/")[:-1])
    _SPENT[folder] += report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the time went."""
    terminalreporter.section("seconds by folder", sep="-")
    for folder, seconds in sorted(_SPENT.items(), key=lambda item: -item[1]):
        terminalreporter.line(f"{seconds:8.1f}  {folder}")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the run's PostgreSQL."""
    told = servers.given(request.config, servers.POSTGRES)
    if told is not None:
        yield told
        return
    with postgres.throwaway() as url:
        yield url


@pytest.fixture(scope="session")
def temporal_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the run's Temporal dev server."""
    told = servers.given(request.config, servers.TEMPORAL)
    if told is not None:
        yield told
        return
    with servers.temporal() as address:
        yield address


@pytest.fixture(scope="session")
async def namespace(temporal_address: str) -> str:
    """A namespace of this worker, with the project's search attributes."""
    name = f"tests-{uuid.uuid4().hex[:8]}"
    client = await Client.connect(temporal_address)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name, workflow_execution_retention_period=Duration(seconds=int(timedelta(days=1).total_seconds()))
        )
    )
    await add_attributes(client, name)
    return name


@pytest.fixture(scope="session")
async def dev_client(temporal_address: str, namespace: str) -> Client:
    """A client of the dev server, in this worker's namespace."""
    return await Client.connect(temporal_address, namespace=namespace, data_converter=pydantic_data_converter)


@pytest.fixture(scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of this worker: its clock cannot be shared."""
    binary = test_server.find(load())
    assert binary is not None, "`make test` prepares the time-skipping server (python -m stack.prepare)"
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(binary), data_converter=pydantic_data_converter
    )
    await add_attributes(environment.client, environment.client.namespace)
    async with environment:
        yield environment


@pytest.fixture
def plain_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database of the kind this run is on: ``--database``."""
    kind = request.config.getoption("database")
    return str(request.getfixturevalue("postgres_url" if kind == "postgresql" else "sqlite_url"))


@pytest.fixture
async def skipping_company(skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    """A company whose days pass in milliseconds."""
    async with company(skipping.client, plain_url, tmp_path, clock=skipping.get_current_time) as made:
        yield made


@pytest.fixture
async def dev_company(dev_client: Client, plain_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    """A company on the real dev server."""
    async with company(dev_client, plain_url, tmp_path) as made:
        yield made


async def add_attributes(client: Client, namespace: str) -> None:
    """Register the project's search attributes."""
    kinds = dict.fromkeys(SEARCH_ATTRIBUTES, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=kinds)
        )
    except RPCError as error:
        if "already" not in str(error):
            raise
