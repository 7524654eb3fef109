"""The onboarding record, and the check for first value (sections 4.4 and 14.2 of the domain)."""

from temporalio import activity

from activities.colleagues import TEAM
from activities.frame import Frame, days_between, done
from activities.house import House
from activities.places import NEXT_WORKING_DAY, Places
from activities.plan_draft import program_of
from activities.ports import Playbooks, Store, Transaction
from models.enums import Language, Priority, Role, Severity
from models.play import OnboardingRecord, SaveOnboarding, StepInput, StepRefused
from models.records import Blocker, CsmTask, Customer, Notice
from models.run import StepResult

NO_FIRST_VALUE = "first_value_not_reached"


class OnboardingActivities:
    """What the onboarding workflow asks for."""

    def __init__(self, store: Store, places: Places, house: House, playbooks: Playbooks) -> None:
        """Rows, calendars, whose language tasks are in, and what the steps of a program are called."""
        self._playbooks = playbooks
        self._house = house
        self._store = store
        self._places = places
        self._frame = Frame(store)

    @activity.defn
    async def save(self, asked: SaveOnboarding) -> None:
        """Keep the record and its blockers, before anything is celebrated (O6)."""
        record = asked.record
        async with self._store.begin() as tx:
            await tx.onboardings.save(record)
            present = {blocker.name for blocker in await tx.work.blockers(record.customer)}
            ours = {name for name in present if name.startswith(("milestone_late:", "onboarding_stalled"))}
            for name in ours - set(record.blockers):
                await tx.work.clear_blocker(record.customer, name)
            for name in set(record.blockers) - present:
                key = f"onboarding:{record.customer}:{record.cycle}:{name}:{asked.now.isoformat()}"
                await tx.work.add_blocker(Blocker(key=key, customer=record.customer, name=name, at=asked.now))
            if record.first_value is not None and NO_FIRST_VALUE in present:
                await tx.work.clear_blocker(record.customer, NO_FIRST_VALUE)

    @activity.defn
    async def refuse_step(self, asked: StepRefused) -> None:
        """Tell support that a producer reports a step the program does not have."""
        async with self._store.begin() as tx:
            notice = Notice(
                key=asked.key,
                customer=asked.customer,
                workflow_id=asked.workflow_id,
                role=Role.SUPPORT,
                recipient=Role.SUPPORT,
                message=asked.message,
                severity=Severity.MEDIUM,
                at=asked.now,
            )
            await tx.work.add_notice(notice)

    @activity.defn
    async def check_first_value(self, step: StepInput) -> StepResult:
        """Record the time to first value; not reached: a blocker and a task."""
        return await self._frame.run(step, self._check)

    async def _check(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        record = await tx.onboardings.latest(customer.id)
        if record is None:
            return StepResult(status="skipped", reason="no onboarding record")
        if record.first_value is not None:
            days = days_between(record.started, record.first_value)
            return done(f"first value after {days} days", time_to_first_value_days=days)
        blocker = Blocker(key=f"{step.key}>{NO_FIRST_VALUE}", customer=customer.id, name=NO_FIRST_VALUE, at=step.now)
        await tx.work.add_blocker(blocker)
        task = CsmTask(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            type="first_value",
            title=_first_value(self._house.language, self._name_of_step(record, customer)),
            priority=Priority.HIGH,
            assignee=customer.csm_id or TEAM,
            due=self._places.due(NEXT_WORKING_DAY, step.now),
            created_at=step.now,
        )
        await tx.work.add_task(task)
        return done("not reached: blocker and task", first_value=False)

    def _name_of_step(self, record: OnboardingRecord, customer: Customer) -> str | None:
        """Of the step that is next, as the customer sees it; its id where the program is no more."""
        program = program_of(self._playbooks, record.program, customer)
        steps = () if program is None else program.steps
        step = next((one for one in steps if one.id == record.current_step), None)
        return record.current_step if step is None else f"«{step.names.get(self._house.language, step.name)}»"


def _first_value(language: Language, step: str | None) -> str:
    if language is Language.EN:
        return f"First value not reached: help with step {step}" if step else "First value not reached"
    return f"Sin primer valor: ayudar con el paso {step}" if step else "Sin primer valor"
