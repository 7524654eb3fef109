"""Messages to the product's feed: written like a mail, and shown when somebody next looks."""

from collections.abc import Mapping

from activities.frame import done, skipped
from activities.house import House
from activities.message_values import MessageValues
from activities.ports import Renderer, Transaction
from activities.values_source import Asked
from models.enums import Channel
from models.errors import BadInput
from models.play import StepInput
from models.records import Csm, Customer, InAppNotice
from models.run import StepResult
from rules.segments import segment_of


class InApp:
    """The feed of a customer."""

    def __init__(self, house: House, renderer: Renderer, values: MessageValues) -> None:
        """Collaborators: whom we act for, the texts, what they may say."""
        self._house = house
        self._renderer = renderer
        self._values = values

    async def show(
        self,
        tx: Transaction,
        step: StepInput,
        customer: Customer,
        template: str,
        kind: str,
        extra: Mapping[str, object],
    ) -> StepResult:
        """Add a notification of that kind, once under the step's key."""
        language = self._house.language_of(customer)
        asked = Asked(customer, await manager_of(tx, customer), language, template, step.workflow_id, step.now)
        wanted = self._renderer.info(template, Channel.IN_APP).variable_names()
        values = {**await self._values.gather(tx, asked, wanted), **extra}
        segment = segment_of(customer.plan, customer.segment)
        try:
            text = self._renderer.render(template, Channel.IN_APP, language, segment, values)
        except BadInput as error:
            return skipped(f"cannot be written: {error}")
        notice = InAppNotice(
            key=step.key, customer=customer.id, type=kind, title=text.subject, message=text.text, at=step.now
        )
        await tx.work.add_in_app(notice)
        return done("shown in the product's feed")


async def manager_of(tx: Transaction, customer: Customer) -> Csm | None:
    """The customer's manager, or None."""
    return await tx.customers.csm(customer.csm_id) if customer.csm_id else None
