"""pydantic's complaints about a file, as problems with a place and an expectation."""

import re
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from playbooks.describe import fields, meant, node_at, words
from playbooks.problem import Problem, shown
from playbooks.schema import Node
from playbooks.tree import Path, Tree

KINDS = "one of act, wait, await, branch, escalate, end"


def problems(error: ValidationError, tree: Tree, schema: Node, at: Path = ()) -> Iterator[Problem]:
    """Each complaint. ``at``: where the validated part begins in the file; ``schema`` is that part's."""
    for detail in error.errors(include_url=False, include_context=False):
        counted_valid_only = detail["type"] == "too_short" and tree.lookup((*at, *detail["loc"]))
        if not counted_valid_only:
            yield _problem(detail, tree, schema, at)


def _problem(detail: ErrorDetails, tree: Tree, schema: Node, at: Path) -> Problem:
    path, missing = _path(detail["loc"], tree, at)
    own = path[len(at) :]
    data = tree.lookup(at)
    name = str(own[-1]) if own else ""
    match detail["type"]:
        case "missing":
            expected = words(node_at(schema, data, (*own, missing)))
            return tree.problem(path, f"field '{missing}' is missing", expected)
        case "union_tag_not_found":
            return tree.problem(path, "field 'kind' is missing", KINDS)
        case "union_tag_invalid":
            kind = tree.lookup((*path, "kind"))
            return tree.problem((*path, "kind"), f"unknown kind {shown(kind)}", KINDS)
        case "extra_forbidden":
            known = fields(node_at(schema, data, own[:-1]))
            return tree.problem(path, f"unknown field {shown(name)}", meant(name, known), key=True)
        case "value_error" if "expected" not in detail["msg"] and "whole number" not in detail["msg"]:
            said = detail["msg"].removeprefix("Value error, ")
            return tree.problem(_pointed(said, tree, path), said)
    if detail["loc"] and detail["loc"][-1] == "[key]":
        return tree.problem(path, f"unknown name {shown(name)}", _after_input(detail["msg"]), key=True)
    expected = words(node_at(schema, data, own)) or _after_input(detail["msg"])
    where = next((str(part) for part in reversed(own) if isinstance(part, str)), "the file")
    value = tree.lookup(path)
    message = f"{where} is empty" if value in ({}, [], "", None) else f"wrong value {shown(value)} for {where}"
    return tree.problem(path, message, expected)


def _path(location: tuple[int | str, ...], tree: Tree, at: Path) -> tuple[Path, str]:
    """The place in the file, and the name missing there: pydantic also names the union's member it tried."""
    path = at
    missing = ""
    for part in location:
        if (*path, part) in tree.values:
            path = (*path, part)
        else:
            missing = str(part)
    return path, missing


def _after_input(message: str) -> str:
    """``Input should be 'es' or 'en'`` without its first words."""
    return message.removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("expected ")


def _pointed(said: str, tree: Tree, path: Path) -> Path:
    """The value that a complaint of a whole program is about: the last place that holds the name it ends with."""
    blamed = re.search(r"'?([\w.-]+)'?$", said)
    if blamed is None:
        return path
    inside = [p for p in tree.values if p[: len(path)] == path and tree.lookup(p) == blamed.group(1)]
    keys = ("criteria", "first_value") if "no step has" in said else ("id", "criterion")
    wanted = [p for p in inside if any(key in p[-2:] for key in keys)]
    return wanted[-1] if wanted else path
