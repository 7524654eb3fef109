"""The processes of an erased customer end, and their histories are deleted; another's go on."""

from contextlib import suppress

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from intake.stopping import stop_and_forget
from models.events import Event, EventCustomer, EventType
from models.ids import lifecycle_id, new_id
from tests.harness import Company
from tests.workflows.life import eventually


async def test_processes_stop_and_histories_go(dev_company: Company) -> None:
    here = dev_company
    ana, bea = new_id("c"), new_id("c")
    now = await here.now()
    async with here.worker():
        for customer in (ana, bea):
            said = EventCustomer(id=customer, plan="starter", email=f"{customer}@sol.example")
            await here.tell(
                Event(event_id=customer, type=EventType.SUBSCRIPTION_CREATED, occurred_at=now, customer=said), now
            )

        async def running() -> bool:
            async with here.store.read() as tx:
                runs = [await tx.runs.of(customer) for customer in (ana, bea)]
            found = [one async for one in here.client.list_workflows(f"CustomerId = '{ana}'")]
            return all(runs) and len(found) >= 2

        await eventually(running)
        async with here.store.read() as tx:
            known = [run.workflow_id for run in await tx.runs.of(ana)]
        assert await stop_and_forget(here.client, ana, known) >= 2

        # The server deletes a history in its own time; until then it is closed, and asking again does no harm.
        handles = [here.client.get_workflow_handle(workflow_id) for workflow_id in (lifecycle_id(ana), *known)]
        for handle in handles:
            with suppress(RPCError):
                assert (await handle.describe()).status is WorkflowExecutionStatus.TERMINATED
        await stop_and_forget(here.client, ana, known)
        other = await here.client.get_workflow_handle(lifecycle_id(bea)).describe()
        assert other.status is WorkflowExecutionStatus.RUNNING
