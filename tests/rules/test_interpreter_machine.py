"""Any order of events, outcomes, answers and time ends in a legal state, and no step runs twice."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from integrations.calendars import LibraryCalendars
from models.calendar import Calendar
from models.enums import RunStatus
from models.playbook import ActStep, AwaitStep, EscalateStep, Playbook, possible_results
from models.run import (
    END_RUN,
    Decision,
    Do,
    End,
    Escalate,
    ResultStatus,
    RunState,
    StepResult,
    StepState,
    StepStatus,
    Wait,
)
from rules import interpreter
from tests.rules.making import START, event, hour
from tests.rules.random_playbooks import NAMES, playbooks

ANSWERS: tuple[ResultStatus, ...] = ("done", "done", "skipped", "failed", "held", "deferred", "goal_met", "exited")
BACK_IN_LINE = ("held", "deferred")
MADRID = LibraryCalendars().of("Europe/Madrid", "ES", START)
MINUTES = st.integers(0, 60 * 40)


class AnyRun(RuleBasedStateMachine):
    """Drives a run as the workflow does, with an activity that may be under way while events come in."""

    playbook: Playbook
    state: RunState

    @initialize(
        playbook=playbooks(),
        imported=st.sampled_from((None, 0, 10, 50)),
        renewal=st.sampled_from((None, -5, 20, 60)),
        plan=st.sampled_from((None, "pro", "starter")),
        calendar=st.sampled_from((None, MADRID)),
    )
    def begins(
        self,
        playbook: Playbook,
        imported: int | None,
        renewal: int | None,
        plan: str | None,
        calendar: Calendar | None,
    ) -> None:
        self.playbook = playbook
        self.now = START if imported is None else hour(imported)
        self.state = interpreter.begin(
            playbook,
            START,
            not_before=None if imported is None else hour(imported),
            values={"plan": plan},
            dates={} if renewal is None else {"renewal_date": hour(renewal)},
            calendar=calendar,
            trigger="x:one",
        )
        self.asked: str | None = None
        self.last: dict[str, ResultStatus] = {}
        self.levels: list[int] = []
        self.settled: dict[str, StepState] = {}
        self.ended: RunState | None = None

    def decide(self) -> Decision:
        """One look, which is checked, and repeated: the second changes nothing."""
        self.state, decision = interpreter.advance(self.playbook, self.state, self.now)
        assert interpreter.advance(self.playbook, self.state, self.now) == (self.state, decision)
        if isinstance(decision, Wait):
            assert decision.until is None or decision.until > self.now
            assert self.state.status is RunStatus.RUNNING
        return decision

    @precondition(lambda self: self.asked is None)
    @rule()
    def looks(self) -> None:
        match self.decide():
            case Do() as do:
                self.may_run(do)
                self.state = interpreter.run_step(self.state, do.step_id, self.now)
                self.asked = do.step_id
            case Escalate() as rise:
                assert not self.state.answered
                assert self.levels == list(range(1, rise.level))
                assert rise.due <= self.now
                assert self.playbook.escalation is not None
                assert rise.role is self.playbook.escalation.path[rise.level]
                self.state = interpreter.escalated(self.state, rise.level)
                self.levels.append(rise.level)
            case End() as end:
                assert (end.status, end.reason) == (self.state.status, self.state.reason)
            case Wait():
                pass

    def may_run(self, do: Do) -> None:
        one = self.state.steps[do.step_id]
        assert isinstance(self.playbook.step(do.step_id), ActStep | EscalateStep)
        assert one.status is StepStatus.PENDING
        assert one.due is not None
        assert one.due <= do.due, "a message may wait for a late one before it, nothing else"
        assert do.due <= self.now
        assert self.state.not_before is None or do.due >= self.state.not_before
        assert self.last.get(do.step_id, "held") in BACK_IN_LINE, "a step runs twice"

    @precondition(lambda self: self.asked is not None)
    @rule(answer=st.sampled_from(ANSWERS), minutes=st.integers(-60, 60 * 20))
    def activity_answers(self, answer: ResultStatus, minutes: int) -> None:
        assert self.asked is not None
        step, self.asked = self.asked, None
        until = self.now + timedelta(minutes=minutes) if answer == "deferred" else None
        running = self.state.steps[step].status is StepStatus.RUNNING
        result = StepResult(status=answer, reason=answer, until=until)
        self.state = interpreter.settle(self.playbook, self.state, step, result, self.now)
        self.last[step] = answer
        if running and answer not in BACK_IN_LINE:
            assert self.state.steps[step].status.settled

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.asked is None)
    @rule()
    def time_passes_to_the_next_moment(self) -> None:
        decision = self.decide()
        if isinstance(decision, Wait) and decision.until is not None:
            self.now = decision.until

    @rule(name=st.sampled_from(NAMES), late=st.sampled_from((0, 0, 0, 1, 20)))
    def event_comes(self, name: str, late: int) -> None:
        self.state = interpreter.observe(self.playbook, self.state, event(name, self.now - timedelta(hours=late)))

    @rule(data=st.data())
    def person_answers(self, data: st.DataObject) -> None:
        opened = interpreter.open_outcomes(self.playbook, self.state)
        if opened:
            outcome = data.draw(st.sampled_from(opened))
            self.state = interpreter.answer(self.playbook, self.state, outcome, self.now)
            assert self.state.answered
        before = self.state
        assert interpreter.answer(self.playbook, before, "never_asked", self.now) == before

    @rule()
    def is_carried_to_a_new_run(self) -> None:
        """Continue-as-new: what is read back is what was written."""
        carried = RunState.model_validate_json(self.state.model_dump_json())
        assert carried == self.state
        self.state = carried

    @rule(status=st.sampled_from(("superseded", "exited")))
    def another_play_or_a_departure_ends_it(self, status: str) -> None:
        if self.now > hour(150):
            seen = event(END_RUN, self.now).model_copy(update={"data": {"status": status, "reason": "told so"}})
            running = self.state.status is RunStatus.RUNNING
            self.state = interpreter.observe(self.playbook, self.state, seen)
            assert self.state.status is not RunStatus.RUNNING
            assert not running or self.state.reason

    @precondition(lambda self: self.asked is None)
    @rule()
    def an_operator_cancels(self) -> None:
        if self.state.status is RunStatus.RUNNING and self.now > hour(200):
            self.state = interpreter.finish(self.state, RunStatus.CANCELLED, "cancelled", self.now)

    @invariant()
    def what_is_settled_stays_as_it_is(self) -> None:
        for step_id, before in self.settled.items():
            assert self.state.steps[step_id] == before
        self.settled = {step_id: one for step_id, one in self.state.steps.items() if one.status.settled}

    @invariant()
    def it_never_outlives_its_time(self) -> None:
        if self.playbook.lasts is not None and self.state.ended is not None:
            began = self.state.not_before or self.state.started
            assert self.state.ended <= max(began + self.playbook.lasts, self.state.started)

    @invariant()
    def what_has_ended_is_over(self) -> None:
        if self.ended is not None:
            assert self.state == self.ended
        elif self.state.status is not RunStatus.RUNNING:
            self.ended = self.state
            assert self.state.ended is not None
            assert self.state.ended >= self.state.started
            assert all(one.status.settled for one in self.state.steps.values())

    @invariant()
    def every_step_is_in_a_legal_state(self) -> None:
        assert list(self.state.steps) == [step.id for step in self.playbook.steps]
        for step in self.playbook.steps:
            one = self.state.steps[step.id]
            self.is_legal(one)
            if one.status is StepStatus.RUNNING:
                assert isinstance(step, AwaitStep) or self.asked == step.id
            if one.status is StepStatus.DONE:
                assert one.result in possible_results(step)

    def is_legal(self, one: StepState) -> None:
        match one.status:
            case StepStatus.PENDING:
                assert (one.ended, one.result) == (None, "")
            case StepStatus.RUNNING | StepStatus.HELD:
                assert one.due is not None
                assert one.began is not None
                assert one.ended is None
            case StepStatus.UNREACHED:
                assert (one.began, one.result) == (None, "")
                assert one.ended is not None
            case StepStatus.DONE | StepStatus.SKIPPED | StepStatus.FAILED:
                assert one.result
                assert one.ended is not None
                assert one.ended <= max(self.now, one.due or self.now)
                assert one.began is None or one.ended >= one.began

    def teardown(self) -> None:
        """Whatever happened, time alone brings it to rest: a wait for somebody, or the end."""
        if not hasattr(self, "state"):
            return
        if self.asked is not None:
            self.activity_answers("done", 0)
        for _ in range(200):
            match self.decide():
                case Do() as do:
                    self.may_run(do)
                    self.state = interpreter.run_step(self.state, do.step_id, self.now)
                    self.asked = do.step_id
                    self.activity_answers("done", 0)
                case Escalate() as rise:
                    self.state = interpreter.escalated(self.state, rise.level)
                case Wait(until=datetime() as until):
                    self.now = until
                case _:
                    self.what_is_settled_stays_as_it_is()
                    self.what_has_ended_is_over()
                    return
        raise AssertionError("it never comes to rest")


AnyRun.TestCase.settings = settings(max_examples=200, stateful_step_count=30, derandomize=True, deadline=None)
TestAnyRun = AnyRun.TestCase
