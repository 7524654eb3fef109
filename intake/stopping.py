"""Ending a customer's processes for good, and taking their histories away: part of an erasure."""

from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from models.ids import lifecycle_id

REASON = "the customer is erased"
_PATIENCE = timedelta(seconds=10)


async def stop_and_forget(client: Client, customer: str, known: list[str]) -> int:
    """Terminate what runs for the customer and have every history of it deleted; how many executions there were.

    The server deletes in its own time: it first finishes what it has to write down of the end.

    ``known``: workflow ids from our rows: what began a moment ago is not found by search yet.
    """
    for workflow_id in (lifecycle_id(customer), *known):
        await _terminate(client, workflow_id)
    count = 0
    escaped = customer.replace("'", "''")
    async for found in client.list_workflows(f"CustomerId = '{escaped}'", rpc_timeout=_PATIENCE):
        if found.status is WorkflowExecutionStatus.RUNNING:
            await _terminate(client, found.id, found.run_id)
        await _forget(client, found.id, found.run_id)
        count += 1
    return count


async def _terminate(client: Client, workflow_id: str, run_id: str | None = None) -> None:
    try:
        await client.get_workflow_handle(workflow_id, run_id=run_id).terminate(reason=REASON, rpc_timeout=_PATIENCE)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def _forget(client: Client, workflow_id: str, run_id: str) -> None:
    try:
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            ),
            timeout=_PATIENCE,
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
