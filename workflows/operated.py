"""What operators may say to a play: move it to a release, restart it, skip or retry a step (section 20).

Each is an update with a validator: refused with a reason, or done; never silently dropped.
"""

from collections import deque
from functools import partial, reduce

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.runs import RunActivities
from models.enums import RunStatus
from models.events import Occurrence
from models.ids import lifecycle_id
from models.moved import PlayMoved, Rewired
from models.operating import Act, OperateRequest
from models.play import PlayStart
from models.playbook import Playbook
from models.release import MoveRequest, Policy, Standing
from models.run import RunState, StepStatus, Wait
from rules import moving, operating
from rules.interpreter import begin, observe
from workflows import policies, records
from workflows.attributes import PLAYBOOK_VERSION, playbook_version


class Operated:
    """The state of a play that operators change; :class:`workflows.play.Play` is the only one there is."""

    start: PlayStart
    playbook: Playbook
    generation: int
    state: RunState
    keys: dict[str, str]
    arrived: deque[Occurrence]
    seen: dict[str, None]
    waiting: Wait

    def __init__(self) -> None:
        """Nothing is under way."""
        self.moved: MoveRequest | None = None
        self.operated = False

    @workflow.query
    def standing(self) -> Standing:
        """Everything a move is decided from."""
        return Standing(
            workflow_id=self.start.workflow_id,
            customer=self.start.customer,
            playbook=self.playbook,
            fingerprint=self.start.fingerprint,
            generation=self.generation,
            digest=moving.digest(self.state, self.keys, self.start.fingerprint),
            state_json=self.state.model_dump_json(),
            keys=self.keys,
            waiting=self.waiting.reason,
        )

    @workflow.update
    def move(self, request: MoveRequest) -> str:
        """Go on with another content of the playbook, at this wait, or from the beginning."""
        now = self.start.clock.virtual(workflow.now())
        if request.policy is Policy.RESTART:
            self.generation += 1
            self.keys = {}
            self.state = begin(
                request.playbook,
                now,
                values=self.state.values,
                dates=self.state.dates,
                calendar=self.state.calendar,
                trigger=self.start.trigger,
            )
        else:
            plan = moving.move(self.playbook, request.playbook, self.state, request.mapping, self.keys, now)
            assert isinstance(plan, moving.Moved), "the validator asked the same rule"
            self.state, self.keys = plan.state, plan.keys
        self.playbook = request.playbook
        self.start = self.start.model_copy(
            update={"playbook": request.playbook, "fingerprint": request.fingerprint, "release": request.note}
        )
        self.moved = request
        return "restarted" if request.policy is Policy.RESTART else "moved"

    @move.validator
    def _may_move(self, request: MoveRequest) -> None:
        if refused := self._against_moving(request):
            raise ApplicationError(refused, type="Refused")

    @workflow.update
    def operate(self, request: OperateRequest) -> str:
        """Skip or retry a step."""
        if self._is_repeat(request):
            return "done already"
        self.seen[f"operate:{request.request_id}"] = None
        self.state = operating.apply(self.playbook, self.state, request, self.start.clock.virtual(workflow.now()))
        if request.act is Act.RETRY:
            self.keys = {**self.keys, request.step: operating.retried(self.keys.get(request.step, request.step))}
        self.operated = True
        return "done"

    @operate.validator
    def _may_operate(self, request: OperateRequest) -> None:
        if self._is_repeat(request):
            return
        refused = "the run has ended" if self.state.status is not RunStatus.RUNNING else None
        if refused := refused or operating.refusal(self.playbook, self.state, request):
            raise ApplicationError(refused, type="Refused")

    async def record_move(self) -> None:
        """The read model and the lifecycle follow the new playbook, before the run goes on with it."""
        assert self.moved is not None
        told = PlayMoved(
            record=records.running(self.start, self.generation, self.state),
            note=self.moved.note,
            policy=self.moved.policy,
        )
        await workflow.execute_local_activity_method(RunActivities.moved, told, **policies.CLOSE)
        workflow.upsert_search_attributes([PLAYBOOK_VERSION.value_set(playbook_version(self.start))])
        lifecycle = workflow.get_external_workflow_handle(lifecycle_id(self.start.customer))
        try:
            await lifecycle.signal("rewired", Rewired(workflow_id=self.start.workflow_id, wants=self.start.wants))
        except ApplicationError as error:
            # A lifecycle that an operator ended: nobody forwards anything any more.
            workflow.logger.warning("lifecycle not told of the move: %s", error)

    def _against_moving(self, request: MoveRequest) -> str | None:
        if self.state.status is not RunStatus.RUNNING:
            return "the run has ended"
        if self.moved is not None:
            return "it is being moved already"
        if moving.digest(self._so_far(), self.keys, self.start.fingerprint) != request.expected:
            return "changed since the preview"
        busy = [name for name, one in self.state.steps.items() if self._is_busy(name, one.status)]
        if busy:
            return f"{busy[0]} is being carried out"
        if request.policy is Policy.RESTART:
            return None
        now = self.start.clock.virtual(workflow.now())
        plan = moving.move(self.playbook, request.playbook, self.state, request.mapping, self.keys, now)
        return plan.reason if isinstance(plan, moving.CannotMove) else None

    def _so_far(self) -> RunState:
        """The state with what has arrived taken in.

        A run that its worker has to load again may be given its last event and an update at once, and handlers run
        before the run takes anything in; the preview has seen it taken in.
        """
        return reduce(partial(observe, self.playbook), self.arrived, self.state)

    def _is_busy(self, name: str, status: StepStatus) -> bool:
        return status is StepStatus.RUNNING and self.playbook.step(name).kind != "await"

    def _is_repeat(self, request: OperateRequest) -> bool:
        return f"operate:{request.request_id}" in self.seen
