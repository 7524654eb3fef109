"""Reading a mapping file: every error says file, line, column and field."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from intake.csv.mapping import Mapping
from models.errors import BadInput

_MAX_BYTES = 256 * 1024


def load_mapping(path: Path) -> Mapping:
    """The mapping in a YAML file.

    Raises:
        BadInput: one line, ``file:line:column: field: reason``.
    """
    tree = _parse(path)
    if not isinstance(tree, CommentedMap):
        raise BadInput("expected a mapping of fields", field=f"{path.name}:1:1")
    try:
        return Mapping.model_validate(_plain(tree))
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        raise _at(path, tree, first["loc"], message) from None


def currency_refused(path: Path, mapping: Mapping, configured: str) -> BadInput:
    """The refusal of a mapping in another currency than the configured one, with its place in the file."""
    message = f"{mapping.currency} is not the configured currency {configured}; amounts are never converted"
    tree = _parse(path)
    assert isinstance(tree, CommentedMap)
    return _at(path, tree, ("currency",), message)


def _parse(path: Path) -> object:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadInput(f"longer than {_MAX_BYTES} bytes", field=path.name)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadInput(f"cannot be read: {reason}", field=str(path)) from None
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path.name}:{mark.line + 1}:{mark.column + 1}" if mark is not None else path.name
        raise BadInput(str(error.problem).splitlines()[0], field=place) from None
    except YAMLError as error:
        raise BadInput(str(error).splitlines()[0], field=path.name) from None


def _plain(node: Any) -> Any:
    """The tree as plain values; a date or other YAML scalar type stays and is refused by its field."""
    if isinstance(node, CommentedMap):
        return {str(key) if isinstance(key, str) else key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, str) else node


def _at(path: Path, tree: CommentedMap, loc: tuple[str | int, ...], message: str) -> BadInput:
    line, column = tree.lc.line, tree.lc.col
    node: Any = tree
    for key in loc:
        if isinstance(node, CommentedMap) and key in node:
            line, column = node.lc.key(key)
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line, column = node.lc.item(key)
        else:
            break
        node = node[key]
    field = ".".join(str(key) for key in loc if key != "[key]")
    shown = f"{field}: {message}" if field else message
    return BadInput(shown, field=f"{path.name}:{line + 1}:{column + 1}")
