"""Which plays an occurrence starts, and which open ones it ends (sections 3.5, 7.3, 14.1 and 16 of the domain).

One process for each customer and trigger (G12). What does not start is recorded with the reason, and what another play
holds is tried again when that one has ended.
"""

from collections.abc import Iterable
from typing import NamedTuple

from activities.experiment import held_out
from activities.places import Places
from activities.ports import Playbooks, Transaction
from activities.starts import Starter, term_of, workflow_id_of
from models.condition import evaluate, names
from models.enums import LifecycleStage, RunStatus
from models.events import Occurrence
from models.people import Declined, Intervention
from models.play import DecideInput, PlayStart, Stop
from models.playbook import Playbook
from models.playbook_rules import named_by
from models.records import Customer, RunRow, Transition
from models.run import RESUMED
from rules import entry
from rules.segments import segment_of

ONBOARDS = "subscription_created"


class Started(NamedTuple):
    """Plays to start, and open ones to end."""

    plays: tuple[PlayStart, ...] = ()
    stops: tuple[Stop, ...] = ()


class Starting:
    """Decides what starts."""

    def __init__(self, playbooks: Playbooks, places: Places) -> None:
        """Collaborators: released playbooks, and calendars."""
        self._playbooks = playbooks
        self._starter = Starter(playbooks, places)

    async def of(
        self, tx: Transaction, customer: Customer, transition: Transition | None, asked: DecideInput
    ) -> Started:
        """What follows from the occurrence, whose stage change is made already."""
        one = _One(await tx.runs.of(customer.id), await tx.interventions.of(customer.id))
        if transition is not None and transition.to_stage is LifecycleStage.CHURNED:
            one.end_all(f"the customer left: {transition.rule}")
        await self._end_worked(tx, one, customer.id, asked.occurrence)
        segment = segment_of(customer.plan, customer.segment)
        if segment is None:
            # Only an imported book can leave both unknown; its stage is kept, no program can be chosen.
            return Started((), tuple(one.stops))
        if transition is not None and transition.to_stage is LifecycleStage.ONBOARDING:
            await self._onboard(tx, one, customer, asked)
        else:
            for trigger in entry.triggers(asked.occurrence, transition):
                if trigger != ONBOARDS:
                    await self._start_all(tx, one, customer, asked, trigger)
        if asked.occurrence.kind == RESUMED:
            await self._try_held(tx, one, customer, asked)
        return Started(tuple(one.starting.values()), tuple(one.stops))

    async def _end_worked(self, tx: Transaction, one: "_One", customer: str, seen: Occurrence) -> None:
        """The play of a closed opportunity (:mod:`activities.closing` told) ends, however far, or never starts."""
        closed = entry.closed_opportunity(seen)
        if closed is None:
            return
        for run in list(one.open.values()):
            if await self._starter.began(tx, run, closed.unit):
                one.stop(run.workflow_id, RunStatus.EXITED, f"the opportunity is {closed.status}")
        for waiting in await tx.entries.waiting(customer):
            if waiting.cause == closed.unit:
                reason = f"{waiting.reason} until the opportunity was {closed.status}"
                await tx.entries.decline(waiting.model_copy(update={"held": False, "reason": reason}))

    async def _onboard(self, tx: Transaction, one: "_One", customer: Customer, asked: DecideInput) -> None:
        """The program and the sequences of a new cycle; a customer who only returns to the stage has had them."""
        segment = segment_of(customer.plan, customer.segment)
        assert segment is not None, "looked at before"
        program = self._playbooks.program_for(segment)
        cause = asked.occurrence.key
        workflow_id = workflow_id_of(program, customer, asked.occurrence, customer.cycle)
        if one.has_run(workflow_id) and await self._starter.known(tx, program, customer, cause) is None:
            return
        one.add(await self._starter.begin(tx, program, customer, asked, trigger=ONBOARDS, cause=cause))
        await self._start_all(tx, one, customer, asked, ONBOARDS)

    async def _start_all(
        self, tx: Transaction, one: "_One", customer: Customer, asked: DecideInput, trigger: str
    ) -> None:
        """Every playbook of that trigger, or of its kind, the most important first."""
        segment = segment_of(customer.plan, customer.segment)
        found = {
            playbook.id: playbook
            for name in (trigger, trigger.partition(":")[0])
            for playbook in self._playbooks.for_trigger(name, segment)
            if playbook.process != "onboarding"
        }
        for playbook in sorted(found.values(), key=lambda each: (-each.priority, each.id)):
            await self._start(tx, one, playbook, customer, asked, trigger)

    async def _start(
        self, tx: Transaction, one: "_One", playbook: Playbook, customer: Customer, asked: DecideInput, trigger: str
    ) -> None:
        seen = asked.occurrence
        unit = entry.once(playbook, seen, term=term_of(customer, seen), cycle=customer.cycle)
        cause = unit or seen.key
        known = await self._starter.known(tx, playbook, customer, cause)
        if known is not None:
            # Asked again after a crash, or told again of the same unit: the same run, unless it has ended.
            if known in one.open:
                one.add(await self._starter.begin(tx, playbook, customer, asked, trigger=trigger, cause=cause))
            return
        if workflow_id_of(playbook, customer, seen, 0) in one.open:
            return  # the one process of its term, quarter or referral: it hears of this by itself
        reason = await self._against(tx, one, playbook, customer, asked)
        holder = None if reason else entry.holder(playbook, (run.playbook for run in one.open.values()))
        if reason or holder:
            held = holder is not None
            await tx.entries.decline(
                Declined(
                    customer=customer.id,
                    playbook=playbook.id,
                    cause=cause,
                    reason=reason or f"held by {holder}",
                    at=asked.now,
                    held=held,
                    occurrence=seen if held else None,
                )
            )
            return
        one.add(await self._starter.begin(tx, playbook, customer, asked, trigger=trigger, cause=cause))
        one.stop_others(playbook)

    async def _against(
        self, tx: Transaction, one: "_One", playbook: Playbook, customer: Customer, asked: DecideInput
    ) -> str | None:
        """Why it does not start, or None."""
        seen = asked.occurrence
        if customer.stage is LifecycleStage.CHURNED and playbook.trigger != "subscription_cancelled":
            return "the customer has left"
        signal = entry.subject(playbook.trigger) if playbook.process == "save" else ""
        if merged := one.merged(playbook, signal):
            return f"already open: {merged}"
        if one.has_run(workflow_id_of(playbook, customer, seen, 0)):
            return "ran already"
        if over := entry.no_term(playbook, term_of(customer, seen), asked.now):
            return over
        severe, last = entry.severity(signal, seen), one.last(signal)
        if soon := entry.too_soon(playbook, one.runs, asked.now, last=last.severity if last else None, severe=severe):
            return soon
        if playbook.entry is not None:
            facts = await tx.facts.read(
                customer.id, sorted(names(playbook.entry)), as_of=asked.now, since=seen.at, cycle=customer.cycle
            )
            if evaluate(playbook.entry, facts) is not True:
                said = ", ".join(f"{name}={value}" for name, value in facts.items())
                return f"not: {playbook.entry} ({said})"
        if await held_out(tx, playbook, customer.id, asked.now):
            return "held out of the experiment"
        return None

    async def _try_held(self, tx: Transaction, one: "_One", customer: Customer, asked: DecideInput) -> None:
        """What another play held, now that one has ended; asked again, what this very word started."""
        mark = f"started later: {asked.occurrence.key}"
        again = [each for each in await tx.entries.declined(customer.id) if each.reason == mark]
        for waiting in (*again, *await tx.entries.waiting(customer.id)):
            assert waiting.occurrence is not None, "what is held keeps what it would start from"
            if asked.now - waiting.at > entry.HELD_AT_MOST:
                late = waiting.model_copy(update={"held": False, "reason": f"{waiting.reason} for too long"})
                await tx.entries.decline(late)
                continue
            playbook = self._playbooks.by_id(waiting.playbook, segment_of(customer.plan, customer.segment))
            then = asked.model_copy(update={"occurrence": waiting.occurrence})
            before = len(one.starting)
            await self._start(tx, one, playbook, customer, then, playbook.trigger)
            if len(one.starting) > before:
                await tx.entries.decline(waiting.model_copy(update={"held": False, "reason": mark}))


class _One:
    """One customer's runs while it is decided what starts."""

    def __init__(self, runs: Iterable[RunRow], interventions: Iterable[Intervention]) -> None:
        self.runs = list(runs)
        self.interventions = list(interventions)
        self.open = {run.workflow_id: run for run in self.runs if run.ended is None}
        self.starting: dict[str, PlayStart] = {}
        self.stops: list[Stop] = []

    def add(self, start: PlayStart) -> None:
        self.starting[start.workflow_id] = start
        self.open.setdefault(start.workflow_id, _row(start))

    def has_run(self, workflow_id: str) -> bool:
        """A run of exactly that name: of a term, a quarter, a referral, a cycle."""
        return any(run.workflow_id == workflow_id for run in self.runs)

    def merged(self, playbook: Playbook, signal: str) -> str | None:
        """The open run that is this process already: of the same playbook, or the intervention of the same signal."""
        ofsame = (each.workflow_id for each in self.interventions if each.signal == signal and not each.status.closed)
        found = next(ofsame, None) if signal else None
        running = (run.workflow_id for run in self.open.values() if run.playbook == playbook.id)
        return found or (None if playbook.process in ("renewal", "qbr", "referral") else next(running, None))

    def last(self, signal: str) -> Intervention | None:
        """The latest intervention of a signal."""
        return next((each for each in self.interventions if signal and each.signal == signal), None)

    def stop_others(self, playbook: Playbook) -> None:
        """What the start of this one ends: what its file says, and the play of the signal it supersedes (C2)."""
        signal = entry.subject(playbook.trigger) if playbook.process == "save" else ""
        lesser = entry.superseded_by(signal)
        old = {each.workflow_id for each in self.interventions if lesser is not None and each.signal == lesser.value}
        for run in list(self.open.values()):
            named = named_by(playbook.excludes.stops, run.playbook) or run.workflow_id in old
            if named and run.workflow_id not in self.starting:
                self.stop(run.workflow_id, RunStatus.SUPERSEDED, f"superseded by {playbook.id}")

    def end_all(self, reason: str) -> None:
        """Everything open ends, without success."""
        for workflow_id in list(self.open):
            self.stop(workflow_id, RunStatus.EXITED, reason)

    def stop(self, workflow_id: str, status: RunStatus, reason: str) -> None:
        """An open run ends."""
        self.open.pop(workflow_id)
        self.stops.append(Stop(workflow_id=workflow_id, status=status, reason=reason))


def _row(start: PlayStart) -> RunRow:
    return RunRow(
        workflow_id=start.workflow_id,
        customer=start.customer,
        process=start.playbook.process,
        playbook=start.playbook.id,
        version=start.playbook.version,
        fingerprint=start.fingerprint,
        status=RunStatus.RUNNING.value,
        reason="",
        started=start.started,
    )
