"""One Temporal dev server and one PostgreSQL for a whole test run, started by the process that leads it.

Under xdist the controller starts them and tells every worker where they are; otherwise they start when first asked for.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from temporalio.testing import WorkflowEnvironment

from settings import load
from stack import postgres, temporal_cli
from workflows.attributes import SEARCH_ATTRIBUTES

TEMPORAL = "steadfast_temporal"
POSTGRES = "steadfast_postgres"


@contextmanager
def temporal(*extra: str) -> Iterator[str]:
    """The address of a dev server of this run; ``extra`` are arguments of its own."""
    binary = temporal_cli.find(load())
    if binary is None:
        raise RuntimeError("no Temporal server found; `make test` prepares one (python -m stack.prepare)")
    loop = asyncio.new_event_loop()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    attributes = [f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(
            port=port,
            dev_server_existing_path=str(binary),
            dev_server_log_level="never",
            dev_server_extra_args=[
                *(part for attribute in attributes for part in ("--search-attribute", attribute)),
                "--dynamic-config-value",
                "frontend.workerVersioningWorkflowAPIs=true",
                *extra,
            ],
        )
    )
    try:
        yield f"127.0.0.1:{port}"
    finally:
        loop.run_until_complete(environment.shutdown())
        loop.close()


class Leader:
    """The controller's plugin: starts both before the first worker, ends both after the last."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._stack = contextlib.ExitStack()
        self._given: dict[str, str] | None = None

    def pytest_configure_node(self, node: object) -> None:
        """Tell a worker."""
        if self._given is None:
            self._given = {
                TEMPORAL: self._stack.enter_context(temporal()),
                POSTGRES: self._stack.enter_context(postgres.throwaway()),
            }
        node.workerinput.update(self._given)  # type: ignore[attr-defined]  # xdist's WorkerController is untyped

    def pytest_unconfigure(self) -> None:
        """The run is over."""
        self._stack.close()


def given(config: pytest.Config, name: str) -> str | None:
    """What the leader told this worker; None when there is no leader."""
    told = getattr(config, "workerinput", {})
    value = told.get(name)
    return str(value) if value is not None else None
