"""A run in plain words, in Markdown, for an operator in Temporal UI. No personal data: ids and step names only."""

from models.playbook import Playbook
from models.release import ReleaseNote
from models.run import RunState, StepStatus, Wait

_MARKS = {
    StepStatus.DONE: "✓",
    StepStatus.SKIPPED: "–",
    StepStatus.FAILED: "✗",
    StepStatus.HELD: "‖",
    StepStatus.RUNNING: "▶",
    StepStatus.UNREACHED: "·",
    StepStatus.PENDING: "○",
}


def details(playbook: Playbook, state: RunState, wait: Wait, note: ReleaseNote | None = None) -> str:
    """What happened, what it waits for, until when, and who released what it follows."""
    until = f" until **{wait.until:%Y-%m-%d %H:%M} UTC**" if wait.until else ""
    said = f"Waits for **{wait.waiting_for.value}**{until}: {wait.reason}\n\n{_steps(playbook, state)}"
    return said if note is None else f"{said}\n\nReleased by {note.author} on {note.at:%Y-%m-%d}: {note.reason}"


def ended(playbook: Playbook, state: RunState) -> str:
    """How it ended."""
    return f"Ended: **{state.status.value}** ({state.reason})\n\n{_steps(playbook, state)}"


def cause(error: BaseException) -> str:
    """The message of a failed activity, bounded."""
    return str(error)[:300]


def _steps(playbook: Playbook, state: RunState) -> str:
    lines = []
    for step in playbook.steps:
        one = state.steps[step.id]
        moment = one.ended or one.due
        when = f" {moment:%Y-%m-%d %H:%M}" if moment else ""
        reason = f" ({one.reason})" if one.reason else ""
        lines.append(f"- {_MARKS[one.status]} {step.title or step.id}:{when} {one.status.value}{reason}")
    return "\n".join(lines)
