"""Whether a file is a playbook that can be run: every complaint at once, each with its place."""

from pathlib import Path
from typing import NamedTuple

from models.playbook import Playbook
from playbooks import check_actions, check_conditions, check_holdout, check_shape, check_steps
from playbooks.load import read
from playbooks.problem import Problem, errors
from playbooks.tree import MAX_BYTES
from playbooks.vocabulary import TemplateIndex


class Checked(NamedTuple):
    """A file looked at: its playbook if it has no errors (warnings may remain), and everything found."""

    file: str
    playbook: Playbook | None
    problems: list[Problem]


def check_bytes(raw: bytes, file: str, templates: TemplateIndex | None = None) -> Checked:
    """Check the content of a file. ``templates``: also check the texts its messages use."""
    playbook, tree, found = read(raw, file)
    if playbook is not None:
        found = [
            *check_shape.problems(playbook, tree),
            *check_steps.problems(playbook, tree),
            *check_conditions.problems(playbook, tree),
            *check_actions.problems(playbook, tree, templates),
            *check_holdout.problems(playbook, tree, templates),
        ]
    found = sorted(set(found))
    return Checked(file, None if errors(found) else playbook, found)


def check_file(path: Path, templates: TemplateIndex | None = None) -> Checked:
    """Check one file; one that cannot be read is a problem too."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Checked(str(path), None, [Problem(str(path), 1, 1, f"cannot be read: {error.strerror}", "a file")])
    return check_bytes(raw, str(path), templates)


def files(paths: list[Path]) -> list[Path]:
    """The files meant: each file itself, and every ``*.yaml`` and ``*.yml`` below each directory, sorted."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    return list(found)
