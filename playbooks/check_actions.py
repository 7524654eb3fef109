"""What the steps do: parameters of each verb, texts that exist, milestones of the program."""

from collections.abc import Iterator

from pydantic import ValidationError

from models.actions import PARAMS, CelebrateMilestone, SendMessage
from models.enums import Audience, Language
from models.playbook import CONTACTS, ActStep, Playbook
from playbooks import explain
from playbooks.describe import meant
from playbooks.problem import Problem
from playbooks.tree import Path, Tree
from playbooks.vocabulary import PROVIDED, TemplateIndex


def problems(playbook: Playbook, tree: Tree, templates: TemplateIndex | None) -> Iterator[Problem]:
    """Everything wrong with the acts. Without ``templates`` the texts are not looked at."""
    for position, step in enumerate(playbook.steps):
        if isinstance(step, ActStep):
            path: Path = ("steps", position)
            yield from _audience(step, tree, path)
            yield from _act(playbook, step, tree, path, templates)


def _act(
    playbook: Playbook, step: ActStep, tree: Tree, path: Path, templates: TemplateIndex | None
) -> Iterator[Problem]:
    kind, where = PARAMS[step.do], (*path, "with")
    try:
        params = kind.model_validate(step.params)
    except ValidationError as error:
        if where in tree.values:
            yield from explain.problems(error, tree, kind.model_json_schema(by_alias=True), where)
        else:
            needed = [name for name, field in kind.model_fields.items() if field.is_required()]
            yield tree.problem((*path, "do"), f"{step.do} needs a field 'with'", f"with {', '.join(needed)}")
        return
    for name, value in params:
        if isinstance(value, dict) and Language.ES not in value:
            yield tree.problem((*where, name), f"{name} lacks the language es", "es first, en second")
    match params:
        case SendMessage():
            yield from _message(params, tree, where, templates)
        case CelebrateMilestone():
            yield from _celebration(playbook, params, tree, where)


def _audience(step: ActStep, tree: Tree, path: Path) -> Iterator[Problem]:
    """An internal step never reaches the customer, and what only asks our own people cannot (C5)."""
    if step.audience is Audience.INTERNAL and step.do in CONTACTS:
        yield tree.problem((*path, "audience"), f"{step.do} reaches the customer", "create_task, call or meeting")


def _message(params: SendMessage, tree: Tree, where: Path, templates: TemplateIndex | None) -> Iterator[Problem]:
    if templates is None:
        return
    needed = templates.variables(params.template, params.channel)
    at: Path = (*where, "template")
    if needed is None:
        yield tree.problem(at, f"there is no {params.channel} template '{params.template}'", "a known template")
        return
    for name in sorted(needed - PROVIDED):
        yield tree.problem(at, f"template '{params.template}' needs '{name}', which nothing provides")


def _celebration(playbook: Playbook, params: CelebrateMilestone, tree: Tree, where: Path) -> Iterator[Problem]:
    at: Path = (*where, "milestone")
    if playbook.program is None:
        yield tree.problem(at, "only an onboarding playbook has milestones", "process onboarding")
        return
    found = {milestone.id: milestone for milestone in playbook.program.milestones}
    if params.milestone not in found:
        message = f"the program has no milestone '{params.milestone}'"
        yield tree.problem(at, message, meant(params.milestone, list(found)))
    elif not found[params.milestone].celebration:
        message = f"milestone '{params.milestone}' has no celebration"
        yield tree.problem(at, message, "notify_csm, or a text to celebrate with")
