"""Which step asks a person, and which await takes the answer. Pure."""

from models.playbook import ActStep, AwaitStep, Playbook, Step

ASKING = ("create_task", "call", "meeting", "propose_meeting", "notify_csm", "request_approval")
"""Verbs after which a person may be awaited."""


def asked_by(playbook: Playbook, awaiting: AwaitStep) -> ActStep | None:
    """The step that put the question: the nearest one before the await that asks a person."""
    found: Step | None = awaiting
    for _ in playbook.steps:
        found = next((step for step in playbook.steps if found is not None and step.id == found.after), None)
        if found is None:
            return None
        if isinstance(found, ActStep) and found.do in ASKING:
            return found
    return None


def answered_by(playbook: Playbook, step: ActStep) -> AwaitStep | None:
    """The await that takes the answer to a step's question, if one does."""
    awaits = (one for one in playbook.steps if isinstance(one, AwaitStep) and one.outcomes)
    return next((one for one in awaits if asked_by(playbook, one) == step), None)
