"""What our own people are asked and told: tasks, notices, proposals, plans, reviews, escalations (section 14.2)."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.ports import Store, Transaction
from models.actions import CreateTask, NotifyCsm, ProposeMeeting, ScheduleReview
from models.enums import Language, Priority, Role, Severity
from models.play import EscalationInput, StepInput
from models.records import Csm, CsmTask, Customer, MeetingProposal, Notice
from models.run import StepResult
from rules.calendar import next_working_days
from rules.segments import segment_of

TEAM = "team"


class PeopleActivities:
    """One method per verb; each writes rows of ours and reaches nobody outside, but for a proposed meeting."""

    def __init__(self, store: Store, house: House) -> None:
        """``store``: where transactions come from; ``house``: whom we act for."""
        self._store = store
        self._house = house
        self._frame = Frame(store)

    @activity.defn
    async def assign_csm(self, step: StepInput) -> StepResult:
        """The least-loaded manager of the segment, once; nobody to assign leaves the team queue."""
        return await self._frame.run(step, self._assign)

    @activity.defn
    async def create_success_plan(self, step: StepInput) -> StepResult:
        """A draft plan, unless there is one."""
        return await self._frame.run(step, self._plan)

    @activity.defn
    async def propose_meeting(self, step: StepInput) -> StepResult:
        """A proposal through the calendar link, and a task for the manager."""
        return await self._frame.run(step, self._propose, contacts=True)

    @activity.defn
    async def create_task(self, step: StepInput) -> StepResult:
        """A task for the manager or the team queue."""
        return await self._frame.run(step, self._task)

    @activity.defn
    async def notify_csm(self, step: StepInput) -> StepResult:
        """A notice to the manager or the team queue."""
        return await self._frame.run(step, self._notify)

    @activity.defn
    async def schedule_review(self, step: StepInput) -> StepResult:
        """The cycle's one review of that name."""
        return await self._frame.run(step, self._review)

    @activity.defn
    async def escalate_step(self, step: StepInput) -> StepResult:
        """An escalate step of a playbook: tell its role."""
        return await self._frame.run(step, self._escalate)

    @activity.defn
    async def escalate(self, asked: EscalationInput) -> None:
        """A level of the escalation path: tell its role, once per level."""
        async with self._store.begin() as tx:
            notice = Notice(
                key=asked.key,
                customer=asked.customer,
                workflow_id=asked.workflow_id,
                role=asked.role,
                recipient=asked.role,
                message=f"{asked.playbook}: level {asked.level}, {asked.reason}",
                severity=Severity.HIGH,
                at=asked.now,
            )
            await tx.work.add_notice(notice)

    async def _assign(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        if customer.csm_id:
            return skipped(f"already assigned: {customer.csm_id}")
        segment = segment_of(customer.plan, customer.segment)
        if segment is None:
            return skipped("segment unknown: stays with the team queue")
        csm = await tx.customers.least_loaded_csm(segment)
        if csm is None:
            return skipped(f"no manager serves {segment}: stays with the team queue")
        if not await tx.customers.assign(customer.id, csm.id):
            return skipped("assigned meanwhile")
        return done(f"assigned to {csm.id}", owner=csm.id)

    async def _plan(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        record = await tx.onboardings.latest(customer.id)
        program = record.program if record is not None else ""
        added = await tx.work.add_success_plan(customer.id, step.key, program, step.now)
        return done("draft created") if added else skipped("a success plan exists")

    async def _propose(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = ProposeMeeting.model_validate(step.params, extra="ignore")
        csm = await self._csm(tx, customer)
        due = next_working_days(step.now, 1)
        link = self._house.calendar(csm)
        proposal = MeetingProposal(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            meeting=asked.meeting.value,
            calendar_link=link,
            at=step.now,
            due=due,
        )
        await tx.work.add_proposal(proposal)
        await tx.work.add_task(self._csm_task(step, customer, asked.meeting.value, self._say(asked.task), due))
        return done(f"proposed through {link}")

    async def _task(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = CreateTask.model_validate(step.params, extra="ignore")
        due = next_working_days(step.now, asked.due_days)
        task = self._csm_task(step, customer, asked.task, self._say(asked.title), due, asked.priority)
        await tx.work.add_task(task)
        return done(f"task for {task.assignee}")

    async def _notify(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = NotifyCsm.model_validate(step.params, extra="ignore")
        text = self._say(asked.text) if asked.text else asked.message
        await tx.work.add_notice(self._notice(step, customer, Role.CSM, text))
        return done(f"told {customer.csm_id or TEAM}")

    async def _review(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = ScheduleReview.model_validate(step.params, extra="ignore")
        record = await tx.onboardings.latest(customer.id)
        began = record.started if record is not None else step.started
        due = max(began + timedelta(days=asked.at_day), step.now)
        key = f"review:{customer.id}:{step.cycle}:{asked.review}"
        if any(task.key == key for task in await tx.work.tasks(customer.id)):
            return skipped("this cycle's review is already arranged")
        title = {Language.ES: "Revisión de los 30 días", Language.EN: "30-day review"}
        task = self._csm_task(step, customer, asked.review, self._say(title), due)
        await tx.work.add_task(task.model_copy(update={"key": key}))
        return done(f"review on {due:%Y-%m-%d}")

    async def _escalate(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        role = Role(str(step.params["role"]))
        reason = str(step.params.get("reason") or step.playbook)
        notice = self._notice(step, customer, role, reason)
        await tx.work.add_notice(notice.model_copy(update={"severity": Severity.HIGH}))
        return done(f"told {role}")

    def _csm_task(
        self,
        step: StepInput,
        customer: Customer,
        kind: str,
        title: str,
        due: datetime,
        priority: Priority = Priority.NORMAL,
    ) -> CsmTask:
        return CsmTask(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            type=kind,
            title=title,
            priority=priority,
            assignee=customer.csm_id or TEAM,
            due=due,
            created_at=step.now,
        )

    def _notice(self, step: StepInput, customer: Customer, role: Role, message: str) -> Notice:
        return Notice(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            role=role,
            recipient=(customer.csm_id or TEAM) if role is Role.CSM else role.value,
            message=message,
            at=step.now,
        )

    def _say(self, texts: dict[Language, str]) -> str:
        return texts.get(self._house.language) or next(iter(texts.values()))

    @staticmethod
    async def _csm(tx: Transaction, customer: Customer) -> Csm | None:
        return await tx.customers.csm(customer.csm_id) if customer.csm_id else None
