"""Whether a customer has recovered for long enough to call a play a success (section 7.3 of the domain)."""

from datetime import timedelta

from temporalio import activity

from activities.frame import Frame
from activities.ports import Store, Transaction
from models.actions import ConfirmRecovery
from models.condition import evaluate, names
from models.play import StepInput
from models.records import Customer
from models.run import StepResult

_DAY = timedelta(days=1)


class RecoveryActivities:
    """One question, asked again as seldom as it can be answered otherwise."""

    def __init__(self, store: Store) -> None:
        """``store``: where transactions come from."""
        self._frame = Frame(store)

    @activity.defn
    async def confirm_recovery(self, step: StepInput) -> StepResult:
        """Success once the condition held at each of the last days; else not before it could."""
        return await self._frame.run(step, self._confirm)

    async def _confirm(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = ConfirmRecovery.model_validate(step.params, extra="ignore")
        wanted = sorted(names(asked.holds))
        for back in range(asked.days + 1):
            as_of = step.now - back * _DAY
            facts = await tx.facts.read(customer.id, wanted, as_of=as_of, since=step.started, cycle=step.cycle)
            if evaluate(asked.holds, facts) is not True:
                again = step.now + max(asked.days - back + 1, 1) * _DAY
                reason = f"not for {asked.days} days yet: {asked.holds}"
                return StepResult(status="deferred", reason=reason, until=again)
        reason = asked.reason or f"held for {asked.days} days: {asked.holds}"
        return StepResult(status="goal_met", reason=reason)
