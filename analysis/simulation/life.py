"""One customer lived through: its events in order, what they start, and every run until the last day.

The order is that of ``workflows.lifecycle``: an event is told to the open runs that want it, then decided on. Nothing
is looked at between two moments at which something can happen, so an idle customer costs nothing.
"""

import heapq
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count

from pydantic import JsonValue

from analysis.simulation import calendar, chance, foreseen
from analysis.simulation.admission import Admission, Begin, Stop
from analysis.simulation.effects import Effects
from analysis.simulation.evaluation import Evaluation
from analysis.simulation.paths import Data, Paths
from analysis.simulation.run import Run, Start
from analysis.simulation.situation import Situation
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, OpenRun, World
from models.enums import LifecycleStage, TriggeredBy
from models.event_kinds import CHANGES, DECIDED, FACTS, EventType
from models.events import Occurrence
from models.lifecycle import StageVerdict
from models.nps import NpsConfig
from models.people import SILENT
from models.playbook import Playbook
from models.records import Transition
from models.responses import Reaction
from models.run import END_RUN, OWN, RESUMED, StepState
from rules import lifecycle, nps

FRESH = timedelta(days=1)
"""As ``activities.lifecycle``: delays count from the telling of an event that is told later than this."""

ABSENT = timedelta(days=7)
"""A login after so long is always told, as other facts are told only to those who wait for them (``intake``)."""

_CARRIED = {"type": "expansion_type"}
_VALUES = frozenset({"severity", "score", "grade", "expansion_type", "timing", "drop", "days", "limit", *OWN})
"""What of its event a run carries (``activities.starts``)."""

Act = Callable[[datetime], None]


class Life:
    """A customer from the first day to the last."""

    def __init__(self, world: World, account: Account, paths: dict[str, Paths], tally: Tally) -> None:
        self.world = world
        self.who = Situation(world, account)
        self.tally = tally
        self._paths = paths
        self.evaluation = Evaluation(world, self.who)
        self._admission = Admission(world, self.who, tally)
        self._effects = Effects(tally, self._admission.paused_by)
        self._runs: dict[str, Run] = {}
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._told: list[Occurrence] = []
        self._swept: datetime | None = None

    def live(self) -> None:
        """Everything that happens to this customer."""
        for recorded in self.who.account.running:
            self._resume(recorded)
        self._plan()
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            act(at)
        for run in self._runs.values():
            run.stop()
        self.tally.customers += 1

    def _plan(self) -> None:
        """What is known before the first day."""
        world, account = self.world, self.who.account
        for at in calendar.mornings(world, account) if world.daily else ():
            self._push(at, self._morning)
        self._sweep_at(world.begins)
        for moment, kind, subject, data in foreseen.events(world, account):
            self._later(moment, kind, subject, data)
        for moment, fact, value in foreseen.changes(world, account):
            self._push(moment, self._changed(fact, value))

    def _changed(self, fact: str, value: JsonValue) -> Act:
        def change(at: datetime) -> None:
            self.who.tell(fact, value, at)
            self._sweep_at(at)

        return change

    # The agenda

    def _push(self, at: datetime, act: Act) -> None:
        if at < self.world.ends:
            heapq.heappush(self._agenda, (max(at, self.world.begins), next(self._order), act))

    def _later(self, at: datetime, kind: str, subject: str, data: Mapping[str, object]) -> None:
        def happen(now: datetime) -> None:
            key = f"{kind}:{subject}@{now.isoformat()}#{next(self._order)}"
            self.hear(Occurrence.model_validate({"kind": kind, "subject": subject, "key": key, "at": at, "data": data}))

        self._push(at, happen)

    def _sweep_at(self, after: datetime) -> None:
        if not self.world.daily:
            return
        at = calendar.first_sweep(self.world, after)
        if self._swept is None or at < self._swept or self._swept < after:
            self._swept = at
            self._push(at, self._morning)

    def _wake(self, run: Run, at: datetime) -> None:
        def wake(now: datetime) -> None:
            if run.open and run.until == at:
                self._go_on(run, now)
                self._decide_told(now)

        self._push(at, wake)

    # What happens

    def hear(self, seen: Occurrence) -> None:
        """An event: the customer changes, open runs that want it are told, then it is decided on."""
        self.tally.events += 1
        absent = self.who.last_login is not None and seen.at - self.who.last_login >= ABSENT
        self.who.hear(seen)
        if seen.kind == "survey_answered" and isinstance(score := seen.data.get("score"), int):
            self._later(seen.at, "nps_processed", nps.classify(score, NpsConfig()).value, {"score": score})
        if seen.kind not in CHANGES:
            self._sweep_at(seen.at)
        wanted = any(seen.matches(pattern) for run in self._runs.values() for pattern in run.wants)
        if wanted or seen.kind not in FACTS or (absent and seen.kind == EventType.USER_LOGGED_IN):
            self._told.append(seen)
            self._decide_told(seen.at)

    def _decide_told(self, now: datetime) -> None:
        while self._told:
            seen = self._told.pop(0)
            for run in list(self._runs.values()):
                if run.open and any(seen.matches(pattern) for pattern in run.wants):
                    run.observe(seen)
                    self._go_on(run, now)
            self._follow(seen, now)

    def _follow(self, seen: Occurrence, now: datetime) -> None:
        """The stage, then what the occurrence starts and ends (``activities.lifecycle``)."""
        if self.who.stage is None or seen.kind not in CHANGES:
            found = lifecycle.decide(self.who.stage, self.who.facts(lifecycle.FACTS, now, seen.at))
            transition = self._moved(found, seen.key, now)
        elif seen.kind in DECIDED:
            transition = self._moved(self.evaluation.verdict(now), seen.key, now)
        else:
            transition = self._evaluated(seen.key, now)
        self._admit(seen, transition, now)

    def _morning(self, now: datetime) -> None:
        """The daily check: the stage, signals, what has become due; looked at again when a login is long enough ago."""
        if self._swept is not None and self._swept <= now:
            self._swept = None
        key = f"morning@{now.isoformat()}"
        transition = self._evaluated(key, now)
        if transition is not None:
            self._admit(Occurrence(kind="stage_review", key=key, at=now), transition, now)
        if self.who.logins and self.who.last_login is not None:
            again = (self.who.last_login + timedelta(days=days) for days in calendar.LOGIN_LIMITS)
            if (first := min((at for at in again if at > now), default=None)) is not None:
                self._sweep_at(first)

    def _evaluated(self, key: str, now: datetime) -> Transition | None:
        """Everything an evaluation decides that is simulated (``rules.evaluation``): what it tells comes as events."""
        transition = self._moved(self.evaluation.verdict(now), key, now)
        for kind, subject, data in self.evaluation.tells(now):
            if kind in self.world.heard:
                self._later(now, kind, subject, data)
            if kind == "survey_due" and self.world.daily:
                self._push(calendar.first_sweep(self.world, now + calendar.SURVEY_EVERY), self._morning)
        return transition

    def _moved(self, verdict: StageVerdict | None, key: str, now: datetime) -> Transition | None:
        """The stage changes."""
        if verdict is None:
            return None
        before = self.who.stage
        self.who.move(verdict)
        self.tally.stages[str(before or ""), verdict.to.value] += 1
        if verdict.to is LifecycleStage.ONBOARDING and not self._admission.onboarded():
            self.who.tracker = None
        return Transition(
            customer=self.who.account.id, from_stage=before, to_stage=verdict.to, at=now, rule=verdict.rule,
            reason=verdict.reason, triggered_by=TriggeredBy.AUTOMATIC, cause=key, facts=verdict.facts,
        )  # fmt: skip

    def _admit(self, seen: Occurrence, transition: Transition | None, now: datetime) -> None:
        begun: list[Begin] = []
        for stop in self._admission.decide(seen, transition, now, begun.append):
            self._stop(stop, now)
        for begin in begun:
            self._start(begin, seen, now)
        self._decide_told(now)

    # Runs

    def _start(self, begin: Begin, seen: Occurrence, now: datetime) -> None:
        started = seen.at if now - seen.at <= FRESH else now
        said = {_CARRIED.get(name, name): seen.data[name] for name in seen.data if _CARRIED.get(name, name) in _VALUES}
        if begin.playbook.process == "renewal":
            said.setdefault("term", begin.name.partition(":")[2])
        run = self._open(begin.playbook, begin.name, started, begin.trigger, said)
        self.tally.starts[begin.playbook.id] += 1
        self._react(run, "", now, "")
        self._go_on(run, now)

    def _stop(self, stop: Stop, now: datetime) -> None:
        run = self._runs.get(stop.name)
        if run is not None:
            data = {"status": stop.status.value, "reason": stop.reason}
            run.observe(Occurrence(kind=END_RUN, key=f"{stop.name}>end", at=now, data=data))
            self._go_on(run, now)

    def _open(
        self, playbook: Playbook, name: str, started: datetime, trigger: str = "", said: Data | None = None
    ) -> Run:
        fingerprint = f"{playbook.id}@{playbook.version}:{','.join(playbook.segments)}"
        paths = self._paths.setdefault(fingerprint, Paths(playbook))
        account, calendar = self.who.account, None
        if playbook.keeps_dates:
            zone = account.zone or self.world.rules.business_zone
            calendar = self.world.calendar(zone, account.country or self.world.rules.country, started)
        start = Start(name, started, trigger, dict(said or {}), calendar)
        run = Run(paths, self.who, start, self._effects, self._told.append, self._react)
        self._runs[name] = run
        return run

    def _resume(self, recorded: OpenRun) -> None:
        """A run that was under way goes on from what is recorded of it."""
        playbook = self.world.find(recorded.playbook, self.who.account.segment)
        if playbook is None or (self.world.only is not None and playbook.id != self.world.only):
            return
        name = recorded.name or f"{playbook.id}@{recorded.started.isoformat()}"
        self._admission.open_as(playbook, name, recorded.started)
        run = self._open(playbook, name, recorded.started, recorded.trigger)
        run.node = run.paths.resume(run.node, _shifted(recorded.steps, run.node.origin - recorded.started))
        self._push(self.world.begins, lambda now: self._go_on(run, now))

    def _go_on(self, run: Run, now: datetime) -> None:
        run.until = run.go_on(now)
        if not run.open:
            self._runs.pop(run.name, None)
            self._admission.ended(run.name, now)
            if self._admission.tells_end(run.playbook):
                data = {"playbook": run.playbook.id}
                self._told.append(Occurrence(kind=RESUMED, key=f"{run.name}>ended", at=now, data=data))
        elif run.until is not None:
            self._wake(run, run.until)

    def _react(self, run: Run, step: str, now: datetime, template: str) -> None:
        """Whether and when somebody answers: drawn for each reaction, customer, run and step on its own."""
        for number, reaction in self.world.reactions_to(run.playbook.id, step, template):
            who = self.who.account
            if reaction.segments and who.segment not in reaction.segments:
                continue
            names = ("reaction", number, run.name, step)
            seed = self.world.responses.seed
            if chance.lucky(reaction.probability, seed, who.id, *names):
                delay = chance.delay(reaction.after, seed, who.id, *names)
                self._answer_later(run, reaction, now + delay)

    def _answer_later(self, run: Run, reaction: Reaction, at: datetime) -> None:
        if reaction.event is not None:
            self._later(at, *foreseen.parts(reaction.event), reaction.data)
            return

        def answer(now: datetime) -> None:
            if run.open and reaction.outcome is not None:
                if run.answer(reaction.outcome, now, reaction.step or "") and reaction.outcome not in SILENT:
                    self.who.last_response = now
                self._go_on(run, now)
                self._decide_told(now)

        self._push(at, answer)


def _shifted(steps: Mapping[str, StepState], by: timedelta) -> dict[str, StepState]:
    def move(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + by

    return {
        name: one.model_copy(update={"due": move(one.due), "began": move(one.began), "ended": move(one.ended)})
        for name, one in steps.items()
    }
