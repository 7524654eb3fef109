"""``starter.py deliveries``: what was posted to n8n, how each ended, posting one again (section 14.3 of the domain)."""

import asyncio
from typing import Annotated

import typer
from temporalio.common import WorkflowIDReusePolicy

from cli.context import open_context
from cli.output import print_json, print_table, say
from models.enums import DeliveryStatus
from models.errors import NotFound, Refused
from models.ids import webhook_id
from models.play import DeliveryInput
from models.records import WebhookDelivery
from workflows.delivery import WebhookDelivery as DeliveryWorkflow

app = typer.Typer(help="What was posted to n8n, how each ended, and posting one again.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command("list")
def list_(
    status: Annotated[DeliveryStatus | None, typer.Option(help="Only those that stand so.")] = None,
    customer: Annotated[str | None, typer.Option(help="Of this customer only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest deliveries: target, workflow name, status, tries, and what the receiver said."""
    found = asyncio.run(_list(status, customer, limit))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (one.id, one.target, one.workflow, one.customer, one.status, one.attempts, one.created_at, one.response[:120])
        for one in found
    ]
    names = ("number", "target", "workflow", "customer", "status", "tries", "stored", "answer")
    print_table("Deliveries", names, rows)


@app.command()
def retry(
    number: Annotated[int, typer.Argument(help="Number of the delivery, from `deliveries list`.")],
) -> None:
    """Post a failed or skipped delivery again, under the same id: the receiver can tell that it is the same one."""
    asyncio.run(_retry(number))
    say(f"delivery {number} is posted again")


async def _list(status: DeliveryStatus | None, customer: str | None, limit: int) -> list[WebhookDelivery]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.outbox.listed(status=status, customer=customer, limit=limit)


async def _retry(number: int) -> None:
    async with open_context() as context:
        client = await context.temporal()
        async with context.store.begin() as tx:
            delivery = await tx.outbox.get(number)
            if delivery is None:
                raise NotFound("no such delivery", field="NUMBER", value=number)
            if not await tx.outbox.again(number, context.now()):
                raise Refused(f"is {delivery.status}; only failed and skipped ones are posted again", field="NUMBER")
        await client.start_workflow(
            DeliveryWorkflow.run,
            DeliveryInput(
                delivery_id=number, customer=delivery.customer, workflow=delivery.workflow, clock=context.clock
            ),
            id=webhook_id(delivery.customer, number),
            task_queue=context.settings.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=f"Webhook {delivery.workflow} for customer {delivery.customer}, posted again",
        )
