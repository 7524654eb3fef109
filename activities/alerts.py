"""Alerts of plays, with their evidence: to the customer's manager and the alerts webhook (sections 5.5 and 14.2)."""

from datetime import timedelta

from pydantic import JsonValue
from temporalio import activity

from activities.colleagues import TEAM
from activities.frame import Frame, done
from activities.house import House
from activities.outbound import ALERTS, store_webhook
from activities.ports import Store, Transaction
from models.actions_business import Evidence, RaiseAlert
from models.enums import DeliveryStatus, Role
from models.evidence import told
from models.play import StepInput
from models.records import Customer, Notice
from models.run import StepResult

RECENT = timedelta(days=1)

_NOT_SHOWN = ("type", "severity", "response")
"""What the webhook carries and a person does not read: the response is an id of ours."""


class AlertActivities:
    """One verb."""

    def __init__(self, store: Store, house: House) -> None:
        """``store``: where transactions come from; ``house``: whom we act for."""
        self._store = store
        self._house = house
        self._frame = Frame(store)

    @activity.defn
    async def raise_alert(self, step: StepInput) -> StepResult:
        """A notice and a webhook. Feedback and other words of customers go nowhere: only what was counted does."""
        return await self._frame.run(step, self._raise)

    async def _raise(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = RaiseAlert.model_validate(step.params, extra="ignore")
        data: dict[str, JsonValue] = {"type": asked.alert, "severity": asked.severity.value}
        for kind in asked.evidence:
            data |= await _evidence(tx, step, customer, kind)
        text = asked.text.get(self._house.language) or next(iter(asked.text.values()))
        shown = ", ".join(f"{name} {value}" for name, value in data.items() if name not in _NOT_SHOWN)
        message = f"{text} ({shown})" if shown else text
        # The answer itself may have told the manager (section 11.2): each meaning once.
        known = await tx.work.notices(customer.id)
        if not any(one.key.endswith(f"|{asked.alert}") and step.started - one.at < RECENT for one in known):
            await tx.work.add_notice(
                Notice(
                    key=step.key,
                    customer=customer.id,
                    workflow_id=step.workflow_id,
                    role=Role.CSM,
                    recipient=customer.csm_id or TEAM,
                    message=message,
                    severity=asked.severity,
                    at=step.now,
                )
            )
        stored = await store_webhook(
            tx, self._house, customer, asked.alert, step.key, step.now, {**data, "message": text}, target=ALERTS
        )
        told_to = f"told {customer.csm_id or TEAM}"
        if stored.status is DeliveryStatus.SKIPPED:
            return done(f"{told_to}; alerts webhook: {stored.response}")
        return done(told_to).model_copy(update={"deliveries": (stored.id,)})


async def _evidence(tx: Transaction, step: StepInput, customer: Customer, kind: Evidence) -> dict[str, JsonValue]:
    """What was seen; nothing where it is not known."""
    match kind:
        case "nps_answer":
            answer = await tx.evidence.nps_answer(customer.id, step.now)
            return {} if answer is None else {"score": answer.score, "response": answer.id}
        case "competitor_ticket":
            return told(await tx.evidence.competitor_ticket(customer.id, step.now))
        case "usage":
            name = "usage_change_percent"
        case "health":
            name = "health_score"
    facts = await tx.facts.read(customer.id, [name], as_of=step.now, since=step.started, cycle=step.cycle)
    return {} if facts[name] is None else {name: facts[name]}
