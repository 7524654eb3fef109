"""One customer lived through: its events in order, what they start, and every run until the last day.

The order is that of ``workflows.lifecycle``: an event is told to the open runs that want it, then decided on. Nothing
is looked at between two moments at which something can happen, so an idle customer costs nothing.
"""

from datetime import datetime, timedelta
from itertools import count

from pydantic import JsonValue

from analysis.simulation import calendar, foreseen
from analysis.simulation.admission import Admission, Begin, Stop
from analysis.simulation.agenda import Act, Agenda
from analysis.simulation.effects import Effects
from analysis.simulation.evaluation import Evaluation
from analysis.simulation.paths import Courses, Data, Paths
from analysis.simulation.run import Run, Start, carried
from analysis.simulation.situation import Situation
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, OpenRun, World
from models.enums import LifecycleStage
from models.event_kinds import CHANGES, DECIDED, FACTS, EventType
from models.events import Occurrence
from models.lifecycle import StageVerdict
from models.nps import NpsConfig
from models.people import SILENT
from models.playbook import Playbook
from models.records import Transition
from models.responses import Reaction
from models.run import END_RUN, RESUMED
from rules import lifecycle, nps

FRESH = timedelta(days=1)
"""As ``activities.lifecycle``: delays count from the telling of an event that is told later than this."""

LOGIN = EventType.USER_LOGGED_IN.value
ABSENT = timedelta(days=7)
"""A login after so long is always told, as other facts are told only to those who wait for them (``intake``)."""


class Life:
    """A customer from the first day to the last."""

    def __init__(self, world: World, account: Account, paths: Courses, tally: Tally) -> None:
        self.world = world
        self.who = Situation(world, account)
        self.tally = tally
        self._paths = paths
        self.evaluation = Evaluation(world, self.who)
        self._admission = Admission(world, self.who, tally)
        self._effects = Effects(tally, self._admission.paused_by)
        self._runs: dict[str, Run] = {}
        self._agenda = Agenda(world.begins, world.ends)
        self._order = count()
        self._told: list[Occurrence] = []
        self._swept: datetime | None = None
        self._looked: datetime | None = None
        self._watching = False
        self._now = world.begins

    def live(self) -> None:
        """Everything that happens to this customer."""
        for recorded in self.who.account.running:
            self._resume(recorded)
        self._plan()
        self._agenda.run()
        for run in self._runs.values():
            run.stop()
        self.tally.customers += 1

    def _plan(self) -> None:
        """What is known before the first day."""
        world, account = self.world, self.who.account
        for at in calendar.mornings(world, account) if world.daily else ():
            self._agenda.push(at, self._morning)
        self._sweep_at(world.begins)
        self._watch_logins()
        for moment, kind, subject, data in foreseen.events(world, account):
            self._later(moment, kind, subject, data)
        for moment, fact, value in foreseen.changes(world, account):
            self._agenda.push(moment, self._changed(fact, value))

    def _changed(self, fact: str, value: JsonValue) -> Act:
        def change(at: datetime) -> None:
            self.who.tell(fact, value, at)
            self._sweep_at(at)

        return change

    # The agenda

    def _later(self, at: datetime, kind: str, subject: str, data: Data) -> None:
        def happen(now: datetime) -> None:
            if kind == LOGIN and self._only_a_login(at):
                return
            key = f"{kind}:{subject}@{now.isoformat()}#{next(self._order)}"
            self.hear(Occurrence.model_construct(kind=kind, subject=subject, key=key, at=at, data=dict(data), number=0))

        self._agenda.push(at, happen)

    def _only_a_login(self, at: datetime) -> bool:
        """A login that no open run waits for and that ends no absence is a fact, and nothing follows from it."""
        who = self.who
        if who.last_login is None or at - who.last_login >= ABSENT or not self._watching:
            return False
        if any(LOGIN in run.wants for run in self._runs.values()):
            return False
        self.tally.events += 1
        who.last_login, who.logins = at, True
        return True

    def _sweep_at(self, after: datetime) -> None:
        """Look at the customer on the morning after something changed; once, however much did."""
        at = calendar.first_sweep(self.world, after)
        if self.world.daily and at != self._swept:
            self._swept = at
            self._agenda.push(at, self._morning)

    def _watch_logins(self) -> None:
        """Look at the customer on the morning on which its absence is long enough; put off by every login till then."""
        if not self.world.daily or self._watching or not self.who.logins or self.who.last_login is None:
            return
        again = (self.who.last_login + timedelta(days=days) for days in calendar.LOGIN_LIMITS)
        first = min((at for at in again if at > self._now), default=None)
        if first is not None:
            self._watching = True
            self._agenda.push(calendar.first_sweep(self.world, first), self._absent)

    def _absent(self, now: datetime) -> None:
        self._watching, self._now = False, now
        last = self.who.last_login
        if last is not None and now - last >= timedelta(days=calendar.LOGIN_LIMITS[0]):
            self._morning(now)
        self._watch_logins()

    def _wake(self, run: Run, at: datetime) -> None:
        def wake(now: datetime) -> None:
            if run.open and run.until == at:
                self._go_on(run, now)
                self._decide_told(now)

        self._agenda.push(at, wake)

    # What happens

    def hear(self, seen: Occurrence) -> None:
        """An event: the customer changes, open runs that want it are told, then it is decided on."""
        self.tally.events += 1
        self._now = seen.at
        absent = self.who.last_login is not None and seen.at - self.who.last_login >= ABSENT
        self.who.hear(seen)
        if seen.kind == "survey_answered" and isinstance(score := seen.data.get("score"), int):
            self._later(seen.at, "nps_processed", nps.classify(score, NpsConfig()).value, {"score": score})
        if seen.kind not in CHANGES:
            self._sweep_at(seen.at)
        self._watch_logins()
        names = (seen.kind, seen.name)
        wanted = any(not run.wants.isdisjoint(names) for run in self._runs.values())
        if wanted or seen.kind not in FACTS or (absent and seen.kind == EventType.USER_LOGGED_IN):
            self._told.append(seen)
            self._decide_told(seen.at)

    def _decide_told(self, now: datetime) -> None:
        while self._told:
            seen = self._told.pop(0)
            for run in list(self._runs.values()):
                if run.open and not run.wants.isdisjoint((seen.kind, seen.name)):
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
        """The daily check: the stage, signals, what has become due."""
        if self._looked == now:
            return
        self._looked = now
        key = f"morning@{now.isoformat()}"
        transition = self._evaluated(key, now)
        if transition is not None:
            self._admit(Occurrence(kind="stage_review", key=key, at=now), transition, now)

    def _evaluated(self, key: str, now: datetime) -> Transition | None:
        """Everything an evaluation decides that is simulated (``rules.evaluation``): what it tells comes as events."""
        transition = self._moved(self.evaluation.verdict(now), key, now)
        for kind, subject, data in self.evaluation.tells(now):
            if kind in self.world.heard:
                self._later(now, kind, subject, data)
            if kind == "survey_due" and self.world.daily:
                self._agenda.push(calendar.first_sweep(self.world, now + calendar.SURVEY_EVERY), self._morning)
        return transition

    def _moved(self, verdict: StageVerdict | None, key: str, now: datetime) -> Transition | None:
        """The stage changes."""
        if verdict is None:
            return None
        change = self.evaluation.moved(verdict, key, now)
        self.tally.stages[str(change.from_stage or ""), verdict.to.value] += 1
        if verdict.to is LifecycleStage.ONBOARDING and not self._admission.onboarded():
            self.who.tracker = None
        return change

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
        said = carried(seen, begin.name.partition(":")[2] if begin.playbook.process == "renewal" else "")
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
        named = (playbook.id, playbook.version, playbook.segments)
        if (paths := self._paths.get(named)) is None:
            paths = self._paths[named] = Paths(playbook)
        calendar = self.who.calendar(started) if paths.keeps_dates else None
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
        run.node = run.paths.resume(run.node, recorded.steps, run.node.origin - recorded.started)
        self._agenda.push(self.world.begins, lambda now: self._go_on(run, now))

    def _go_on(self, run: Run, now: datetime) -> None:
        run.until = run.go_on(now)
        if not run.open:
            self._runs.pop(run.name, None)
            self._admission.ended(run.name, now)
            if self.world.tells_end(run.playbook):
                data = {"playbook": run.playbook.id}
                self._told.append(Occurrence(kind=RESUMED, key=f"{run.name}>ended", at=now, data=data))
        elif run.until is not None:
            self._wake(run, run.until)

    def _react(self, run: Run, step: str, now: datetime, template: str) -> None:
        """Whether and when somebody answers."""
        for reaction, delay in foreseen.reactions(
            self.world, self.who.account, run.playbook.id, run.name, step, template
        ):
            self._answer_later(run, reaction, now + delay)

    def _answer_later(self, run: Run, reaction: Reaction, at: datetime) -> None:
        if reaction.event is not None:
            self._later(at, *foreseen.parts(reaction.event), reaction.data)
        elif reaction.outcome is not None:
            self._agenda.push(at, self._answered(run, reaction.outcome, reaction.step or ""))

    def _answered(self, run: Run, outcome: str, step: str) -> Act:
        def answer(now: datetime) -> None:
            if run.open and run.answer(outcome, now, step):
                self.who.last_response = self.who.last_response if outcome in SILENT else now
                self._go_on(run, now)
                self._decide_told(now)

        return answer
