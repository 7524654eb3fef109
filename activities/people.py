"""What our own people are told and given: managers, plans, reviews, notices, escalations (section 14.2)."""

from datetime import timedelta

from pydantic import TypeAdapter
from temporalio import activity

from activities.colleagues import TEAM, colleague
from activities.executive import reached
from activities.frame import Frame, done, skipped
from activities.house import House
from activities.internal_mail import InternalPost
from activities.plan_draft import draft
from activities.ports import Playbooks, Store, Transaction
from activities.questions import question_of
from activities.unanswered import unanswered
from models.action_texts import Texts
from models.actions import NotifyCsm, ScheduleReview
from models.enums import Language, Priority, Role, Severity
from models.play import EscalationInput, StepInput
from models.records import CsmTask, Customer, Notice
from models.run import StepResult
from rules.segments import segment_of

_TEXTS: TypeAdapter[Texts] = TypeAdapter(Texts)


class PeopleActivities:
    """One method per verb; each writes rows of ours and reaches nobody outside the company."""

    def __init__(self, store: Store, house: House, post: InternalPost, playbooks: Playbooks) -> None:
        """Rows, whom we act for, mail to our own people, and the programs that plans are drafted from."""
        self._playbooks = playbooks
        self._store = store
        self._house = house
        self._post = post
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
    async def notify_csm(self, step: StepInput) -> StepResult:
        """A notice to the manager or the team queue, and by mail where there is an address."""
        result = await self._frame.run(step, self._notify)
        for key in (step.key, f"{step.key}>manager"):
            await self._post.deliver(key, step.now)
        return result

    @activity.defn
    async def schedule_review(self, step: StepInput) -> StepResult:
        """The cycle's one review of that name."""
        return await self._frame.run(step, self._review)

    @activity.defn
    async def escalate_step(self, step: StepInput) -> StepResult:
        """An escalate step of a playbook: tell its role."""
        result = await self._frame.run(step, self._escalate)
        await self._post.deliver(step.key, step.now)
        return result

    @activity.defn
    async def escalate(self, asked: EscalationInput) -> None:
        """A level of the escalation path: recorded, and its role told, once per level (C9)."""
        async with self._store.begin() as tx:
            customer = await tx.customers.get(asked.customer)
            if customer is None:
                # A run that outlived its customer's erasure has nobody to speak of.
                return
            text = self._say(await unanswered(tx, asked))
            await self._tell(
                tx, asked.key, asked.workflow_id, customer, asked, role=asked.role, text=text, severity=Severity.HIGH
            )
            await tx.interventions.rise(asked.workflow_id, asked.level)
        await self._post.deliver(asked.key, asked.now)

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
        added = await draft(tx, self._playbooks, customer, step.key, self._house.language_of(customer), step.now)
        return done("draft created") if added else skipped("a success plan exists")

    async def _notify(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = NotifyCsm.model_validate(step.params, extra="ignore")
        text = self._say(asked.text) if asked.text else asked.message
        told = await self._tell(
            tx, step.key, step.workflow_id, customer, step, role=Role.CSM, text=text, severity=asked.severity
        )
        if asked.urgent:
            key = f"{step.key}>manager"
            above = await self._tell(
                tx, key, step.workflow_id, customer, step, role=Role.CS_MANAGER, text=text, severity=asked.severity
            )
            return done(f"told {told} and {above}")
        return done(f"told {told}")

    async def _review(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        asked = ScheduleReview.model_validate(step.params, extra="ignore")
        record = await tx.onboardings.latest(customer.id)
        began = record.started if record is not None else step.started
        due = max(began + timedelta(days=asked.at_day), step.now)
        key = f"review:{customer.id}:{step.cycle}:{asked.review}"
        if any(task.key == key for task in await tx.work.tasks(customer.id)):
            return skipped("this cycle's review is already arranged")
        title = {Language.ES: "Revisión de los 30 días", Language.EN: "30-day review"}
        task = CsmTask(
            key=key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            type=asked.review,
            title=self._say(title),
            priority=Priority.NORMAL,
            assignee=customer.csm_id or TEAM,
            due=due,
            created_at=step.now,
            step_id=step.step_id,
        )
        await tx.work.add_task(task)
        return done(f"review on {due:%Y-%m-%d}")

    async def _escalate(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        role = Role(str(step.params["role"]))
        texts = _TEXTS.validate_python(step.params.get("text")) if step.params.get("text") else None
        text = self._say(texts) if texts else str(step.params.get("reason") or step.playbook)
        await self._tell(tx, step.key, step.workflow_id, customer, step, role=role, text=text, severity=Severity.HIGH)
        return done(f"told {role}")

    async def _tell(
        self,
        tx: Transaction,
        key: str,
        workflow_id: str,
        customer: Customer,
        asked: StepInput | EscalationInput,
        *,
        role: Role,
        text: str,
        severity: Severity,
    ) -> str:
        """Put it into the queue of the role, or of the person; the person also gets a mail. Returns whom it is for."""
        if role is Role.EXECUTIVE:
            await reached(tx, customer, asked.now)
        to = await colleague(tx, customer, role)
        notice = Notice(
            key=key,
            customer=customer.id,
            workflow_id=workflow_id,
            role=role,
            recipient=to.queue,
            message=text,
            severity=severity,
            at=asked.now,
        )
        await tx.work.add_notice(notice)
        if to.person is not None:
            if isinstance(asked, EscalationInput):
                answers, outcomes = asked.step, asked.outcomes
            else:
                answers, outcomes = question_of(asked)
            await self._post.write(
                tx,
                key=key,
                workflow_id=workflow_id,
                customer=customer,
                to=to.person,
                role=role,
                title=text,
                now=asked.now,
                step=answers,
                outcomes=outcomes,
            )
        return to.queue

    def _say(self, texts: dict[Language, str]) -> str:
        return texts.get(self._house.language) or next(iter(texts.values()))
