"""How a play begins: its number is reserved, its row opened and its playbook frozen, in the deciding transaction."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from activities.colleagues import TEAM
from activities.places import Places
from activities.ports import Playbooks, Transaction
from models import ids
from models.enums import RunStatus
from models.events import Occurrence
from models.people import Intervention
from models.play import DecideInput, OnboardingState, PlayStart, RunRecord
from models.playbook import Playbook
from models.playbook_rules import named_by
from models.records import Customer, RunRow
from models.run import OWN
from rules import entry, onboarding
from rules.segments import segment_of

FRESH = timedelta(days=1)
"""A producer may report late. Delays count from the event itself if it is fresh; from now if it is older than this, so
that steps long past do not all fire at once."""

_CARRIED = {"type": "expansion_type"}
_VALUES = ("severity", "score", "grade", "expansion_type", "timing", "drop", "days", "limit", *OWN)


class Starter:
    """Begins plays."""

    def __init__(self, playbooks: Playbooks, places: Places) -> None:
        """Collaborators: released playbooks, and calendars."""
        self._playbooks = playbooks
        self._places = places

    async def known(self, tx: Transaction, playbook: Playbook, customer: Customer, cause: str) -> str | None:
        """The run that this cause started before, or None."""
        return await tx.entries.started_by(customer.id, counter(playbook), cause)

    async def began(self, tx: Transaction, run: RunRow, cause: str) -> bool:
        """Whether that run is the one that this cause started; only playbooks that are numbered by their own id."""
        return await tx.entries.started_by(run.customer, run.playbook, cause) == run.workflow_id

    async def begin(
        self, tx: Transaction, playbook: Playbook, customer: Customer, asked: DecideInput, *, trigger: str, cause: str
    ) -> PlayStart:
        """Begin a run for this cause; the same cause finds the same run. ``trigger``: what it is started as."""
        seen = asked.occurrence
        number = await tx.runs.next_occurrence(
            customer.id, counter(playbook), cause, lambda n: workflow_id_of(playbook, customer, seen, n)
        )
        workflow_id = workflow_id_of(playbook, customer, seen, number)
        started, not_before = _began(customer, asked)
        start = PlayStart(
            workflow_id=workflow_id,
            customer=customer.id,
            playbook=playbook,
            fingerprint=playbook.fingerprint(),
            occurrence=number,
            cycle=max(customer.cycle, 1),
            started=started,
            not_before=not_before,
            clock=asked.clock,
            owner=customer.csm_id or "",
            plan=customer.plan.value if customer.plan else "",
            values={
                "plan": customer.plan,
                "segment": segment_of(customer.plan, customer.segment),
                "cycle": customer.cycle,
                **({"term": term_of(customer, seen)} if playbook.process == "renewal" else {}),
                **_said(seen),
            },
            dates={**_dates(customer), **self._quarter(seen)},
            trigger=trigger,
            release=self._playbooks.note(playbook),
            calendar=self._places.of(customer, started) if playbook.keeps_dates else None,
            tells_end=bool(playbook.excludes.pauses)
            or any(named_by(other.excludes.held_by, playbook.id) for other in self._playbooks.all()),
        )
        await tx.runs.open(_record(start))
        await tx.entries.pause(workflow_id, customer.id, playbook.id, playbook.excludes.pauses)
        if playbook.process == "onboarding":
            await _begin_record(tx, customer, start)
        if playbook.process == "save":
            await tx.interventions.open(_intervention(start, customer, seen))
        return start

    def _quarter(self, seen: Occurrence) -> dict[str, datetime]:
        """When the quarter of a review is over."""
        quarter = seen.data.get("quarter")
        return {"quarter_end": self._places.quarter_end(quarter)} if isinstance(quarter, str) else {}


def counter(playbook: Playbook) -> str:
    """Under which name the playbook's runs are numbered: plays of one signal share their numbers, as do surveys."""
    match playbook.process:
        case "save":
            return f"save:{entry.subject(playbook.trigger)}"
        case "nps":
            return "nps"
        case _:
            return playbook.id


def workflow_id_of(playbook: Playbook, customer: Customer, seen: Occurrence, number: int) -> str:
    """The run's id (section 20 of the domain)."""
    by_process: dict[str, Callable[[], str]] = {
        "onboarding": lambda: ids.onboarding_id(customer.id, customer.cycle),
        "sequence": lambda: ids.sequence_id(customer.id, playbook.id, number),
        "save": lambda: ids.save_id(customer.id, entry.subject(playbook.trigger), number),
        "renewal": lambda: ids.renewal_id(customer.id, term_of(customer, seen)),
        "nps": lambda: ids.nps_id(customer.id, number),
        "qbr": lambda: ids.qbr_id(customer.id, str(seen.data.get("quarter") or number)),
        "referral": lambda: ids.referral_id(customer.id, str(seen.data.get("referral_id") or seen.key)),
    }
    return by_process[playbook.process]()


def term_of(customer: Customer, seen: Occurrence) -> str:
    """The term by the day it ends; empty when nobody knows."""
    told = seen.data.get("term")
    return str(told) if told else (customer.renewal_date.isoformat() if customer.renewal_date else "")


def _record(start: PlayStart) -> RunRecord:
    return RunRecord(
        workflow_id=start.workflow_id,
        customer=start.customer,
        process=start.playbook.process,
        playbook=start.playbook.id,
        version=start.playbook.version,
        fingerprint=start.fingerprint,
        status=RunStatus.RUNNING,
        started=start.started,
        wants=start.wants,
    )


async def _begin_record(tx: Transaction, customer: Customer, start: PlayStart) -> None:
    """The onboarding record of the cycle."""
    program = start.playbook.program
    assert program is not None, "checked when the playbook was loaded"
    record = onboarding.record(
        program,
        OnboardingState(last_progress=start.counted_from),
        customer=customer.id,
        cycle=customer.cycle,
        playbook=start.playbook.id,
        version=start.playbook.version,
        started=start.started,
    )
    known = await tx.onboardings.latest(customer.id)
    if known is None or known.cycle < customer.cycle:
        await tx.onboardings.save(record)


def _intervention(start: PlayStart, customer: Customer, seen: Occurrence) -> Intervention:
    signal = entry.subject(start.playbook.trigger)
    path = start.playbook.escalation
    return Intervention(
        workflow_id=start.workflow_id,
        customer=customer.id,
        signal=signal,
        playbook=start.playbook.id,
        severity=entry.severity(signal, seen),
        started_at=start.started,
        owner=customer.csm_id or TEAM,
        due_at=None if path is None else start.counted_from + path.timeline,
    )


def _said(seen: Occurrence) -> dict[str, str | int | float | bool]:
    """What the trigger said, under the names that branches read."""
    named = {_CARRIED.get(name, name): value for name, value in seen.data.items()}
    return {name: value for name, value in named.items() if name in _VALUES and value is not None}


def _began(customer: Customer, asked: DecideInput) -> tuple[datetime, datetime | None]:
    """When the delays begin to count, and before when nothing is done."""
    seen = asked.occurrence
    if seen.kind == "imported":
        # Now, not the book's day: a book of two years ago must not set off what was due since then.
        return customer.subscribed_at or seen.at, max(seen.at, asked.now)
    return (seen.at if asked.now - seen.at <= FRESH else asked.now), None


def _dates(customer: Customer) -> dict[str, datetime]:
    """Dates that ``until`` may name, where known; a day begins at midnight UTC."""
    dates = {}
    if customer.renewal_date is not None:
        dates["renewal_date"] = datetime.combine(customer.renewal_date, time(), tzinfo=UTC)
    if customer.trial_ends_at is not None:
        dates["trial_ends_at"] = customer.trial_ends_at
    return dates
