"""A customer's lifecycle: every event of the customer in order, what each changes, and which plays run.

It lives as long as the customer and parks without a timer. What it decides is decided by the activity, from rows; it
keeps only which plays are open and which events they want.
"""

import asyncio
from collections import deque
from datetime import datetime

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

from activities.lifecycle import LifecycleActivities
from models.events import Occurrence
from models.ids import parse_workflow_id
from models.moved import Rewired
from models.play import Decided, DecideInput, LifecycleInput, PlayInput, PlayStart, Stop
from models.run import END_RUN
from workflows import policies
from workflows.attributes import OWNER, PLAN, STAGE, play_attributes, play_summary
from workflows.delivery import start_delivery
from workflows.kinds import PLAYS


@workflow.defn
class CustomerLifecycle:
    """``customer:<id>``."""

    @workflow.init
    def __init__(self, asked: LifecycleInput) -> None:
        """Set up before any handler can run."""
        self.customer = asked.customer
        self.clock = asked.clock
        self.stage = asked.stage
        self.owner = asked.owner
        self.plan = asked.plan
        self.running = dict(asked.running)
        self.seen: dict[str, None] = dict.fromkeys(asked.seen)
        self.arrived: deque[Occurrence] = deque(asked.pending)
        self.last = "nothing yet"

    @workflow.signal
    def happened(self, seen: Occurrence) -> None:
        """Something happened to the customer; a redelivery is recognised by its key."""
        if seen.key in self.seen:
            return
        self.seen[seen.key] = None
        while len(self.seen) > policies.SEEN_KEPT:
            self.seen.pop(next(iter(self.seen)))
        self.arrived.append(seen)

    @workflow.signal
    def rewired(self, told: Rewired) -> None:
        """An open play follows another playbook and wants other events from now on."""
        if told.workflow_id in self.running:
            self.running[told.workflow_id] = told.wants

    @workflow.query
    def open_plays(self) -> dict[str, tuple[str, ...]]:
        """Open plays and the events each wants."""
        return self.running

    @workflow.run
    async def run(self, asked: LifecycleInput) -> None:
        """One event after the other, for as long as the customer lives."""
        while True:
            self._describe()
            await workflow.wait_condition(lambda: bool(self.arrived) or self._should_renew())
            if self._should_renew():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._carried_on())
            seen = self.arrived[0]
            await self._forward(seen)
            await self._decide(seen)
            self.arrived.popleft()
            self.last = f"{seen.kind} at {seen.at:%Y-%m-%d %H:%M} UTC"

    async def _forward(self, seen: Occurrence) -> None:
        """Tell the open plays that want it; a play that is no longer open is forgotten."""
        for workflow_id, wants in list(self.running.items()):
            if not any(seen.matches(pattern) for pattern in wants):
                continue
            try:
                await workflow.get_external_workflow_handle(workflow_id).signal("happened", seen)
            except ApplicationError:
                self.running.pop(workflow_id, None)

    async def _decide(self, seen: Occurrence) -> None:
        """Ask what follows, and make it follow."""
        asked = DecideInput(customer=self.customer, occurrence=seen, now=self._now(), clock=self.clock)
        decided = await workflow.execute_local_activity_method(
            LifecycleActivities.decide, asked, summary=f"Decide on {seen.kind}", **policies.DECIDE
        )
        for ended in decided.ended:
            self.running.pop(ended, None)
        for stop in decided.stops:
            await self._end(stop, seen)
        starting = [self._start(play) for play in decided.plays]
        await asyncio.gather(*starting, *(start_delivery(delivery) for delivery in decided.deliveries))
        self._show(decided)

    async def _end(self, stop: Stop, seen: Occurrence) -> None:
        """An open play is over: it records what it leaves undone, and why."""
        self.running.pop(stop.workflow_id, None)
        told = Occurrence(
            kind=END_RUN,
            key=f"{seen.key}>end",
            at=self._now(),
            data={"status": stop.status.value, "reason": stop.reason},
        )
        try:
            await workflow.get_external_workflow_handle(stop.workflow_id).signal("happened", told)
        except ApplicationError:
            workflow.logger.info("%s has ended already", stop.workflow_id)

    async def _start(self, play: PlayStart) -> None:
        """Start a play that outlives this run; one that is already started is the same play."""
        self.running[play.workflow_id] = play.wants
        kind = PLAYS[parse_workflow_id(play.workflow_id).process]
        try:
            await workflow.start_child_workflow(
                kind.__name__,
                PlayInput(start=play),
                id=play.workflow_id,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=ParentClosePolicy.ABANDON,
                search_attributes=play_attributes(play),
                static_summary=play_summary(play),
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s already started", play.workflow_id)

    def _show(self, decided: Decided) -> None:
        """Search attributes follow changes, never repeat them."""
        updates = []
        if decided.stage is not None and decided.stage is not self.stage:
            self.stage = decided.stage
            updates.append(STAGE.value_set(decided.stage.value))
        if decided.plan and decided.plan != self.plan:
            self.plan = decided.plan
            updates.append(PLAN.value_set(decided.plan))
        if decided.owner and decided.owner != self.owner:
            self.owner = decided.owner
            updates.append(OWNER.value_set(decided.owner))
        if updates:
            workflow.upsert_search_attributes(updates)

    def _describe(self) -> None:
        stage = self.stage.value if self.stage else "unknown"
        plays = "\n".join(f"- `{workflow_id}`" for workflow_id in self.running) or "- none"
        workflow.set_current_details(f"Stage **{stage}**. Last: {self.last}.\n\nOpen plays:\n{plays}")

    def _should_renew(self) -> bool:
        return workflow.info().is_continue_as_new_suggested()

    def _now(self) -> datetime:
        return self.clock.virtual(workflow.now())

    def _carried_on(self) -> LifecycleInput:
        return LifecycleInput(
            customer=self.customer,
            clock=self.clock,
            seen=tuple(self.seen),
            running=self.running,
            stage=self.stage,
            owner=self.owner,
            plan=self.plan,
            pending=tuple(self.arrived),
        )
