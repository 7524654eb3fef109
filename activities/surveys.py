"""The verbs of a survey round (section 11)."""

from datetime import datetime

from temporalio import activity

from activities.frame import Frame, as_of_attempt, customer_of, done, finish, skipped
from activities.messages import MessageActivities
from activities.ports import Store, Transaction
from models.ids import survey_id
from models.nps import NpsConfig, SurveySend
from models.play import StepInput
from models.records import Customer
from models.run import StepResult
from rules.nps import is_closed, may_survey

CONFIG = NpsConfig()
TRIGGER = "quarterly_nps"


class SurveyActivities:
    """One method per verb. A round sends one survey, whose id is made of the run's."""

    def __init__(self, store: Store, messages: MessageActivities) -> None:
        """``store``: where transactions come from; ``messages``: the way to the customer."""
        self._store = store
        self._messages = messages
        self._frame = Frame(store)

    @activity.defn
    async def send_nps_survey(self, step: StepInput) -> StepResult:
        """The mail, and its line in the log of sends once it is sent: what counts is the send (N1)."""
        step = as_of_attempt(step)
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            refused = None if earlier is not None else await self._not_yet(tx, step)
            if refused is not None:
                await finish(tx, step, refused)
                return refused
        result = await self._messages.mail(step, "nps_survey")
        if result.status == "done":
            send = SurveySend(
                survey=survey_id(step.workflow_id), customer=step.customer, trigger=TRIGGER, sent_at=step.now
            )
            async with self._store.begin() as tx:
                await tx.surveys.sent(send)
        return result

    @activity.defn
    async def remind_survey(self, step: StepInput) -> StepResult:
        """Once, while it is open."""
        step = as_of_attempt(step)
        survey = survey_id(step.workflow_id)
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            refused = None if earlier is not None else await _unremindable(tx, survey, step.now)
            if refused is not None:
                await finish(tx, step, refused)
                return refused
        result = await self._messages.mail(step, "nps_reminder")
        if result.status == "done":
            async with self._store.begin() as tx:
                await tx.surveys.reminded(survey, step.now)
        return result

    @activity.defn
    async def close_survey(self, step: StepInput) -> StepResult:
        """A later answer is stored as late and still followed up (N12)."""
        return await self._frame.run(step, self._close)

    @staticmethod
    async def _not_yet(tx: Transaction, step: StepInput) -> StepResult | None:
        await customer_of(tx, step.customer)
        last = await tx.surveys.last_sent(step.customer, step.now)
        if last is None or last.survey == survey_id(step.workflow_id):
            return None
        allowed = may_survey(last.sent_at, step.now, CONFIG)
        return None if allowed.allowed else skipped(allowed.reason)

    async def _close(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        survey = survey_id(step.workflow_id)
        if await tx.surveys.get(survey) is None:
            return skipped("no survey was sent")
        await tx.surveys.closed(survey, step.now)
        return done("closed; a later answer is late")


async def _unremindable(tx: Transaction, survey: str, now: datetime) -> StepResult | None:
    send = await tx.surveys.get(survey)
    if send is None:
        return skipped("no survey was sent")
    if send.reminded_at is not None:
        return skipped("reminded already")
    return skipped("the survey is closed") if is_closed(send, now, CONFIG) else None
