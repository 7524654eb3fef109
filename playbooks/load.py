"""From the bytes of a file to a playbook, or to every reason why they are none."""

from pydantic import ValidationError

from models.base import parse_delay
from models.playbook import Playbook
from playbooks import explain, schema
from playbooks.problem import Problem, shown
from playbooks.tree import Refused, Tree, parse

_DELAYS = ("delay", "timeout", "timeline", "catch_up", "offset", "stall_after", "expires", "cool_down")


def read(raw: bytes, file: str) -> tuple[Playbook | None, Tree, list[Problem]]:
    """Read one file: the playbook (None if it has problems), its tree, and the problems of form.

    What it means (names, conditions, order of steps) is for ``playbooks.check``.
    """
    try:
        tree = parse(raw, file)
    except Refused as refused:
        return None, Tree(file, ""), [refused.problem]
    if not isinstance(tree.data, dict):
        return None, tree, [tree.problem((), f"{shown(tree.data)} is not a playbook", "fields such as id and steps")]
    if huge := list(_endless(tree)):
        return None, tree, huge
    try:
        return Playbook.model_validate(tree.data, extra="forbid"), tree, []
    except ValidationError as error:
        return None, tree, sorted(set(explain.problems(error, tree, schema.document())))


def _endless(tree: Tree) -> list[Problem]:
    """Delays beyond what a timedelta holds overflow instead of failing validation."""
    found = []
    for path in tree.values:
        if path and path[-1] in _DELAYS:
            value = tree.lookup(path)
            try:
                parse_delay(value)
            except ValueError:
                continue
            except OverflowError:
                found.append(tree.problem(path, f"{shown(value)} is longer than time lasts", "a delay of some days"))
    return found
