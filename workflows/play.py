"""What every play shares: fold events into the run, ask the interpreter, do what it says, wait, and record the end."""

import asyncio
import contextlib
from collections import deque
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.calendars import CalendarActivities
from activities.people import PeopleActivities
from activities.runs import RunActivities
from activities.tasks import TaskActivities
from models.enums import RunStatus, WaitingFor
from models.events import Occurrence
from models.ids import effect_key
from models.play import CalendarAsked, DeliveryInput, EscalationInput, OutcomeRequest, PlayInput, RunView
from models.playbook import ActStep, EscalateStep
from models.run import Decision, Do, End, Escalate, RunState, StepResult, Wait
from rules import interpreter, narrate
from workflows import answers, policies, records, steps
from workflows.attributes import OWNER, WAITING_FOR
from workflows.delivery import start_delivery
from workflows.operated import Operated


class Play(Operated):
    """A run of one playbook for one customer. Subclasses are the workflow types."""

    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__()
        self.start = asked.start
        self.playbook = asked.start.playbook
        self.generation = asked.generation
        self.state: RunState = asked.state or interpreter.begin(
            self.playbook,
            self.start.started,
            not_before=self.start.not_before,
            values=self.start.values,
            dates=self.start.dates,
            calendar=self.start.calendar,
            trigger=self.start.trigger,
        )
        self.arrived: deque[Occurrence] = deque()
        self.seen: dict[str, None] = dict.fromkeys(asked.seen)
        self.keys: dict[str, str] = dict(asked.keys)
        self.answered: deque[OutcomeRequest] = deque()
        self.waiting = Wait(until=None, waiting_for=WaitingFor.TIMER, reason="starting")
        self.shown_waiting = WaitingFor.TIMER
        self.renewed = False

    # What others may say to it

    @workflow.signal
    def happened(self, seen: Occurrence) -> None:
        """Something happened to the customer; a redelivery is recognised by its key."""
        if seen.key not in self.seen:
            self._remember(seen.key)
            self.arrived.append(seen)

    @workflow.update
    async def answer(self, request: OutcomeRequest) -> str:
        """A person's outcome for an open step, kept before it is answered; the validator has refused what is not open.

        For a task that no step awaits the outcome is ``done``: it stops the escalation, since the owner has acted.
        """
        request_id = request.request_id or str(workflow.uuid4())
        if f"answer:{request_id}" in self.seen:
            return "already recorded"
        self._remember(f"answer:{request_id}")
        request = answers.renamed(request, self.keys)
        told = answers.outcome(self.start, self.generation, self.state, request, request_id, self.now(), self.keys)
        self.state = answers.fold(self.playbook, self.state, request, self.now())
        self.answered.append(request)
        await workflow.execute_local_activity_method(TaskActivities.record_outcome, told, **policies.CLOSE)
        return "recorded"

    @answer.validator
    def _answer_is_open(self, request: OutcomeRequest) -> None:
        if request.request_id and f"answer:{request.request_id}" in self.seen:
            return
        if refusal := answers.refusal(self.playbook, self.state, answers.renamed(request, self.keys)):
            raise ApplicationError(refusal, type="Refused")

    @workflow.query
    def view(self) -> RunView:
        """Where it stands."""
        until = self.waiting.until
        return RunView(
            workflow_id=self.start.workflow_id,
            type=workflow.info().workflow_type,
            playbook=self.playbook.id,
            version=self.playbook.version,
            fingerprint=self.start.fingerprint,
            status=self.state.status,
            waiting_for=self.waiting.waiting_for,
            until=until,
            reason=self.waiting.reason,
            escalation_level=self.state.escalated,
            steps=records.of_steps(self.state),
            open_outcomes=interpreter.open_outcomes(self.playbook, self.state),
        )

    # What it does

    def now(self) -> datetime:
        """The present moment of the stack's clock."""
        return self.start.clock.virtual(workflow.now())

    async def play(self) -> RunStatus:
        """From the trigger to the end."""
        try:
            while True:
                await self._renew_calendar()
                await self.take_in()
                if self._should_renew():
                    # Here nothing is pending. A handler that waits for what it just said must be heard first.
                    await workflow.wait_condition(lambda: workflow.all_handlers_finished() or bool(self.arrived))
                    if self.moved is not None:
                        await self.record_move()
                    if not self.arrived:
                        workflow.continue_as_new(self.carried_on())
                    continue
                decision = self.decide()
                if isinstance(decision, End):
                    break
                await self.carry_out(decision)
        except asyncio.CancelledError:
            self.state = interpreter.finish(self.state, RunStatus.CANCELLED, "cancelled by an operator", self.now())
            await asyncio.shield(self.close())
            raise
        await self.close()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state.status

    async def take_in(self) -> None:
        """Fold what arrived since the last look."""
        while self.arrived:
            self.state = interpreter.observe(self.playbook, self.state, self.arrived.popleft())
        self.answered.clear()

    def decide(self) -> Decision:
        """Ask the interpreter."""
        self.state, decision = interpreter.advance(self.playbook, self.state, self.now())
        return decision

    async def carry_out(self, decision: Decision) -> None:
        """Do one thing, or wait for the next."""
        match decision:
            case Do():
                await self._do(decision)
            case Escalate():
                await self._escalate(decision)
            case Wait():
                await self.wait(decision)
            case End():
                pass

    async def wait(self, wait: Wait) -> None:
        """Until its moment, or until something arrives: whichever is first."""
        self.waiting = wait
        if wait.waiting_for is not self.shown_waiting:
            self.shown_waiting = wait.waiting_for
            workflow.upsert_search_attributes([WAITING_FOR.value_set(wait.waiting_for.value)])
        workflow.set_current_details(narrate.details(self.playbook, self.state, wait, self.start.release))
        timeout = None if wait.until is None else self.start.clock.real_delay(wait.until, self.now())
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: bool(self.arrived or self.answered or self.moved or self.operated),
                timeout=timeout,
                timeout_summary=wait.reason[:200],
            )
        self.operated = False

    async def _do(self, do: Do) -> None:
        step = self.playbook.step(do.step_id)
        assert isinstance(step, ActStep | EscalateStep)
        now = self.now()
        key = self.keys.get(step.id, "")
        asked = steps.step_input(self.start, self.generation, self.state, step, do.due, now, key)
        self.state = interpreter.run_step(self.state, step.id, now)
        try:
            activity = workflow.start_activity(
                steps.activity_of(step), asked, summary=steps.title(step), **policies.STEP
            )
            result = await self._unless_ended(activity)
        except ActivityError as error:
            result = StepResult(status="failed", reason=narrate.cause(error.cause or error))
        if result is not None:
            self.state = interpreter.settle(self.playbook, self.state, step.id, result, self.now())
            for delivery in result.deliveries:
                await self._deliver(delivery)
            owner = result.values.get("owner")
            if isinstance(owner, str):
                workflow.upsert_search_attributes([OWNER.value_set(owner)])

    async def _deliver(self, delivery_id: int) -> None:
        asked = DeliveryInput(
            delivery_id=delivery_id, customer=self.start.customer, workflow=self.playbook.id, clock=self.start.clock
        )
        await start_delivery(asked)

    async def _unless_ended(self, activity: "workflow.ActivityHandle[StepResult]") -> StepResult | None:
        """Its result; None if a goal or an exit came first, and then it is not tried again."""
        while not activity.done():
            await workflow.wait_condition(lambda: activity.done() or bool(self.arrived))
            if activity.done():
                break  # what it did is recorded before an event that came with its answer can end the run
            await self.take_in()
            if self.state.status is not RunStatus.RUNNING and not activity.done():
                activity.cancel()
                return None
        return await activity

    async def _escalate(self, rise: Escalate) -> None:
        step, outcomes = answers.question(self.playbook, self.state)
        asked = EscalationInput(
            key=effect_key(self.start.workflow_id, self.generation, "escalation", rise.level),
            workflow_id=self.start.workflow_id,
            customer=self.start.customer,
            playbook=self.playbook.id,
            role=rise.role,
            level=rise.level,
            reason=f"no outcome since {self.state.started:%Y-%m-%d}",
            now=self.now(),
            since=self.state.started,
            step=step,
            outcomes=outcomes,
        )
        await workflow.execute_activity_method(
            PeopleActivities.escalate, asked, summary=f"Tell {rise.role.value}", **policies.RECORD
        )
        self.state = interpreter.escalated(self.state, rise.level)

    async def _renew_calendar(self) -> None:
        """Before what the run knows of holidays and clock changes ends; recorded, so a replay sees the same."""
        calendar, now = self.state.calendar, self.now()
        if calendar is None or self.renewed or not calendar.ends_soon(now) or not workflow.patched("calendar-renewed"):
            return
        self.renewed = True
        asked = CalendarAsked(customer=self.start.customer, now=now)
        found = await workflow.execute_local_activity_method(CalendarActivities.renew_calendar, asked, **policies.CLOSE)
        if found is not None:
            self.renewed = False
            self.state = self.state.model_copy(update={"calendar": found})

    def carried_on(self) -> PlayInput:
        """What the next run of this play needs to know."""
        return PlayInput(
            start=self.start,
            generation=self.generation,
            state=self.state,
            seen=tuple(self.seen),
            keys=self.keys,
        )

    async def close(self) -> None:
        """Record the end and every step."""
        workflow.set_current_details(narrate.ended(self.playbook, self.state))
        record = records.ended(self.start, self.generation, self.state, self.now())
        await workflow.execute_local_activity_method(RunActivities.close_run, record, **policies.CLOSE)
        if self.start.tells_end:
            await records.tell_lifecycle(self.start, self.state)

    def _should_renew(self) -> bool:
        """A move, or a history long enough; a run that is over only has its end left to write."""
        renews = self.moved is not None or workflow.info().is_continue_as_new_suggested()
        return renews and self.state.status is RunStatus.RUNNING

    def _remember(self, key: str) -> None:
        self.seen[key] = None
        while len(self.seen) > policies.SEEN_KEPT:
            self.seen.pop(next(iter(self.seen)))
