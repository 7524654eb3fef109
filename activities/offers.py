"""The verbs of growing and of keeping: opportunities in the CRM, proposals and offers drafted for approval (14.2).

A draft reaches nobody outside: a named person approves it first (W9, G20), and it is made of approved texts only.
"""

from collections.abc import Mapping

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.outbound import EXPANSION, store_webhook
from activities.ports import Store, Transaction
from activities.ports_deals import ApprovedList
from models.actions_business import PrepareSaveOffer
from models.deals import Deal, DealKind, Draft, DraftKind
from models.enums import DeliveryStatus
from models.expansion import Opportunity, OpportunityStatus
from models.play import StepInput
from models.records import Customer
from models.run import StepResult
from rules import opportunities


class OfferActivities:
    """One method per verb."""

    def __init__(self, store: Store, house: House, approved: ApprovedList) -> None:
        """Collaborators: rows, whom we act for, what may be offered."""
        self._house = house
        self._approved = approved
        self._frame = Frame(store)

    @activity.defn
    async def create_expansion_opp(self, step: StepInput) -> StepResult:
        """The stored opportunity as a deal, and told to the expansion webhook (W5)."""
        return await self._frame.run(step, self._open)

    @activity.defn
    async def prepare_proposal(self, step: StepInput) -> StepResult:
        """A draft for the manager, with what the opportunity says and the plans above the present one."""
        return await self._frame.run(step, self._propose)

    @activity.defn
    async def prepare_save_offer(self, step: StepInput) -> StepResult:
        """A draft of the offers of the list that suit the customer's plan; none suits: nothing is drafted."""
        return await self._frame.run(step, self._offer)

    async def _open(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        found = await _opportunity(tx, step, customer)
        if found is None:
            return skipped("the opportunity is no longer open")
        deal = Deal(
            key=step.key,
            customer=customer.id,
            kind=DealKind.EXPANSION,
            subject=opportunities.key(found),
            product=found.product,
            amount=found.estimated_value,
            currency=found.currency,
            workflow_id=step.workflow_id,
            opened_at=step.now,
            updated_at=step.now,
        )
        if not await tx.deals.open(deal):
            return skipped("the opportunity is in the CRM already")
        value = None if found.estimated_value is None else str(found.estimated_value)
        data = {"type": found.type.value, "product": found.product, "timing": found.timing.value, "value": value}
        stored = await store_webhook(
            tx, self._house, customer, "expansion_opportunity", step.key, step.now, data, target=EXPANSION
        )
        if stored.status is DeliveryStatus.SKIPPED:
            return done(f"{found.type.value} opened; expansion webhook: {stored.response}")
        return done(f"{found.type.value} opened").model_copy(update={"deliveries": (stored.id,)})

    async def _propose(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        found = await _opportunity(tx, step, customer)
        if found is None:
            return skipped("the opportunity is no longer open")
        options = [one.model_dump(mode="json") for one in self._approved.above(customer.plan)]
        content = {
            "opportunity": found.model_dump(mode="json", exclude={"customer", "updated_at", "closed_at"}),
            "options": options,
        }
        return await _draft(tx, step, customer, DraftKind.PROPOSAL, opportunities.key(found), content)

    async def _offer(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = PrepareSaveOffer.model_validate(step.params, extra="ignore")
        returning = asked.offers == "return_offers"
        listed = self._approved.return_offers if returning else self._approved.save_offers
        suitable = [one.model_dump(mode="json") for one in listed if one.suits(customer.plan)]
        if not suitable:
            return skipped(f"none of the approved {asked.offers} suits the plan")
        kind = DraftKind.RETURN_OFFER if returning else DraftKind.SAVE_OFFER
        return await _draft(tx, step, customer, kind, step.workflow_id, {"offers": suitable})


async def _draft(
    tx: Transaction, step: StepInput, customer: Customer, kind: DraftKind, subject: str, content: Mapping[str, object]
) -> StepResult:
    draft = Draft.model_validate(
        {
            "key": step.key,
            "customer": customer.id,
            "kind": kind,
            "subject": subject,
            "content": dict(content),
            "workflow_id": step.workflow_id,
            "at": step.now,
        }
    )
    if not await tx.drafts.add(draft):
        return skipped("drafted already")
    return done("drafted; it waits for approval")


async def _opportunity(tx: Transaction, step: StepInput, customer: Customer) -> Opportunity | None:
    """The open one that the run is about; where the run does not say which, the newest."""
    wanted = step.values.get("expansion_type")
    open_ones = [one for one in await tx.opportunities.of(customer.id) if one.status is OpportunityStatus.OPEN]
    fitting = [one for one in open_ones if wanted is None or one.type.value == wanted]
    return fitting[-1] if fitting else None
