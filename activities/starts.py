"""How a play begins: its number is reserved, its row opened and its playbook frozen, in the deciding transaction."""

from datetime import UTC, datetime, time, timedelta

from activities.ports import Playbooks, Transaction
from models.enums import RunStatus
from models.errors import Refused
from models.ids import onboarding_id, sequence_id
from models.play import DecideInput, OnboardingState, PlayStart, RunRecord
from models.playbook import Playbook
from models.records import Customer
from rules import onboarding
from rules.segments import segment_of


async def begin_onboarding(
    tx: Transaction, playbooks: Playbooks, customer: Customer, asked: DecideInput, fresh: timedelta
) -> PlayStart:
    """The program of the customer's segment, for its present cycle, with its record."""
    segment = segment_of(customer.plan, customer.segment)
    if segment is None:
        raise Refused("plan and segment unknown: no onboarding program can be chosen", field="plan")
    playbook = playbooks.program_for(segment)
    workflow_id = onboarding_id(customer.id, customer.cycle)
    start = await _start(tx, playbook, workflow_id, customer, asked, fresh, occurrence=customer.cycle)
    assert playbook.program is not None
    record = onboarding.record(
        playbook.program,
        OnboardingState(last_progress=start.counted_from),
        customer=customer.id,
        cycle=customer.cycle,
        playbook=playbook.id,
        version=playbook.version,
        started=start.started,
    )
    known = await tx.onboardings.latest(customer.id)
    if known is None or known.cycle < customer.cycle:
        await tx.onboardings.save(record)
    return start


async def begin_sequence(
    tx: Transaction, playbooks: Playbooks, customer: Customer, asked: DecideInput, name: str, fresh: timedelta
) -> PlayStart:
    """A sequence; the same cause finds the same number."""
    playbook = playbooks.by_id(name, segment_of(customer.plan, customer.segment))
    occurrence = await tx.runs.next_occurrence(
        customer.id, name, asked.occurrence.key, lambda n: sequence_id(customer.id, name, n)
    )
    workflow_id = sequence_id(customer.id, name, occurrence)
    return await _start(tx, playbook, workflow_id, customer, asked, fresh, occurrence=occurrence)


async def _start(
    tx: Transaction,
    playbook: Playbook,
    workflow_id: str,
    customer: Customer,
    asked: DecideInput,
    fresh: timedelta,
    *,
    occurrence: int,
) -> PlayStart:
    started, not_before = _began(customer, asked, fresh)
    start = PlayStart(
        workflow_id=workflow_id,
        customer=customer.id,
        playbook=playbook,
        fingerprint=playbook.fingerprint(),
        occurrence=occurrence,
        cycle=max(customer.cycle, 1),
        started=started,
        not_before=not_before,
        clock=asked.clock,
        owner=customer.csm_id or "",
        plan=customer.plan.value if customer.plan else "",
        values={"plan": customer.plan, "segment": segment_of(customer.plan, customer.segment), "cycle": customer.cycle},
        dates=_dates(customer),
    )
    await tx.runs.open(
        RunRecord(
            workflow_id=workflow_id,
            customer=customer.id,
            process=playbook.process,
            playbook=playbook.id,
            version=playbook.version,
            fingerprint=start.fingerprint,
            status=RunStatus.RUNNING,
            started=started,
            wants=start.wants,
        )
    )
    return start


def _began(customer: Customer, asked: DecideInput, fresh: timedelta) -> tuple[datetime, datetime | None]:
    """When the delays begin to count, and before when nothing is done."""
    seen = asked.occurrence
    if seen.kind == "imported":
        # Now, not the book's day: a book of two years ago must not set off what was due since then.
        return customer.subscribed_at or seen.at, max(seen.at, asked.now)
    return (seen.at if asked.now - seen.at <= fresh else asked.now), None


def _dates(customer: Customer) -> dict[str, datetime]:
    """Dates that ``until`` may name, where known; a day begins at midnight UTC."""
    dates = {}
    if customer.renewal_date is not None:
        dates["renewal_date"] = datetime.combine(customer.renewal_date, time(), tzinfo=UTC)
    if customer.trial_ends_at is not None:
        dates["trial_ends_at"] = customer.trial_ends_at
    return dates
