"""One customer lived through: its events in order, what they start, and every run until the last day.

The order is that of ``workflows.lifecycle``: an event is told to the open runs that want it, then decided on. Nothing
is looked at between two moments at which something can happen, so an idle customer costs nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from pydantic import JsonValue

from analysis.simulation import calendar, foreseen, remembered
from analysis.simulation.admission import Admission, Begin, Stop
from analysis.simulation.agenda import Agenda
from analysis.simulation.effects import Effects
from analysis.simulation.evaluation import Evaluation
from analysis.simulation.heard import Data, Heard, heard
from analysis.simulation.paths import Courses, Paths
from analysis.simulation.run import Run, Start, carried
from analysis.simulation.situation import Moved, Situation
from analysis.simulation.tally import Tally
from analysis.simulation.watch import Watch
from analysis.simulation.world import Account, OpenRun, World
from models.enums import LifecycleStage
from models.event_kinds import CHANGES, DECIDED, FACTS, EventType
from models.lifecycle import StageVerdict
from models.nps import NpsConfig
from models.people import SILENT
from models.playbook import Playbook
from models.responses import Reaction
from models.run import END_RUN, RESUMED
from rules import lifecycle, nps

FRESH = timedelta(days=1)
"""As ``activities.lifecycle``: delays count from the telling of an event that is told later than this."""

LOGIN = EventType.USER_LOGGED_IN.value


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
        self._watch = Watch(world, self.who, self._agenda)
        self._order = count()
        self._told: list[Heard] = []
        self._looked: datetime | None = None
        self._logged_in: datetime | None = None

    def live(self) -> None:
        """Everything that happens to this customer."""
        for recorded in self.who.account.running:
            self._resume(recorded)
        self._plan()
        self._agenda.run()
        for run in self._runs.values():
            run.stop()
        self._runs.clear()  # they know this life, and it them: nothing is left for the collector to find
        self.tally.customers += 1

    def _plan(self) -> None:
        """What is known before the first day."""
        world, account = self.world, self.who.account
        for at in calendar.mornings(world, account) if world.daily else ():
            self._agenda.foresee(at, self._morning)
        self._watch.after(world.begins, self._morning)
        self._watch.logins(world.begins, self._morning)
        logins: list[datetime] = []
        for moments, kind, subject, data in foreseen.events(world, account):
            if kind == LOGIN and not data:
                logins += moments
            else:
                for moment in moments:
                    self._agenda.foresee(moment, self._happen, moment, kind, subject, data)
        self._foresee_logins(sorted(at for at in logins if world.begins <= at < world.ends))
        for moment, fact, value in foreseen.changes(world, account):
            self._agenda.foresee(moment, self._change, fact, value)

    def _change(self, now: datetime, fact: str, value: JsonValue) -> None:
        self.who.tell(fact, value, now)
        self._watch.after(now, self._morning)

    # The agenda

    def _later(self, at: datetime, kind: str, subject: str, data: Data) -> None:
        self._agenda.push(at, self._happen, at, kind, subject, data)

    def _happen(self, now: datetime, at: datetime, kind: str, subject: str, data: Data) -> None:
        self.tally.events += 1
        key = f"{kind}:{subject}@{now.isoformat()}#{next(self._order)}"
        self.hear(heard(kind, key, at, subject, data))

    def _foresee_logins(self, moments: Sequence[datetime]) -> None:
        """Only those from which something follows come on the agenda; :meth:`_await_login` is for runs that wait."""
        self.tally.events += len(moments)
        for at in self.who.logins.foresee(moments):
            self._agenda.foresee(at, self._log_in)
        self._await_login(self.world.begins)

    def _await_login(self, now: datetime) -> None:
        """An open run may wait for the next login."""
        at = self.who.logins.next(now)
        if at is not None and any(LOGIN in run.wants for run in self._runs.values()):
            self._agenda.push(at, self._log_in)

    def _log_in(self, now: datetime) -> None:
        if now != self._logged_in:
            self._logged_in = now
            self.hear(heard(LOGIN, f"{LOGIN}@{now.isoformat()}", now))
            self._await_login(now)

    def _wake(self, now: datetime, run: Run, until: datetime) -> None:
        if run.open and run.until == until:
            self._go_on(run, now)
            if self._told:
                self._decide_told(now)

    # What happens

    def hear(self, seen: Heard) -> None:
        """An event: the customer changes, open runs that want it are told, then it is decided on."""
        self.who.hear(seen)
        if seen.kind == "survey_answered" and isinstance(score := seen.data.get("score"), int):
            self._later(seen.at, "nps_processed", nps.classify(score, NpsConfig()).value, {"score": score})
        if seen.kind not in CHANGES:
            self._watch.after(seen.at, self._morning)
        self._watch.logins(seen.at, self._morning)
        returned = seen.kind == LOGIN and self.who.logins.ends_absence(seen.at)
        if returned or seen.kind not in FACTS or self._wanted(seen):
            self._told.append(seen)
            self._decide_told(seen.at)

    def _wanted(self, seen: Heard) -> bool:
        names = (seen.kind, seen.name)
        return any(not run.wants.isdisjoint(names) for run in self._runs.values())

    def _decide_told(self, now: datetime) -> None:
        while self._told:
            seen = self._told.pop(0)
            for run in list(self._runs.values()):
                if run.open and not run.wants.isdisjoint((seen.kind, seen.name)):
                    run.observe(seen)
                    self._go_on(run, now)
            self._follow(seen, now)

    def _follow(self, seen: Heard, now: datetime) -> None:
        """The stage, then what the occurrence starts and ends (``activities.lifecycle``)."""
        if self.who.stage is None or seen.kind not in CHANGES:
            transition = self._moved(remembered.decide(self.who.stage, self.who.facts(lifecycle.FACTS, now, seen.at)))
        elif seen.kind in DECIDED:
            transition = self._moved(self.evaluation.verdict(self.who.evaluated(now)))
        else:
            transition = self._evaluated(now)
        self._admit(seen, transition, now)

    def _morning(self, now: datetime) -> None:
        """The daily check: the stage, signals, what has become due."""
        if self._looked == now:
            return
        self._looked = now
        transition = self._evaluated(now)
        if transition is not None:
            self._admit(heard("stage_review", f"morning@{now.isoformat()}", now), transition, now)

    def _evaluated(self, now: datetime) -> Moved | None:
        """Everything an evaluation decides that is simulated (``rules.evaluation``): what it tells comes as events."""
        facts = self.who.evaluated(now)
        transition = self._moved(self.evaluation.verdict(facts))
        for kind, subject, data in self.evaluation.tells(facts, now):
            if kind in self.world.heard:
                self._later(now, kind, subject, data)
            if kind == "survey_due" and self.world.daily:
                self._agenda.push(calendar.first_sweep(self.world, now + calendar.SURVEY_EVERY), self._morning)
        return transition

    def _moved(self, verdict: StageVerdict | None) -> Moved | None:
        """The stage changes."""
        if verdict is None:
            return None
        change = self.who.move(verdict)
        self.tally.stages[str(change.from_stage or ""), verdict.to.value] += 1
        if verdict.to is LifecycleStage.ONBOARDING and not self._admission.onboarded():
            self.who.tracker = None
        return change

    def _admit(self, seen: Heard, transition: Moved | None, now: datetime) -> None:
        begun: list[Begin] = []
        for stop in self._admission.decide(seen, transition, now, begun.append):
            self._stop(stop, now)
        for begin in begun:
            self._start(begin, seen, now)
        if self._told:
            self._decide_told(now)

    # Runs

    def _start(self, begin: Begin, seen: Heard, now: datetime) -> None:
        started = seen.at if now - seen.at <= FRESH else now
        said = carried(seen, begin.name.partition(":")[2] if begin.playbook.process == "renewal" else "")
        run = self._open(begin.playbook, begin.name, started, begin.trigger, said)
        self.tally.starts[begin.playbook.id] += 1
        self._await_login(now)
        self._react(run, "", now, "")
        self._go_on(run, now)

    def _stop(self, stop: Stop, now: datetime) -> None:
        run = self._runs.get(stop.name)
        if run is not None:
            data = {"status": stop.status.value, "reason": stop.reason}
            run.observe(heard(END_RUN, f"{stop.name}>end", now, data=data))
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
        self._admission.open_as(playbook, name)
        run = self._open(playbook, name, recorded.started, recorded.trigger)
        run.node = run.paths.resume(run.node, recorded.steps, run.node.origin - recorded.started)
        self._agenda.push(self.world.begins, self._continue, run)

    def _continue(self, now: datetime, run: Run) -> None:
        self._go_on(run, now)

    def _go_on(self, run: Run, now: datetime) -> None:
        run.until = run.go_on(now)
        if not run.open:
            self._runs.pop(run.name, None)
            self._admission.ended(run.name, now)
            if self.world.tells_end(run.playbook):
                self._told.append(heard(RESUMED, f"{run.name}>ended", now, data={"playbook": run.playbook.id}))
        elif run.until is not None:
            self._agenda.push(run.until, self._wake, run, run.until)

    def _react(self, run: Run, step: str, now: datetime, template: str) -> None:
        """Whether and when somebody answers."""
        known = self.world.reactions_to(run.playbook.id, step, template)
        for reaction, delay in foreseen.reactions(self.world, self.who.account, known, run.name, step) if known else ():
            self._answer_later(run, reaction, now + delay)

    def _answer_later(self, run: Run, reaction: Reaction, at: datetime) -> None:
        if reaction.event is not None:
            self._later(at, *foreseen.parts(reaction.event), reaction.data)
        elif reaction.outcome is not None:
            self._agenda.push(at, self._answer, run, reaction.outcome, reaction.step or "")

    def _answer(self, now: datetime, run: Run, outcome: str, step: str) -> None:
        if run.open and run.answer(outcome, now, step):
            self.who.last_response = self.who.last_response if outcome in SILENT else now
            self._go_on(run, now)
            if self._told:
                self._decide_told(now)
