"""What a command wrote to the inbox is delivered at once where Temporal answers; else the worker does it later."""

from datetime import timedelta

from cli.context import Context
from intake.deliver import Deliverer
from models.clock import utc_now
from models.errors import OutsideError


async def deliver_now(context: Context) -> int | None:
    """Rows delivered, of any source; None: Temporal does not answer, the worker will deliver them."""
    try:
        client = await context.temporal()
    except OutsideError:
        return None
    settings = context.settings
    deliverer = Deliverer(
        context.store,
        client,
        context.clock,
        currency=settings.currency,
        task_queue=settings.task_queue,
        wall=utc_now,
    )
    return await deliverer.sweep(grace=timedelta(0))
