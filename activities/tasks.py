"""What our own people are asked to do, and what they answer (sections 7.2, 7.3 and 14.2 of the domain).

A call or a meeting of a playbook is a task for a person with a due moment, never a call booked by itself (C5, C6).
"""

from pydantic import JsonValue
from temporalio import activity

from activities.colleagues import colleague
from activities.frame import Frame, as_of_attempt, done
from activities.house import House
from activities.internal_mail import InternalPost
from activities.meeting_links import MeetingLinks
from activities.places import Places
from activities.ports import Store, Transaction
from activities.questions import question_of
from activities.visits import Visits
from models.action_texts import Texts
from models.actions import Asked, Call, CreateTask, MeetingTask, ProposeMeeting, RequestApproval
from models.approval import Approval
from models.enums import Priority, Role
from models.people import SILENT, ChecklistMark, Outcome
from models.play import StepInput
from models.records import CsmTask, Customer, MeetingProposal, Notice
from models.run import ASKED_APPROVAL, StepResult
from rules import nps

_MAILED = (Priority.HIGH, Priority.URGENT)

NPS_FOLLOWUP = "nps_followup"
"""The task of section 11.2: closing it says that a detractor was followed up (N8)."""


class TaskActivities:
    """One method per verb that asks a person, and one for the answer."""

    def __init__(
        self,
        store: Store,
        house: House,
        places: Places,
        post: InternalPost,
        links: MeetingLinks | None = None,
        visits: Visits | None = None,
    ) -> None:
        """Collaborators: rows, whom we act for, calendars, mail to our own people, who makes booking links, and who
        knows of recorded visits.
        """
        self._links, self._visits = links, visits
        self._store = store
        self._house = house
        self._places = places
        self._post = post
        self._frame = Frame(store)

    @activity.defn
    async def create_task(self, step: StepInput) -> StepResult:
        """A task for a person or a queue."""
        text = await self._watched(step)

        async def ask(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            asked = CreateTask.model_validate(step.params, extra="ignore")
            due = asked.due or f"{asked.due_days} working days"
            return await self._ask(tx, step, customer, asked, asked.task, asked.title, due, text)

        return await self._delivered(step, await self._frame.run(step, ask))

    @activity.defn
    async def call(self, step: StepInput) -> StepResult:
        """A person is asked to call."""
        text = await self._watched(step)

        async def ask(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            asked = Call.model_validate(step.params, extra="ignore")
            return await self._ask(tx, step, customer, asked, asked.meeting.value, asked.title, asked.due, text)

        return await self._delivered(step, await self._frame.run(step, ask))

    @activity.defn
    async def meeting(self, step: StepInput) -> StepResult:
        """A person is asked to meet the customer, or our own people."""
        text = await self._watched(step)

        async def ask(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            asked = MeetingTask.model_validate(step.params, extra="ignore")
            return await self._ask(tx, step, customer, asked, asked.meeting.value, asked.title, asked.due, text)

        return await self._delivered(step, await self._frame.run(step, ask))

    @activity.defn
    async def propose_meeting(self, step: StepInput) -> StepResult:
        """A proposal through the calendar link, and a task for the manager.

        A link for this one booking is asked for first, where a system makes them: while it is down the step waits, and
        its conditions and dates are those of the attempt that goes through.
        """
        made = ""
        if self._links is not None:
            step = as_of_attempt(step)
            meeting = ProposeMeeting.model_validate(step.params, extra="ignore").meeting.value
            made = await self._links.link(step.key, step.customer, meeting, waits=True)
        text = await self._watched(step)

        async def ask(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            asked = ProposeMeeting.model_validate(step.params, extra="ignore")
            csm = await tx.customers.csm(customer.csm_id) if customer.csm_id else None
            proposal = MeetingProposal(
                key=step.key,
                customer=customer.id,
                workflow_id=step.workflow_id,
                meeting=asked.meeting.value,
                calendar_link=made or self._house.calendar(csm),
                at=step.now,
                due=self._places.due(asked.due, step.now),
            )
            await tx.work.add_proposal(proposal)
            await self._ask(tx, step, customer, asked, asked.meeting.value, asked.task, asked.due, text)
            return done(f"proposed through {proposal.calendar_link}")

        return await self._delivered(step, await self._frame.run(step, ask, contacts=True))

    @activity.defn
    async def request_approval(self, step: StepInput) -> StepResult:
        """A named person is asked to allow something (G20); the decision reaches the run as an event."""

        async def ask(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            asked = RequestApproval.model_validate(step.params, extra="ignore")
            due = self._places.due(asked.due, step.now)
            title, role = self._say(asked.title), asked.role or Role.CS_MANAGER
            request = Approval(
                key=step.key,
                kind=asked.kind,
                customer=customer.id,
                subject=step.step_id,
                title=title,
                detail={"playbook": step.playbook, "customer": customer.name or customer.id},
                requested_by=step.playbook,
                requested_at=step.now,
                role=role,
                only=asked.role is not None,
                due_at=due,
                workflow_id=step.workflow_id,
            )
            stored = await tx.approvals.ask(request)
            to = await colleague(tx, customer, role)
            notice = Notice(
                key=step.key,
                customer=customer.id,
                workflow_id=step.workflow_id,
                role=role,
                recipient=to.queue,
                message=f"approval {stored.number} ({asked.kind.value}): {title}",
                at=step.now,
            )
            await tx.work.add_notice(notice)
            if to.person is not None:
                await self._post.write(
                    tx,
                    key=step.key,
                    workflow_id=step.workflow_id,
                    customer=customer,
                    to=to.person,
                    role=role,
                    title=notice.message,
                    now=step.now,
                    due=due,
                )
            values: dict[str, JsonValue] = {f"{ASKED_APPROVAL}{stored.number}": True}
            return done(f"approval {stored.number} asked of {to.queue}").model_copy(update={"values": values})

        return await self._delivered(step, await self._frame.run(step, ask))

    @activity.defn
    async def record_outcome(self, told: Outcome) -> bool:
        """Keep a person's answer: with its task, its intervention, and as a response of the customer where it is one.

        False if this request was known.
        """
        async with self._store.begin() as tx:
            if not await tx.outcomes.add(told):
                return False
            task = await tx.tasks.get(told.task_key) if told.task_key else None
            if task is not None:
                await tx.tasks.close(task.key, outcome=told.outcome, note=told.note, by=told.by, at=told.at)
                if task.type == NPS_FOLLOWUP and told.outcome not in SILENT:
                    await _followed_up(tx, told)
            await tx.interventions.answered(told.workflow_id, told.outcome)
            if told.outcome not in SILENT:
                await tx.facts.add_response(told.customer, "outcome", told.at, told.request_id)
            return True

    async def _ask(
        self,
        tx: Transaction,
        step: StepInput,
        customer: Customer,
        asked: Asked,
        kind: str,
        title: Texts,
        due: str | None,
        text: str,
    ) -> StepResult:
        if kind == NPS_FOLLOWUP:
            await _adopt(tx, step)
        to = await colleague(tx, customer, asked.owner)
        answers, outcomes = question_of(step)
        items = tuple(ChecklistMark(text=self._say(texts)) for texts in asked.checklist)
        task = CsmTask(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            type=kind,
            title=self._say(title),
            description=text,
            priority=asked.priority,
            assignee=to.queue,
            due=self._places.due(due, step.now),
            created_at=step.now,
            owner_role=asked.owner,
            step_id=step.step_id,
            outcomes=outcomes,
            checklist=items,
        )
        await tx.work.add_task(task)
        if to.person is not None and (outcomes or asked.priority in _MAILED):
            await self._post.write(
                tx,
                key=step.key,
                workflow_id=step.workflow_id,
                customer=customer,
                to=to.person,
                role=asked.owner,
                title=task.title,
                text=text,
                now=step.now,
                due=task.due,
                items=[item.text for item in items],
                step=answers,
                outcomes=outcomes,
            )
        return done(f"task for {task.assignee}, due {task.due:%Y-%m-%d %H:%M} UTC")

    async def _watched(self, step: StepInput) -> str:
        """The customer's recorded visits as the task's text, if it asks for them and somebody records them."""
        if self._visits is None or step.params.get("visits") is not True:
            return ""
        return await self._visits.told(step.key, step.customer)

    async def _delivered(self, step: StepInput, result: StepResult) -> StepResult:
        await self._post.deliver(step.key, step.now)
        return result

    def _say(self, texts: Texts) -> str:
        return texts.get(self._house.language) or next(iter(texts.values()))


async def _adopt(tx: Transaction, step: StepInput) -> None:
    """The task that the answer itself asked for becomes the step's: one record, not two (section 14.2)."""
    for loose in await tx.work.tasks(step.customer):
        if loose.type == NPS_FOLLOWUP and not loose.workflow_id and loose.status == "open":
            await tx.tasks.replaced(loose.key)


async def _followed_up(tx: Transaction, told: Outcome) -> None:
    """The latest answer given before the follow-up."""
    answers = [one for one in await tx.surveys.of(told.customer) if one.submitted_at <= told.at]
    if answers:
        await tx.surveys.followed_up(nps.follow_up(answers[-1], told.at, told.note))
