"""A customer's onboarding: what is done, what is reached, when it stalls, and what we do about it (section 4.4).

The tracker (``rules.onboarding``) folds the customer's steps; what that makes happen (a milestone, a stall, completion)
reaches the playbook as events of the run, and the interpreter decides what we do.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.onboarding import OnboardingActivities
from models.enums import RunStatus, WaitingFor
from models.errors import BadInput
from models.events import Occurrence
from models.ids import lifecycle_id
from models.play import OnboardingRecord, OnboardingState, PlayInput, SaveOnboarding, StepDone, StepRefused
from models.program import OnboardingProgram as Program
from models.program import ProgramStep
from models.run import Decision, Wait
from rules import interpreter, onboarding
from workflows import policies
from workflows.play import Play

STEP_COMPLETED = "onboarding_step_completed"


@workflow.defn
class OnboardingProgram(Play):
    """``onboarding:<customer>:<cycle>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)
        assert self.playbook.program is not None, "checked when the playbook was loaded"
        self.program: Program = self.playbook.program
        self.onboarding = asked.onboarding or OnboardingState(last_progress=self.start.counted_from)
        self.folding = False

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play until the program is done and nothing is left to do; its record was begun with the decision."""
        return await self.play()

    @workflow.update
    async def complete_step(self, asked: StepDone) -> OnboardingRecord:
        """A step is done; doing it twice is doing it once. Answered when the record is kept."""
        step = onboarding.find_step(self.program, asked)
        if step.id not in self.onboarding.completed:
            at = min(asked.at or self.now(), self.now())
            key = f"update:{step.id}"
            self.happened(Occurrence(kind=STEP_COMPLETED, subject=step.criterion, at=at, key=key))
        await workflow.wait_condition(
            lambda: step.id in self.onboarding.completed and not self.arrived and not self.folding
        )
        return self._record()

    @complete_step.validator
    def _step_exists(self, asked: StepDone) -> None:
        try:
            onboarding.find_step(self.program, asked)
        except BadInput as error:
            raise ApplicationError(str(error), type="BadInput") from None
        if self.state.status is not RunStatus.RUNNING:
            raise ApplicationError("this onboarding has ended", type="Refused")

    @workflow.query
    def record(self) -> OnboardingRecord:
        """The onboarding record as it stands."""
        return self._record()

    async def take_in(self) -> None:
        """Steps done are tracked first; what they make happen is what the playbook sees."""
        self.folding = True
        try:
            while self.arrived:
                seen = self.arrived.popleft()
                if seen.kind == STEP_COMPLETED:
                    await self._step_done(seen)
                self.state = interpreter.observe(self.playbook, self.state, seen)
            self.answered.clear()
            await self._watch_the_clock()
        finally:
            self.folding = False

    def decide(self) -> Decision:
        """The interpreter's decision; an onboarding not yet done stays open."""
        keep_open = self.onboarding.finished is None
        self.state, decision = interpreter.advance(self.playbook, self.state, self.now(), keep_open=keep_open)
        return decision

    async def wait(self, wait: Wait) -> None:
        """Also until it would stall, or a milestone would be late."""
        moments = [moment for moment in (wait.until, *self._own_moments()) if moment is not None]
        until = min(moments, default=None)
        if until != wait.until or self.onboarding.finished is None:
            current = onboarding.current_step(self.program, self.onboarding)
            progress = onboarding.progress(self.program, self.onboarding)
            reason = f"the customer's step {current} ({progress} % done)" if current else wait.reason
            waiting_for = WaitingFor.CUSTOMER if current else wait.waiting_for
            wait = Wait(until=until, waiting_for=waiting_for, reason=reason)
        await super().wait(wait)

    async def close(self) -> None:
        """The record says that it ended, then the run does."""
        if self.onboarding.finished is None:
            await self._save()
        await super().close()

    def carried_on(self) -> PlayInput:
        """The tracker's state goes along."""
        return super().carried_on().model_copy(update={"onboarding": self.onboarding})

    async def _step_done(self, seen: Occurrence) -> None:
        asked = StepDone(step_id=str(seen.data.get("step_id") or ""), criterion=seen.subject)
        try:
            step: ProgramStep = onboarding.find_step(self.program, asked)
        except BadInput as error:
            await self._refuse(seen, str(error))
            return
        after, happened = onboarding.complete(self.program, self.onboarding, step, seen.at, seen.key)
        if after is self.onboarding:
            return
        self.onboarding = after
        await self._save()
        for occurrence in happened:
            self.state = interpreter.observe(self.playbook, self.state, occurrence)
        await self._tell_lifecycle("onboarding_progressed", f"{self.start.workflow_id}>{step.id}", seen.at)

    async def _watch_the_clock(self) -> None:
        """Stalls and late milestones whose moment has passed."""
        if self.state.status is not RunStatus.RUNNING:
            return
        now = self.now()
        late = onboarding.late_due(self.program, self.onboarding, self.start.counted_from)
        while late is not None and late[0] <= now:
            self.onboarding = onboarding.mark_late(self.onboarding, late[1])
            await self._save()
            self._observe("milestone_late", late[1], late[0])
            late = onboarding.late_due(self.program, self.onboarding, self.start.counted_from)
        stalls = onboarding.stall_due(self.program, self.onboarding)
        if stalls is not None and stalls <= now:
            self.onboarding = onboarding.stall(self.onboarding)
            await self._save()
            self._observe("onboarding_stalled", "", stalls)
            key = f"{self.start.workflow_id}>stall{self.onboarding.stalls}"
            await self._tell_lifecycle("onboarding_stalled", key, stalls)

    def _observe(self, kind: str, subject: str, at: datetime) -> None:
        key = f"{self.start.workflow_id}>{kind}:{subject}"
        seen = Occurrence(kind=kind, subject=subject, at=at, key=key)
        self.state = interpreter.observe(self.playbook, self.state, seen)

    def _own_moments(self) -> tuple[datetime | None, datetime | None]:
        late = onboarding.late_due(self.program, self.onboarding, self.start.counted_from)
        return onboarding.stall_due(self.program, self.onboarding), late[0] if late else None

    async def _tell_lifecycle(self, kind: str, key: str, at: datetime) -> None:
        """The lifecycle decides what follows: a stage, a sequence for the stall."""
        lifecycle = workflow.get_external_workflow_handle(lifecycle_id(self.start.customer))
        data: dict[str, str | int | float | bool | None] = {"workflow_id": self.start.workflow_id}
        seen = Occurrence(kind=kind, key=key, at=at, data=data)
        try:
            await lifecycle.signal("happened", seen)
        except ApplicationError as error:
            # A lifecycle that an operator ended: the record is kept, nobody decides any more.
            workflow.logger.warning("lifecycle not told of %s: %s", kind, error)

    async def _refuse(self, seen: Occurrence, message: str) -> None:
        asked = StepRefused(
            key=f"{self.start.workflow_id}>refused:{seen.key}",
            workflow_id=self.start.workflow_id,
            customer=self.start.customer,
            message=message,
            now=self.now(),
        )
        await workflow.execute_activity_method(
            OnboardingActivities.refuse_step, asked, summary="Report an unknown step", **policies.RECORD
        )

    async def _save(self) -> None:
        asked = SaveOnboarding(record=self._record(), now=self.now())
        await workflow.execute_activity_method(
            OnboardingActivities.save, asked, summary="Keep the onboarding record", **policies.RECORD
        )

    def _record(self) -> OnboardingRecord:
        return onboarding.record(
            self.program,
            self.onboarding,
            customer=self.start.customer,
            cycle=self.start.cycle,
            playbook=self.playbook.id,
            version=self.playbook.version,
            started=self.start.started,
            ended=self.state.status in (RunStatus.EXITED, RunStatus.CANCELLED),
        )
