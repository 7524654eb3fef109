"""What changed between two contents of a playbook, in plain words (section 20 of the domain)."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel

from models.playbook import Playbook, Step

_OF_PLAYBOOK = {
    "title": "title",
    "trigger": "trigger",
    "segments": "segments",
    "entry": "entry condition",
    "priority": "priority",
    "lasts": "lifetime",
    "catch_up": "catch-up",
    "reentry": "re-entry",
    "excludes": "exclusions",
    "holdout": "holdout",
    "escalation": "escalation path",
}
_OF_STEP = {
    "kind": "kind",
    "after": "begins after",
    "on": "only on",
    "delay": "delay",
    "working_days": "working days",
    "at": "time of day",
    "until": "date",
    "do": "does",
    "params": "with",
    "audience": "audience",
    "when": "condition",
    "events": "waits for",
    "outcomes": "outcomes",
    "timeout": "time-out",
    "cases": "cases",
    "otherwise": "otherwise",
    "role": "role",
    "reason": "reason",
    "text": "text",
    "as_": "ends as",
    "title": "title",
}


def changes(old: Playbook, new: Playbook) -> list[str]:
    """One line a change; empty: they do the same."""
    return [
        *_fields(old, new, _OF_PLAYBOOK, ""),
        *_listed("goal", [_plain(one) for one in old.goals], [_plain(one) for one in new.goals]),
        *_listed("exit", [_plain(one) for one in old.exits], [_plain(one) for one in new.exits]),
        *_steps(old, new),
        *(["the onboarding program's own steps or milestones changed"] if old.program != new.program else []),
    ]


def _steps(old: Playbook, new: Playbook) -> Iterator[str]:
    before, after = {step.id: step for step in old.steps}, {step.id: step for step in new.steps}
    for name in before.keys() - after.keys():
        yield f"step {name} is gone"
    for name, step in after.items():
        if name not in before:
            yield f"step {name} is new: {_said(step)}"
        else:
            yield from _fields(before[name], step, _OF_STEP, f"step {name}: ")
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        yield "steps stand in another order, which decides between steps due at the same moment"


def _said(step: Step) -> str:
    does = getattr(step, "do", step.kind)
    delay = f", {_plain(step.delay)} after {step.after}" if step.delay else f", after {step.after}"
    return f"{does}{delay}"


def _fields(old: BaseModel, new: BaseModel, names: dict[str, str], prefix: str) -> Iterator[str]:
    for field, name in names.items():
        before, after = getattr(old, field, None), getattr(new, field, None)
        if before != after:
            yield f"{prefix}{name}: {_plain(before)} becomes {_plain(after)}"


def _listed(kind: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    yield from (f"{kind} gone: {one}" for one in old if one not in new)
    yield from (f"{kind} new: {one}" for one in new if one not in old)


def _plain(value: object) -> str:
    """A value as a reader of the file would write it."""
    if value is None or value in ((), {}, "", []):
        return "none"
    if isinstance(value, timedelta):
        return _span(value)
    if isinstance(value, BaseModel):
        plain = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return ", ".join(f"{name} {one}" for name, one in plain.items()) or "as usual"
    if isinstance(value, tuple | list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _span(delay: timedelta) -> str:
    seconds = round(delay.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}{'' if abs(seconds // size) == 1 else 's'}"
    return f"{seconds} seconds"
