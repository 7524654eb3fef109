"""The playbook as a whole: its process and program, what starts and ends it, and who is told when nobody answers."""

from collections.abc import Iterator
from datetime import timedelta

from models.enums import Language, Role, StepType
from models.playbook import ActStep, AwaitStep, EndStep, Playbook
from models.playbook_rules import named_by
from models.program import OnboardingProgram
from playbooks.describe import meant, one_of
from playbooks.problem import Problem, shown
from playbooks.tree import Path, Tree
from playbooks.vocabulary import event_fault, run_events, triggers

ZERO = timedelta(0)


def problems(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    """Everything wrong that is not in a single step."""
    yield from _beginning(playbook, tree)
    yield from _endings(playbook, tree)
    yield from _success(playbook, tree)
    yield from _escalation(playbook, tree)
    yield from _beside_others(playbook, tree)
    if playbook.process == "onboarding" and playbook.program is None:
        yield tree.problem((), "an onboarding playbook needs a program", "a field 'program'")
    elif playbook.process != "onboarding" and playbook.program is not None:
        article = "an" if playbook.process == "nps" else "a"
        message = f"{article} {playbook.process} has no program"
        yield tree.problem(("program",), message, "process onboarding", key=True)
    elif playbook.program is not None:
        yield from _program(playbook.program, tree)
        yield from _unheard(playbook, playbook.program, tree)


def _beginning(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    if fault := event_fault(playbook, playbook.trigger, triggers(playbook.process)):
        message, word, known = fault
        yield tree.problem(("trigger",), f"never starts: {message}", meant(word, known), word=word)
    elif playbook.process == "save" and ":" not in playbook.trigger:
        yield tree.problem(("trigger",), "a save play is for one signal", "signal_opened:<signal>")
    elif playbook.process == "renewal" and ":" in playbook.trigger:
        message = "a renewal is one process for the term"
        yield tree.problem(("trigger",), message, "renewal_due, and steps after event:renewal_due:<days>")
    for position, segment in enumerate(playbook.segments):
        if segment in playbook.segments[:position]:
            yield tree.problem(("segments", position), f"segment '{segment}' is listed twice", "each once")
    if playbook.catch_up < ZERO:
        yield tree.problem(("catch_up",), "catch_up cannot be negative", "0 or more")


def _endings(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for part in ("goals", "exits"):
        for position, rule in enumerate(getattr(playbook, part)):
            path: Path = (part, position, "event")
            if fault := event_fault(playbook, rule.event, run_events(playbook.process)):
                message, word, known = fault
                yield tree.problem(path, f"never ends it: {message}", meant(word, known), word=word)
            if rule.event == playbook.trigger:
                yield tree.problem(path, f"'{rule.event}' both starts and ends the playbook", "another event")
            if rule.event in seen:
                yield tree.problem(path, f"'{rule.event}' is already one of the {seen[rule.event]}", "each event once")
            seen.setdefault(rule.event, part)


def _success(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    """A save play is open until it succeeds, at most 30 days from its start (section 7.3): something must say so."""
    ends = any(isinstance(step, EndStep) and step.as_ == "succeeded" for step in playbook.steps)
    confirms = any(isinstance(step, ActStep) and step.do == "confirm_recovery" for step in playbook.steps)
    if playbook.process == "save" and not (playbook.goals or ends or confirms):
        message = "never succeeds: it stays open to its last day and counts as failed"
        yield tree.problem((), message, "a goal, a step of kind end as succeeded, or confirm_recovery")


def _beside_others(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    """What it gives way to, and for how long it stays open."""
    for part in ("stops", "pauses", "held_by"):
        if named_by(getattr(playbook.excludes, part), playbook.id):
            yield tree.problem(("excludes", part), f"{part} names the playbook itself", "other playbooks")
    if playbook.reentry.cool_down < ZERO:
        yield tree.problem(("reentry", "cool_down"), "a cool-down cannot be negative", "0 or more")
    if playbook.expires is not None and playbook.expires <= ZERO:
        yield tree.problem(("expires",), "expires must be positive", "a delay such as '30 days'")


def _escalation(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    if playbook.escalation is None:
        return
    path = playbook.escalation.path
    for position, role in enumerate(path):
        if role in path[:position]:
            yield tree.problem(("escalation", "path", position), f"'{role}' is told twice", "each role once")
        if role is Role.EXECUTIVE and position < len(path) - 1:
            message = "nobody is above the executive"
            yield tree.problem(("escalation", "path", position), message, "executive last")
    if len(path) == 1:
        message = "nobody is told: the first role has it from the beginning"
        yield tree.problem(("escalation", "path"), message, "at least two roles")
    if playbook.escalation.timeline <= ZERO:
        yield tree.problem(("escalation", "timeline"), "the timeline must be positive", "a delay such as '2 days'")
    if not any(isinstance(step, AwaitStep) and step.outcomes for step in playbook.steps):
        message = "nobody could answer: no step awaits an outcome"
        yield tree.problem(("escalation",), message, "an await step with outcomes", key=True)


def _program(program: OnboardingProgram, tree: Tree) -> Iterator[Problem]:
    for position, step in enumerate(program.steps):
        path: Path = ("program", "steps", position)
        yield from _languages(step.names, (*path, "names"), tree)
        for number, resource in enumerate(step.resources):
            if not resource.url.startswith(("/", "https://")) or resource.url.startswith("//"):
                where: Path = (*path, "resources", number, "url")
                yield tree.problem(where, f"{shown(resource.url)} is not a link", "/path or https://…")
    ids: set[str] = set()
    for position, milestone in enumerate(program.milestones):
        path = ("program", "milestones", position)
        if milestone.id in ids:
            yield tree.problem((*path, "id"), f"milestone id '{milestone.id}' is used twice", "a name of its own")
        ids.add(milestone.id)
        if milestone.target_day > program.duration_days:
            message = f"day {milestone.target_day} is after the program's end"
            yield tree.problem((*path, "target_day"), message, f"at most {program.duration_days}")
        if milestone.celebration:
            yield from _languages(milestone.celebration, (*path, "celebration"), tree)
    if program.stall_after <= ZERO:
        yield tree.problem(("program", "stall_after"), "stall_after must be positive", "a delay such as '3 days'")
    meetings = [step.id for step in program.steps if step.type is StepType.MEETING]
    if program.has_kickoff and not meetings:
        yield tree.problem(("program", "has_kickoff"), "no step of the program is a meeting", "false")


def _languages(texts: dict[Language, str], path: Path, tree: Tree) -> Iterator[Problem]:
    lacking = [language.value for language in Language if not texts.get(language, "").strip()]
    if lacking:
        yield tree.problem(path, f"{path[-1]} lacks {' and '.join(lacking)}", f"text in {one_of(list(Language))}, each")


def _unheard(playbook: Playbook, program: OnboardingProgram, tree: Tree) -> Iterator[Problem]:
    heard = {step.after for step in playbook.steps if isinstance(step, ActStep)}
    if "event:milestone_reached" in heard:
        return
    for position, milestone in enumerate(program.milestones):
        if f"event:milestone_reached:{milestone.id}" not in heard:
            message = f"nobody hears of milestone '{milestone.id}'"
            where: Path = ("program", "milestones", position, "id")
            yield tree.problem(where, message, f"a step after event:milestone_reached:{milestone.id}", warning=True)
