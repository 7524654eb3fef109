"""The frame of every step's activity: found before done, conditions re-checked, result stored with what it did.

One transaction holds the check, the effect's rows and the result under the step's key, so a retry after a crash between
any two lines either finds everything or finds nothing. What cannot be in the transaction (a mail) is handled by its own
activity, around two of these.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from pydantic import JsonValue
from temporalio import activity

from activities.ports import Store, Transaction
from models.condition import evaluate, names
from models.errors import NotFound
from models.play import StepInput, StepRecord
from models.records import Customer
from models.run import StepResult

Effect = Callable[[Transaction, StepInput, Customer], Awaitable[StepResult]]

_FINAL = ("done", "skipped", "failed", "goal_met", "exited")


class Frame:
    """Runs effects of one transaction under their keys."""

    def __init__(self, store: Store) -> None:
        """``store``: where transactions come from."""
        self._store = store

    async def run(self, step: StepInput, effect: Effect, *, contacts: bool = False, part: bool = False) -> StepResult:
        """The stored result, or the verdict of the conditions, or the effect's own result, stored.

        ``contacts``: the effect reaches somebody outside; it is held while the customer's outreach is held.
        ``part``: once it is done the step goes on to something else, so the step itself is not done yet.
        """
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            if earlier is not None:
                return earlier
            customer = await customer_of(tx, step.customer)
            result = await self.check(tx, step, customer, contacts=contacts)
            if result is None:
                result = await effect(tx, step, customer)
            await finish(tx, step, result, goes_on=part and result.status == "done")
            return result

    @staticmethod
    async def check(tx: Transaction, step: StepInput, customer: Customer, *, contacts: bool) -> StepResult | None:
        """What the facts already decide: the run is over, the step is not wanted, outreach is held; None: go on."""
        wanted = {name for condition in _conditions(step) for name in names(condition)}
        facts = await tx.facts.read(step.customer, sorted(wanted), as_of=step.now, since=step.started, cycle=step.cycle)
        for condition, reason in step.exits:
            if evaluate(condition, facts):
                return StepResult(status="exited", reason=reason, facts=_read(condition, facts))
        for condition, reason in step.goals:
            if evaluate(condition, facts):
                return StepResult(status="goal_met", reason=reason, facts=_read(condition, facts))
        if (pause := await tx.pauses.of(step.playbook)) is not None:
            return StepResult(status="held", reason=f"the playbook is paused by {pause.by}: {pause.reason}")
        if step.when is not None:
            holds = evaluate(step.when, facts)
            if holds is not True:
                seen = _read(step.when, facts)
                unknown = ", ".join(name for name, value in seen.items() if value is None)
                reason = f"unknown: {unknown}" if holds is None else f"condition false: {step.when}"
                return StepResult(status="skipped", reason=reason, facts=seen)
        if contacts and customer.outreach_held:
            return StepResult(status="held", reason="outreach is held until import --activate")
        if contacts and (other := await tx.entries.paused_by(step.customer, step.playbook)) is not None:
            return StepResult(status="held", reason=f"paused while {other} runs")
        return None


async def customer_of(tx: Transaction, customer: str) -> Customer:
    """The customer.

    Raises:
        NotFound: erased, or never there.
    """
    found = await tx.customers.get(customer)
    if found is None:
        raise NotFound("no such customer", field="customer", value=customer)
    return found


async def finish(tx: Transaction, step: StepInput, result: StepResult, *, goes_on: bool = False) -> None:
    """Store a final result under the key, and the step in the read model unless it goes on."""
    final = result.status in _FINAL
    if final:
        await tx.effects.put(step.key, step.workflow_id, result, step.now)
    if goes_on:
        return
    status = {"goal_met": "skipped", "exited": "skipped", "deferred": "pending"}.get(result.status, result.status)
    row = StepRecord(
        step_id=step.step_id,
        status=status,
        result=status if final else "",
        reason=result.reason,
        due=result.until or step.due,
        ended=step.now if final else None,
    )
    await tx.runs.step(step.workflow_id, row)


def skipped(reason: str) -> StepResult:
    """Not done, and why."""
    return StepResult(status="skipped", reason=reason)


def done(reason: str = "", **values: JsonValue) -> StepResult:
    """Done; values are there for later branches."""
    return StepResult(status="done", reason=reason, values=values)


def as_of_attempt(step: StepInput) -> StepInput:
    """The step as of this attempt: after an outage of the mail server the hour and the week are others."""
    scheduled = step.clock.virtual(activity.info().current_attempt_scheduled_time)
    return step.model_copy(update={"now": max(step.now, scheduled)})


def days_between(earlier: datetime, later: datetime) -> int:
    """Whole days, rounded down (section 0.1)."""
    return (later - earlier).days


def _conditions(step: StepInput) -> list[str]:
    own = [step.when] if step.when is not None else []
    return [*own, *(condition for condition, _ in (*step.goals, *step.exits))]


def _read(condition: str, facts: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: facts.get(name) for name in sorted(names(condition))}
