"""From the stored book, the playbooks, the texts and the settings to the values a simulation is given."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from activities.house import House
from analysis.simulation.world import Account, Manager, OpenOnboarding, OpenRun, PastRun, Rules, Text, World
from cli.context import Context
from intake.team import Team
from integrations.calendars import LibraryCalendars
from models.condition import names
from models.enums import Channel, Language, LifecycleStage, Segment
from models.errors import NotFound
from models.facts import SINCE
from models.ids import parse_workflow_id
from models.play import OnboardingRecord, OnboardingState, StepRecord
from models.playbook import ActStep, EscalateStep, Playbook
from models.records import Customer, RunRow
from models.responses import Responses
from models.run import StepState, StepStatus
from persistence.whole_book import WholeBook, read_book
from rendering.catalogue import Templates
from rules import churn, lifecycle
from rules.segments import segment_of

ALWAYS = (
    *("contract_length", "logins_per_week", "nps_score", "days_since_nps", "health_score"),
    *(name for name in lifecycle.FACTS_FULL if name not in lifecycle.SUPPLIED),
    *("usage_vs_limit", "conversations_handled", *churn.FACTS),
)
"""Facts that a simulation reads whatever the conditions ask."""


def texts_of(templates: Templates) -> dict[tuple[str, Channel], Text]:
    """Class and needed values of every text."""
    found = {}
    for key, channel in templates.keys:
        info = templates.info(key, channel)
        needed = frozenset(variable.name for variable in info.variables if variable.required)
        found[key, channel] = Text(info.message_class, needed)
    return found


def tips_of(templates: Templates, playbooks: Iterable[Playbook]) -> frozenset[str]:
    """Onboarding steps for which there are tips."""
    programs = [playbook.program for playbook in playbooks if playbook.program is not None]
    steps = {step.id for program in programs for step in program.steps}
    return frozenset(step for step in steps if templates.tips(step, Language.ES))


def world_of(
    house: House,
    templates: Templates,
    playbooks: tuple[Playbook, ...],
    team: tuple[Manager, ...],
    responses: Responses,
    *,
    begins: datetime,
    days: int,
    only: str | None,
) -> World:
    """What is the same for every customer.

    Raises:
        NotFound: there is no such playbook.
    """
    if only is not None and only not in {playbook.id for playbook in playbooks}:
        known = ", ".join(dict.fromkeys(playbook.id for playbook in playbooks))
        raise NotFound(f"no such playbook; known: {known}", field="PLAYBOOK", value=only)
    return World(
        begins=begins,
        ends=begins + timedelta(days=days),
        playbooks=playbooks,
        texts=texts_of(templates),
        rules=Rules(house.quiet_from, house.quiet_until, house.weekly_cap, house.default_zone, house.country),
        team=team,
        tips=tips_of(templates, playbooks),
        responses=responses,
        calendar=LibraryCalendars().of,
        only=only,
    )


async def stored(context: Context, playbooks: tuple[Playbook, ...], as_of: datetime, customer: str | None) -> WholeBook:
    """The book, with the facts that the playbooks' conditions read.

    Raises:
        NotFound: there is no such customer.
    """
    wanted = {*ALWAYS, *_asked(playbooks)} - SINCE
    async with context.engine.read() as connection:
        book = await read_book(connection, sorted(wanted), as_of=as_of, only=customer)
    if customer is not None and not book.customers:
        raise NotFound("no such customer", field="--customer", value=customer)
    return book


def managers_of(book: WholeBook, team: Team | None) -> tuple[Manager, ...]:
    """Who looks after customers: as the file says, else as stored, with the customers each has now."""
    load: dict[str, int] = {}
    for one in book.customers:
        if one.csm_id and one.stage is not LifecycleStage.CHURNED:
            load[one.csm_id] = load.get(one.csm_id, 0) + 1
    if team is None:
        return tuple(Manager(one.id, one.segments, load.get(one.id, 0)) for one in book.managers)
    return tuple(Manager(one.id, one.segments, load.get(one.id, 0), one.weekly_tasks) for one in team.managers)


def accounts_of(book: WholeBook, house: House, *, activate: bool, present: bool) -> list[Account]:
    """Every customer as it stands. ``present``: the moment is now, so what runs now goes on."""
    return [_account(one, book, house, activate=activate, present=present) for one in book.customers]


def _account(one: Customer, book: WholeBook, house: House, *, activate: bool, present: bool) -> Account:
    segment = segment_of(one.plan, one.segment)
    record = book.onboardings.get(one.id)
    runs = book.runs.get(one.id, []) if present else []
    return Account(
        id=one.id,
        segment=segment,
        plan=one.plan,
        stage=one.stage,
        status=one.subscription_status,
        cycle=one.cycle,
        zone=house.zone_of(one),
        named=bool(one.first_name or one.name),
        has_email=one.email is not None,
        suppressed=book.suppressed.get(one.email.lower()) if one.email else None,
        consent_marketing=one.consent_marketing,
        consent_relationship=one.consent_relationship,
        csm=one.csm_id,
        held=one.outreach_held and not activate,
        imported=one.imported_at is not None,
        has_plan=bool(book.facts[one.id].get("has_success_plan")),
        subscribed_at=one.subscribed_at,
        trial_ends_at=one.trial_ends_at,
        renewal_at=datetime.combine(one.renewal_date, time(), tzinfo=UTC) if one.renewal_date else None,
        renewal=book.renewals.get((one.id, one.renewal_date)) if one.renewal_date else None,
        due_told=book.due_told.get(one.id, {}),
        surveyed_at=book.surveyed.get(one.id),
        country=one.country or (one.locale or "")[3:] or None,
        past=tuple(_past(run) for run in book.past.get(one.id, ())),
        facts=book.facts[one.id],
        signals=tuple(book.signals.get(one.id, ())),
        capped=tuple(book.lately.get(one.id, ())),
        onboarding=_onboarding(record, segment) if record is not None else None,
        running=tuple(
            OpenRun(
                run.playbook,
                run.process,
                run.started,
                _steps(book.steps.get(run.workflow_id, []), run.started),
                _name(run) or run.workflow_id,
            )
            for run in runs
        ),
    )


def _onboarding(record: OnboardingRecord, _segment: Segment | None) -> OpenOnboarding:
    """The tracker's state from its record; when each step was done is not kept, so it counts as the last progress."""
    state = OnboardingState(
        completed=dict.fromkeys(record.completed_steps, record.last_progress),
        milestones=record.milestones,
        late=record.late,
        last_progress=record.last_progress,
        stalled=record.status == "stalled",
        finished=record.finished,
        first_value=record.first_value,
    )
    return OpenOnboarding(record.program, record.started, state)


def _steps(records: list[StepRecord], started: datetime) -> dict[str, StepState]:
    """Steps as recorded; one that was being carried out when it was recorded is asked again."""
    found = {}
    for one in records:
        status = StepStatus(one.status)
        acting = status is StepStatus.RUNNING
        found[one.step_id] = StepState(
            status=StepStatus.PENDING if acting else status,
            due=one.due or started,
            ended=one.ended if status.settled else None,
            result=one.result if status.settled else "",
            reason=one.reason,
        )
    return found


def _past(run: RunRow) -> PastRun:
    parts = parse_workflow_id(run.workflow_id).parts
    signal = parts[0] if run.process == "save" and parts else ""
    return PastRun(run.playbook, run.process, run.started, run.ended or run.started, _name(run), signal)


def _name(run: RunRow) -> str:
    """The name of a run of which there is one: of a cycle, a term, a quarter, a referral."""
    parts = parse_workflow_id(run.workflow_id).parts
    return f"{run.process}:{parts[0]}" if run.process in ("onboarding", "renewal", "qbr", "referral") and parts else ""


def _asked(playbooks: tuple[Playbook, ...]) -> set[str]:
    conditions = [playbook.entry for playbook in playbooks]
    conditions += [goal.when for playbook in playbooks for goal in playbook.goals]
    conditions += [exit_.when for playbook in playbooks for exit_ in playbook.exits]
    for playbook in playbooks:
        conditions += [step.when for step in playbook.steps if isinstance(step, ActStep | EscalateStep)]
    found = {name for condition in conditions if condition for name in names(condition)}
    return found | {"has_success_plan"}
