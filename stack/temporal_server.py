"""The Temporal side of the stack: whose server is used, how ours is started, and when it is ready."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfigProfile
from temporalio.service import RPCError

from models.errors import Misconfigured, OutsideError

NAMESPACE = "default"
_TYPES: dict[str, IndexedValueType.ValueType] = {
    "Text": IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Double": IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


def users_profile() -> ClientConfigProfile | None:
    """The server that the user named by ``TEMPORAL_ADDRESS`` or Temporal's own profile; None when they named none.

    Raises:
        Misconfigured: the profile cannot be read.
    """
    try:
        profile = ClientConfigProfile.load()
    except RuntimeError as error:
        raise Misconfigured(str(error), field="TEMPORAL_PROFILE") from None
    return profile if profile.address else None


async def connect(profile: ClientConfigProfile | None, embedded: str | None) -> Client:
    """A client of the server in force, for readiness only.

    Raises:
        OutsideError: it cannot be reached.
    """
    try:
        if embedded is not None:
            return await Client.connect(embedded, namespace=NAMESPACE)
        assert profile is not None
        return await Client.connect(**profile.to_client_connect_config())
    except RuntimeError as error:
        where = embedded or f"TEMPORAL_ADDRESS = {profile.address if profile else None}"
        said = str(error).removeprefix("Failed client connect: ")
        raise OutsideError(f"{where}: Temporal does not answer ({said[:160]})") from None


def command(
    cli: Path, home: Path, port: int, ui_port: int, attributes: Mapping[str, str], codec: str | None = None
) -> tuple[str, ...]:
    """The dev server, with its state in a file of the home, on this machine's own address only.

    ``codec``: the address at which its UI has encrypted payloads decoded.
    """
    decoded = ("--ui-codec-endpoint", codec) if codec is not None else ()
    registered = [part for name, kind in attributes.items() for part in ("--search-attribute", f"{name}={kind}")]
    return (
        *(str(cli), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--ui-port", str(ui_port)),
        *("--db-filename", str(home / "temporal.db"), "--namespace", NAMESPACE),
        *("--log-level", "warn", "--color", "never", *registered, *decoded),
    )


def search_attributes() -> dict[str, str]:
    """The attributes that the workflows set, by name, with their types."""
    found: dict[str, str] = import_module("workflows.attributes").SEARCH_ATTRIBUTES
    return found


async def serving(address: str) -> bool:
    """Whether our server answers and has its namespace."""
    try:
        client = await Client.connect(address, namespace=NAMESPACE)
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
    except (RPCError, RuntimeError):
        return False
    return True


async def register(client: Client, attributes: Mapping[str, str]) -> None:
    """Add what is missing: on a database that exists already the server ignores the attributes it is started with.

    Raises:
        OutsideError: an attribute is there with another type, or no room is left for one.
    """
    service = client.operator_service
    known = (await service.list_search_attributes(ListSearchAttributesRequest(namespace=NAMESPACE))).custom_attributes
    for name, kind in attributes.items():
        if name in known and known[name] != _TYPES[kind]:
            raise OutsideError(
                f"Temporal holds search attribute {name} with another type than {kind}; use another home"
            )
    missing = {name: _TYPES[kind] for name, kind in attributes.items() if name not in known}
    if missing:
        try:
            await service.add_search_attributes(
                AddSearchAttributesRequest(namespace=NAMESPACE, search_attributes=missing)
            )
        except RPCError as error:
            raise OutsideError(f"Temporal refused the search attributes {sorted(missing)}: {error.message}") from None


async def worker_polls(client: Client, task_queue: str, since: datetime) -> bool:
    """Whether a worker has asked for workflow tasks since that real moment."""
    try:
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=task_queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
    except RPCError:
        return False
    return any(poller.last_access_time.ToDatetime(tzinfo=UTC) >= since for poller in answer.pollers)


def clean_environment() -> dict[str, str]:
    """Ours without Temporal's own names, which the binary reads as well."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
