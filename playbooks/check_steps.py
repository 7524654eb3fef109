"""The order of a playbook's steps: every step can be reached, and nothing waits for what cannot come."""

from collections.abc import Iterator
from datetime import timedelta

from models.playbook import AwaitStep, BranchStep, Playbook, Step, WaitStep, possible_results
from playbooks.describe import meant, one_of
from playbooks.problem import Problem
from playbooks.tree import Path, Tree
from playbooks.vocabulary import DATES, RESERVED, event_fault, result_name, run_events

ZERO = timedelta(0)


def problems(playbook: Playbook, tree: Tree) -> Iterator[Problem]:
    """Everything wrong with ids, anchors, labels, delays and waits."""
    first: dict[str, Step] = {}
    for position, step in enumerate(playbook.steps):
        path: Path = ("steps", position)
        if step.id in first:
            yield tree.problem((*path, "id"), f"step id '{step.id}' is used twice", "a name of its own")
        elif step.id in RESERVED:
            yield tree.problem((*path, "id"), f"'{step.id}' cannot be a step's id", "another name")
        for other in first.values():
            if other.id != step.id and result_name(other) == result_name(step):
                message = f"branches cannot tell '{step.id}' from '{other.id}'"
                yield tree.problem((*path, "id"), message, "names that differ in more than - . _")
        first.setdefault(step.id, step)
    for position, step in enumerate(playbook.steps):
        path = ("steps", position)
        yield from _anchor(playbook, step, first, tree, path)
        yield from _waits(step, tree, path)
        if isinstance(step, AwaitStep):
            yield from _await(playbook, step, tree, path)
        if isinstance(step, BranchStep | WaitStep) and not any(other.after == step.id for other in playbook.steps):
            message = f"nothing follows the {step.kind} step '{step.id}'"
            yield tree.problem(path, message, "a step after it", warning=True)
    yield from _cycles(playbook, first, tree)


def _anchor(playbook: Playbook, step: Step, known: dict[str, Step], tree: Tree, path: Path) -> Iterator[Problem]:
    after: Path = (*path, "after")
    if step.after.startswith("event:"):
        fault = event_fault(playbook, step.after.removeprefix("event:"), run_events(playbook.process))
        if fault:
            message, word, events = fault
            yield tree.problem(after, f"'{step.id}' is never reached: {message}", meant(word, events), word=word)
    elif step.after != "trigger" and step.after not in known:
        yield tree.problem(after, f"no step '{step.after}' to come after", meant(step.after, ["trigger", *known]))
    if step.after not in known:
        if step.on and (step.after == "trigger" or step.after.startswith("event:")):
            yield tree.problem((*path, "on"), f"'{step.after}' has no results", "a step in after, or no on")
        return
    possible = list(possible_results(known[step.after]))
    for number, label in enumerate(step.on):
        if label not in possible:
            message = f"'{step.after}' never ends with '{label}'"
            yield tree.problem((*path, "on", number), message, one_of(possible) if possible else "another anchor")


def _waits(step: Step, tree: Tree, path: Path) -> Iterator[Problem]:
    if step.delay < ZERO:
        yield tree.problem((*path, "delay"), "a delay cannot be negative", "0 or more")
    if step.working_days and step.delay != ZERO:
        yield tree.problem((*path, "delay"), "delay and working_days are both given", "one of them", key=True)
    if step.until is None:
        return
    if step.until.value not in DATES:
        where: Path = (*path, "until", "value")
        yield tree.problem(where, f"a run has no date '{step.until.value}'", meant(step.until.value, list(DATES)))
    if step.delay > ZERO:
        yield tree.problem((*path, "delay"), "delay and until are both given", "one of them", key=True)


def _await(playbook: Playbook, step: AwaitStep, tree: Tree, path: Path) -> Iterator[Problem]:
    if not step.events and not step.outcomes:
        yield tree.problem(path, f"'{step.id}' waits for nothing", "events or outcomes")
    if step.timeout is not None and step.timeout <= ZERO:
        yield tree.problem((*path, "timeout"), "a timeout must be positive", "a delay such as '3 days'")
    for number, event in enumerate(step.events):
        if fault := event_fault(playbook, event, run_events(playbook.process)):
            message, word, events = fault
            yield tree.problem((*path, "events", number), message, meant(word, events), word=word)
    labels = [*step.events, *step.outcomes, *(["timeout"] if step.timeout is not None else [])]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield tree.problem(path, f"'{step.id}' has two ways out called '{label}'", "different names")


def _cycles(playbook: Playbook, known: dict[str, Step], tree: Tree) -> Iterator[Problem]:
    """Each step has one anchor, so following them back either ends or goes round; each round is reported once."""
    reported: set[str] = set()
    for position, step in enumerate(playbook.steps):
        trail = [step.id]
        while (anchor := known[trail[-1]].after) in known and anchor not in trail:
            trail.append(anchor)
        if anchor == step.id and step.id not in reported:
            reported.update(trail)
            message = f"the steps go round: {' after '.join([*trail, step.id])}"
            yield tree.problem(("steps", position, "after"), message, "one of them to begin elsewhere")
