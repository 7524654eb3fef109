"""Every file walked through every branch and both ways of every condition: it ends, and every step can be reached."""

from collections import defaultdict

import pytest

from models.enums import RunStatus
from models.playbook import ActStep, BranchStep, EscalateStep, Playbook, possible_results
from playbooks.catalog import Catalog, Entry
from rendering.catalogue import Templates
from tests.playbooks.walking import Walk, awaits, ended, walks

CATALOG = Catalog.load(templates=Templates.load())
ENTRIES = CATALOG.entries()
OPEN = frozenset({"mid-market-v1", "self-serve-v1"})
"""Onboardings stay open by their own workflow, until the program is done."""


def _name(entry: Entry) -> str:
    return entry.file.rpartition("playbooks/")[2]


def _walked(playbook: Playbook) -> list[Walk]:
    return list(walks(playbook, most=2))


@pytest.fixture(scope="module", params=ENTRIES, ids=_name)
def walked(request: pytest.FixtureRequest) -> tuple[Playbook, list[Walk]]:
    """A playbook and its walks."""
    playbook = request.param.playbook
    return playbook, _walked(playbook)


def test_every_walk_comes_to_an_end(walked: tuple[Playbook, list[Walk]]) -> None:
    playbook, found = walked
    for walk in found:
        if ended(walk):
            assert all(one.status.settled for one in walk.state.steps.values()), walk.taken
        else:
            assert walk.parked
            assert playbook.id in OPEN, f"{playbook.id} never ends after {walk.taken}"


def test_every_step_is_reached_and_every_result_met(walked: tuple[Playbook, list[Walk]]) -> None:
    """Done, and where it has a condition also skipped; each event and outcome of an await, each label of a branch."""
    playbook, found = walked
    if playbook.id in OPEN:
        return
    met: dict[str, set[str]] = defaultdict(set)
    for walk in found:
        for step_id, one in walk.state.steps.items():
            met[step_id].add(one.result)
    for step in playbook.steps:
        if isinstance(step, ActStep) and step.do == "confirm_recovery":
            assert any(walk.state.reason == "recovered" for walk in found)
            continue
        wanted = {"done"}
        if isinstance(step, ActStep | EscalateStep) and step.when is not None:
            wanted.add("skipped")
        if isinstance(step, BranchStep) or step in awaits(playbook):
            wanted = set(possible_results(step))
        assert wanted <= met[step.id], f"{playbook.id}: {step.id} never ends with {wanted - met[step.id]}"


def test_every_goal_and_exit_ends_it(walked: tuple[Playbook, list[Walk]]) -> None:
    playbook, found = walked
    reasons = {(walk.state.status, walk.state.reason) for walk in found}
    for goal in playbook.goals:
        assert (RunStatus.GOAL_MET, goal.reason or f"goal met: {goal.event}") in reasons
    for exit_ in playbook.exits:
        assert (RunStatus.EXITED, exit_.reason or f"exit: {exit_.event}") in reasons
