"""The responses file of a simulation: YAML or JSON, refused with its place when it says what nothing understands."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import JsonValue, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.errors import BadInput
from models.event_bodies import DATA
from models.event_kinds import EXTERNAL
from models.events import EventType
from models.facts import CATALOGUE
from models.playbook import ActStep, AwaitStep, Playbook
from models.responses import Responses

LARGEST = 20_000_000


def read_responses(path: Path, playbooks: tuple[Playbook, ...]) -> Responses:
    """The file, checked against the playbooks and the catalogue of facts.

    Raises:
        BadInput: no such file, or something in it is wrong; the first problem is named with its place.
    """
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise BadInput("no such file, or too large", field="--responses", value=str(path))
    try:
        said = Responses.model_validate(YAML(typ="safe", pure=True).load(path) or {})
    except (YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"not YAML or JSON: {' '.join(str(error).split())[:200]}", field=str(path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInput(first["msg"], field=f"{path}: {where}", value=first["input"]) from None
    _check(said, playbooks, path)
    return said


def _check(said: Responses, playbooks: tuple[Playbook, ...], path: Path) -> None:
    ids = {playbook.id for playbook in playbooks}
    steps = {(playbook.id, step.id) for playbook in playbooks for step in playbook.steps}
    sent = {
        step.params.get("template")
        for playbook in playbooks
        for step in playbook.steps
        if isinstance(step, ActStep) and step.do == "send_message"
    }
    outcomes = {
        (step.id, outcome)
        for playbook in playbooks
        for step in playbook.steps
        if isinstance(step, AwaitStep)
        for outcome in step.outcomes
    }
    for number, reaction in enumerate(said.reactions):
        where = f"{path}: reactions.{number}"
        if reaction.playbook is not None and reaction.playbook not in ids:
            raise BadInput("no such playbook", field=f"{where}.playbook", value=reaction.playbook)
        if reaction.step is not None:
            fitting = {one for one in steps if one[1] == reaction.step and reaction.playbook in (None, one[0])}
            if not fitting:
                raise BadInput("no playbook has such a step", field=f"{where}.step", value=reaction.step)
        if reaction.template is not None and reaction.template not in sent:
            raise BadInput("no playbook sends it", field=f"{where}.template", value=reaction.template)
        if reaction.outcome is not None and (reaction.step, reaction.outcome) not in outcomes:
            raise BadInput("that step awaits no such outcome", field=f"{where}.outcome", value=reaction.outcome)
    for number, change in enumerate(said.facts):
        if change.fact not in CATALOGUE:
            raise BadInput("the catalogue has no such fact", field=f"{path}: facts.{number}.fact", value=change.fact)
    known = {*(one.value for one in EventType), *_heard(playbooks)}
    events = [
        *((f"habits.{n}", one.event) for n, one in enumerate(said.habits)),
        *((f"reactions.{n}", one.event) for n, one in enumerate(said.reactions)),
        *((f"script.{n}", one.event) for n, one in enumerate(said.script)),
    ]
    for where, event in events:
        if event is not None and event.partition(":")[0] not in known:
            raise BadInput("nothing hears of such an event", field=f"{path}: {where}.event", value=event)
    for part in ("habits", "reactions", "script"):
        for number, one in enumerate(getattr(said, part)):
            if one.event is not None:
                _check_data(one.event.partition(":")[0], one.data, f"{path}: {part}.{number}.data")


def _check_data(kind: str, data: Mapping[str, JsonValue], where: str) -> None:
    """What is said would be taken in from outside; what is left out may stay unsaid here."""
    if kind not in EXTERNAL:
        return
    try:
        DATA[EventType(kind)].model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["type"] != "missing" and one["loc"] and one["loc"][0] in data:
                place = ".".join(str(each) for each in one["loc"])
                said = one["msg"].removeprefix("Value error, ")
                raise BadInput(said, field=f"{where}.{place}", value=one["input"]) from None


def check_customers(said: Responses, known: Collection[str], path: Path) -> None:
    """Refuse what is said of a customer that is not there: it would never happen, and nobody would know.

    Raises:
        BadInput: the first such customer, with its place.
    """
    for part in ("script", "facts"):
        for number, one in enumerate(getattr(said, part)):
            if one.customer is not None and one.customer not in known:
                raise BadInput("no such customer", field=f"{path}: {part}.{number}.customer", value=one.customer)


def _heard(playbooks: tuple[Playbook, ...]) -> set[str]:
    names = [name for playbook in playbooks for name in (playbook.trigger, *playbook.wants())]
    return {name.partition(":")[0] for name in names}
