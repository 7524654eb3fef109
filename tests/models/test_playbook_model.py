"""A playbook as a value: what it refuses, what it wants to hear, the results it knows, its fingerprint."""

from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from models.playbook import Playbook, possible_results
from playbooks.catalog import Catalog
from tests.rules.making import act, choose, hear, pause, play, rise
from tests.rules.random_playbooks import playbooks

BOUNDED = settings(max_examples=60, derandomize=True, deadline=None)


def test_it_wants_what_can_move_a_run_of_it_and_the_activation() -> None:
    playbook = play(
        act("a", after="event:x:one"),
        hear("h", events=["y", "x"]),
        act("b", after="a"),
        goals=[{"event": "won"}],
        exits=[{"event": "left"}],
    )
    assert playbook.wants() == ("left", "outreach_activated", "outreach_resumed", "won", "x", "x:one", "y")


def test_an_onboarding_also_wants_the_steps_done() -> None:
    catalog = Catalog.load()
    assert "onboarding_step_completed" in catalog.by_id("self-serve-v1").wants()
    assert "onboarding_step_completed" not in play(act()).wants()


RESULTS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    (act(), ("done", "skipped", "failed")),
    (rise(), ("done", "skipped", "failed")),
    (pause(), ("done",)),
    (hear(events=["x"], outcomes=["yes"]), ("x", "yes")),
    (hear(events=["x"], timeout="1 day"), ("x", "timeout")),
    (choose("b", ("true", "one"), ("true", "two"), ("false", "one")), ("one", "two", "otherwise")),
    (choose("b", ("true", "one"), otherwise="else"), ("one", "else")),
]


@pytest.mark.parametrize(("step", "results"), RESULTS)
def test_each_kind_of_step_ends_in_ways_that_are_known_before(step: dict[str, Any], results: tuple[str, ...]) -> None:
    assert possible_results(play(step).steps[0]) == results


@BOUNDED
@given(playbooks())
def test_a_playbook_read_back_is_the_same_and_has_the_same_fingerprint(playbook: Playbook) -> None:
    again = Playbook.model_validate_json(playbook.model_dump_json(by_alias=True))
    assert again == playbook
    assert again.fingerprint() == playbook.fingerprint()
    assert len(playbook.fingerprint()) == 12
    for step in playbook.steps:
        assert playbook.step(step.id) is step


@pytest.mark.parametrize("change", [{"title": "other"}, {"version": 2}, {"catch_up": "2 days"}])
def test_any_change_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert play(act(), **change).fingerprint() != play(act()).fingerprint()


WRONG: list[dict[str, Any]] = [
    {"steps": []},
    {"version": 0},
    {"id": "Not A Slug"},
    {"process": "ritual"},
    {"trigger": "Trial Started"},
    {"trigger": ""},
    {"segments": ["huge"]},
    {"catch_up": "a while"},
    {"steps": [{"id": "a", "kind": "dance"}]},
    {"steps": [{"id": "a"}]},
    {"steps": [act(do="launch_rocket")]},
    {"steps": [act(after="event:")]},
    {"steps": [act(after="Trigger!")]},
    {"steps": [act(when="")]},
    {"steps": [act(when="x" * 501)]},
    {"steps": [pause(delay=3)]},
    {"steps": [hear(events=["Not an event"])]},
    {"steps": [{"id": "b", "kind": "branch", "cases": []}]},
    {"steps": [rise(role="janitor")]},
    {"escalation": {"path": [], "timeline": "1 day"}},
    {"escalation": {"path": ["csm"]}},
]


@pytest.mark.parametrize("change", [{"colour": "red"}, {"steps": [pause(timeout="1 day")]}], ids=str)
def test_an_unknown_field_is_refused_in_a_file_and_forgotten_in_a_run(change: dict[str, Any]) -> None:
    said = play(steps=[act()]).model_dump(mode="json", by_alias=True) | change
    with pytest.raises(ValidationError):
        Playbook.model_validate(said, extra="forbid")
    assert Playbook.model_validate(said).id == said["id"]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_what_is_not_a_playbook_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        play(**{"steps": [act()], **change})
