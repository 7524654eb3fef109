"""The page of every playbook: what starts it, what it does and when, how it ends (``docs/catalogue.md``)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from models.playbook import ActStep, AwaitStep, BranchStep, EndStep, EscalateStep, Step
from playbooks.catalog import Entry

_HEAD = """# Playbooks there are

Made by `starter.py playbooks list --markdown`; the files below `playbooks/` say it in full, and `docs/playbooks.md`
explains their format.
"""


def page(entries: Iterable[Entry]) -> str:
    """Every playbook, by id."""
    return "\n".join([_HEAD, *(line for entry in entries for line in _playbook(entry))])


def _playbook(entry: Entry) -> Iterator[str]:
    one = entry.playbook
    segments = ", ".join(segment.value for segment in one.segments) or "every segment"
    yield f"## `{one.id}`: {one.title}\n"
    if one.description:
        yield f"{one.description}\n"
    starts = f"{one.process}, version {one.version}; starts at `{one.trigger}`, for {segments}"
    yield f"{starts}{f', if `{one.entry}`' if one.entry else ''}. File `{entry.file.rpartition('/playbooks/')[2]}`.\n"
    if one.escalation is not None:
        path = ", ".join(role.value for role in one.escalation.path)
        yield f"Nobody answers: {path}, one further each {span(one.escalation.timeline)}.\n"
    ends = [
        *(f"succeeds at `{goal.event}`" for goal in one.goals),
        *(f"stops at `{exit_.event}`" for exit_ in one.exits),
        *([f"has failed after {span(one.expires)}"] if one.expires else []),
    ]
    if ends:
        yield f"{'; '.join(ends).capitalize()}.\n"
    yield "| step | when | does | if |"
    yield "|---|---|---|---|"
    for step in one.steps:
        yield f"| `{step.id}` | {_when(step)} | {_does(step)} | {_if(step)} |"
    yield ""


def _when(step: Step) -> str:
    words = [f"`{step.after}`" if step.after != "trigger" else "trigger"]
    if step.on:
        words.append(f"({', '.join(step.on)})")
    if step.delay:
        words.append(f"+ {span(step.delay)}")
    if step.working_days:
        words.append(f"+ {step.working_days} working days")
    if step.until is not None:
        moved = f" + {span(step.until.offset)}" if step.until.offset else ""
        words.append(f"at {step.until.value}{moved}")
    return " ".join(words)


def _does(step: Step) -> str:
    match step:
        case ActStep():
            told = [str(step.params[name]) for name in ("template", "meeting", "task", "kind", "alert", "workflow")
                    if isinstance(step.params.get(name), str)]  # fmt: skip
            return " ".join([f"`{step.do}`", *told])
        case AwaitStep():
            timeout = f", at most {span(step.timeout)}" if step.timeout else ""
            return f"awaits {', '.join((*step.events, *step.outcomes))}{timeout}"
        case BranchStep():
            cases = ", ".join(f"{case.then} if `{case.if_}`" for case in step.cases)
            return f"branches: {cases}, else {step.otherwise}"
        case EscalateStep():
            return f"tells {step.role.value}"
        case EndStep():
            return f"ends as {step.as_}"
        case _:
            return "waits"


def _if(step: Step) -> str:
    condition = step.when if isinstance(step, ActStep | EscalateStep) else None
    # A bar would end the cell.
    return "" if condition is None else "`" + condition.replace("|", "\\|") + "`"


def span(delay: timedelta) -> str:
    """A delay as the files write it."""
    seconds = round(delay.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if abs(count) == 1 else 's'}"
    return f"{seconds} seconds"
