"""One outbound webhook, stored before it is posted, posted until the receiver takes it (section 14.3 of the domain)."""

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from activities.outbound import OutboundActivities
from models.enums import WaitingFor
from models.ids import webhook_id
from models.play import DeliveryInput
from workflows import policies
from workflows.attributes import delivery_attributes


@workflow.defn
class WebhookDelivery:
    """``webhook:<customer>:<delivery>``: a process of its own, so that a receiver that is down delays nothing else."""

    @workflow.run
    async def run(self, asked: DeliveryInput) -> str:
        """Post it; the activity records how it went."""
        workflow.set_current_details(f"Posts `{asked.workflow}`, outbox row {asked.delivery_id}")
        return await workflow.execute_activity_method(
            OutboundActivities.deliver, asked, summary=f"Post {asked.workflow}", **policies.DELIVERY
        )


async def start_delivery(asked: DeliveryInput) -> None:
    """Start it from another workflow; a second start of the same delivery is the same delivery."""
    try:
        await workflow.start_child_workflow(
            WebhookDelivery.run,
            asked,
            id=webhook_id(asked.customer, asked.delivery_id),
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            parent_close_policy=ParentClosePolicy.ABANDON,
            search_attributes=delivery_attributes(asked.customer, WaitingFor.VENDOR),
            static_summary=f"Webhook {asked.workflow} for customer {asked.customer}",
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.info("webhook delivery %s already started", asked.delivery_id)
