"""Whether a playbook may hold anybody out: not where every customer is owed what it does."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from pydantic import ValidationError

from models.actions import SendMessage
from models.playbook import ActStep, Playbook
from playbooks.problem import Problem
from playbooks.tree import Tree
from playbooks.vocabulary import TemplateIndex
from rules import holdout


def problems(playbook: Playbook, tree: Tree, templates: TemplateIndex | None) -> Iterator[Problem]:
    """Everything wrong with ``holdout``. Without ``templates`` the texts are not looked at."""
    if playbook.holdout is None:
        return
    if playbook.holdout.within <= timedelta(0):
        yield tree.problem(("holdout", "within"), "within must be positive", "a delay such as '90 days'")
    if reason := holdout.refusal(playbook):
        yield tree.problem(("holdout",), f"nobody may be held out: {reason}", "no holdout", key=True)
    for template in _owed(playbook, templates):
        message = f"nobody may be held out: '{template}' is a transactional text, which always goes"
        yield tree.problem(("holdout",), message, "the optional steps in a playbook of their own", key=True)


def _owed(playbook: Playbook, templates: TemplateIndex | None) -> Iterator[str]:
    """Transactional texts that the playbook sends; malformed parameters are somebody else's complaint."""
    for step in playbook.steps if templates is not None else ():
        if not isinstance(step, ActStep) or step.do != "send_message":
            continue
        with contextlib.suppress(ValidationError):
            sent = SendMessage.model_validate(step.params)
            if templates is not None and templates.transactional(sent.template, sent.channel):
                yield sent.template
