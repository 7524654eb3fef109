"""The verbs of advocacy: a candidate, an invitation (sections 13.2 and 14.2)."""

from temporalio import activity

from activities.frame import Frame, as_of_attempt, done, finish, skipped
from activities.messages import MessageActivities
from activities.ports import Store, Transaction
from models.advocacy import AdvocacyStatus, CandidateStatus
from models.nps import AddCandidate
from models.play import StepInput
from models.records import Customer
from models.run import StepResult


class AdvocateActivities:
    """One method per verb."""

    def __init__(self, store: Store, messages: MessageActivities) -> None:
        """``store``: where transactions come from; ``messages``: the way to the customer."""
        self._store = store
        self._messages = messages
        self._frame = Frame(store)

    @activity.defn
    async def add_to_advocacy_pipeline(self, step: StepInput) -> StepResult:
        """One open candidate for each customer (N9): the answer itself may have added it."""
        return await self._frame.run(step, self._add)

    @activity.defn
    async def invite_advocate(self, step: StepInput) -> StepResult:
        """Once: the stage advocating shares the invitation (section 3.5); inviting moves the candidate on (A2)."""
        step = as_of_attempt(step)
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            standing = await tx.advocacy.status(step.customer)
            if earlier is None and standing is not AdvocacyStatus.NONE:
                refused = skipped(f"advocacy status is {standing.value}")
                await finish(tx, step, refused)
                return refused
        result = await self._messages.mail(step, "advocacy_invite")
        if result.status == "done":
            async with self._store.begin() as tx:
                await tx.advocacy.move(step.customer, CandidateStatus.CONTACTED, step.now)
        return result

    @staticmethod
    async def _add(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        standing = await tx.advocacy.status(customer.id)
        if standing is not AdvocacyStatus.NONE:
            return skipped(f"advocacy status is {standing.value}")
        if await tx.advocacy.open_candidate(customer.id) is not None:
            return done("a candidate already")
        answer = await tx.evidence.nps_answer(customer.id, step.now)
        if answer is None:
            return skipped("no answer is known")
        await tx.advocacy.add_candidate(AddCandidate(customer=customer.id, score=answer.score), step.key, step.now)
        return done("candidate added")
