"""What follows from an event of a customer: a stage, plays, webhooks; decided by the rules, written in one transaction.

Everything is found again by the occurrence's key, so asking twice gives the same answer and does nothing twice.
"""

from temporalio import activity

from activities.announce import announce_alerts
from activities.evaluate import Evaluator
from activities.executive import release
from activities.frame import customer_of
from activities.house import House
from activities.outbound import store_webhook
from activities.ports import Store, Transaction
from activities.stage_change import IMPORTED, held_back, stage_change
from activities.starting import Starting
from models.enums import DeliveryStatus
from models.lifecycle import STAGE_WORKFLOWS
from models.play import Decided, DecideInput, DeliveryInput
from models.records import Customer, Transition


class LifecycleActivities:
    """The lifecycle's one question."""

    def __init__(self, store: Store, house: House, starting: Starting, *, evaluator: Evaluator | None = None) -> None:
        """Rows, whom we act for, what starts plays; ``evaluator`` decides anew where an input changed."""
        self._evaluator = evaluator
        self._store = store
        self._house = house
        self._starting = starting

    @activity.defn
    async def decide(self, asked: DecideInput) -> Decided:
        """Decide on one occurrence."""
        async with self._store.begin() as tx:
            customer = await customer_of(tx, asked.customer)
            transition = await tx.lifecycles.by_cause(customer.id, asked.occurrence.key)
            if transition is None:
                transition = await self._transition(tx, customer, asked)
            customer = await customer_of(tx, asked.customer)
            started = await self._starting.of(tx, customer, transition, asked)
            deliveries = await self._announce(tx, customer, transition, asked)
            ended = [run.workflow_id for run in await tx.runs.of(customer.id) if run.ended is not None]
            return Decided(
                cause=asked.occurrence.key,
                stage=customer.stage,
                changed=transition is not None,
                reason=transition.reason if transition else "",
                plan=customer.plan.value if customer.plan else "",
                owner=customer.csm_id or "",
                plays=started.plays,
                deliveries=deliveries,
                stops=started.stops,
                ended=tuple(ended),
            )

    async def _transition(self, tx: Transaction, customer: Customer, asked: DecideInput) -> Transition | None:
        found = await stage_change(tx, customer, asked, self._evaluator)
        if found is None:
            return None
        verdict = found.verdict
        transition = Transition(
            customer=customer.id,
            from_stage=customer.stage,
            to_stage=verdict.to,
            at=asked.occurrence.at if asked.occurrence.kind == IMPORTED else asked.now,
            rule=verdict.rule,
            reason=verdict.reason,
            triggered_by=found.triggered_by,
            actor=found.actor,
            cause=asked.occurrence.key,
            facts=verdict.facts,
        )
        await tx.lifecycles.record(transition)
        return transition

    async def _announce(
        self, tx: Transaction, customer: Customer, transition: Transition | None, asked: DecideInput
    ) -> tuple[DeliveryInput, ...]:
        """Alerts, and the stage's outbound names; an import announces nothing to anyone."""
        deliveries = [
            *await announce_alerts(tx, self._house, customer, asked),
            *await release(tx, self._house, customer, asked),
        ]
        if transition is None or asked.occurrence.kind == IMPORTED:
            return tuple(deliveries)
        held = await held_back(tx, customer, transition)
        for name in STAGE_WORKFLOWS[transition.to_stage]:
            key = f"stage:{customer.id}:{asked.occurrence.key}:{name}"
            data = {"from_stage": transition.from_stage, "to_stage": transition.to_stage, "reason": transition.reason}
            stored = await store_webhook(
                tx, self._house, customer, name, key, asked.now, data, refused=held.get(name, "")
            )
            if stored.status is DeliveryStatus.PENDING:
                deliveries.append(
                    DeliveryInput(delivery_id=stored.id, customer=customer.id, workflow=name, clock=asked.clock)
                )
        return tuple(deliveries)
