"""A YAML file as plain values, each with its place, so that every complaint can point at a line and a column.

Only what JSON could also say is accepted: one document, text keys, no tags, no anchors or aliases (which can grow a
small file into a huge value), no key twice. ``on`` and ``yes`` are text, as in YAML 1.2.
"""

import math
import re
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from playbooks.problem import Problem, Weight, shown

MAX_BYTES = 65_536
MAX_DEPTH = 20

Path = tuple[str | int, ...]

_TEXT_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")


_STRANGE = re.compile(
    "[^\\n\\t\\x20-\\x7e\\xa0-\\u2027\\u202f-\\u2065\\u206a-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)
"""Controls, other line breaks, surrogates, and marks that make text read in another order than it stands."""


class Refused(Exception):
    """The text cannot be read at all; carries the one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class Tree:
    """The values of a file, and where each key and value stands (character offsets into ``text``)."""

    file: str
    text: str
    data: object = None
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, int] = field(default_factory=dict)

    def lookup(self, path: Path) -> object:
        """The value at a path, or None if there is none."""
        found = self.data
        for part in path:
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return found

    def problem(
        self, path: Path, message: str, expected: str = "", *, key: bool = False, word: str = "", warning: bool = False
    ) -> Problem:
        """A problem at a value (or its key, or a word inside it); at the nearest enclosing value if it is absent."""
        while path and path not in self.values:
            path = path[:-1]
        start, end = self.values.get(path, (0, 0))
        if key and path in self.keys:
            start = self.keys[path]
        elif word and (found := re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", self.text[start:end])):
            start += found.start()
        return self.at(start, message, expected, warning=warning)

    def at(self, offset: int, message: str, expected: str = "", *, warning: bool = False) -> Problem:
        """A problem at an offset into the text."""
        before = self.text[:offset]
        weight = Weight.WARNING if warning else Weight.ERROR
        said = " ".join(message.split())
        return Problem(self.file, before.count("\n") + 1, offset - before.rfind("\n"), said, expected, weight)

    def refuse(self, offset: int, message: str, expected: str = "") -> Refused:
        """The exception for a problem after which reading cannot go on."""
        return Refused(self.at(offset, message, expected))


def parse(raw: bytes, file: str) -> Tree:
    """Read one file.

    Raises:
        Refused: it is not such a YAML file.
    """
    tree = Tree(file, "")
    if len(raw) > MAX_BYTES:
        raise tree.refuse(0, f"the file has {len(raw)} bytes", f"at most {MAX_BYTES}")
    try:
        tree.text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        tree.text = raw[: error.start].decode("utf-8-sig", "replace")
        raise tree.refuse(len(tree.text), "not UTF-8 text") from None
    if strange := _STRANGE.search(tree.text):
        raise tree.refuse(strange.start(), f"character {strange.group()!r} may not stand in a playbook")
    try:
        _refuse_tricks(tree)
        root = YAML(typ="safe", pure=True).compose(tree.text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise tree.refuse(mark.index if mark else 0, f"not YAML: {said}") from None
    except YAMLError as error:
        raise tree.refuse(0, f"not YAML: {str(error)[:200]}") from None
    except (ValueError, ArithmeticError, AssertionError, IndexError, KeyError, TypeError, AttributeError) as error:
        # The parser itself stumbles over some malformed directives and escapes.
        raise tree.refuse(0, f"not YAML: {type(error).__name__} {str(error)[:200]}".strip()) from None
    if root is None:
        raise tree.refuse(0, "the file is empty", "a playbook")
    tree.data = _build(root, (), tree)
    return tree


def _refuse_tricks(tree: Tree) -> None:
    """Look at the events before anything recursive sees them."""
    depth = documents = 0
    for event in YAML(typ="safe", pure=True).parse(tree.text):
        offset = event.start_mark.index
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise tree.refuse(offset, "a second document begins here", "one playbook per file")
            if event.version is not None or event.tags:
                raise tree.refuse(offset, "YAML directives are not allowed")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, AliasEvent):
            raise tree.refuse(offset, "aliases are not allowed", "the value written out")
        elif isinstance(event, NodeEvent):
            if event.anchor is not None:
                raise tree.refuse(offset, "anchors are not allowed", "a value without a name")
            if isinstance(event, ScalarEvent | CollectionStartEvent) and event.ctag is not None:
                raise tree.refuse(offset, "tags are not allowed", "a plain value")
            if isinstance(event, CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise tree.refuse(offset, f"nested more than {MAX_DEPTH} deep")


def _build(node: Node, path: Path, tree: Tree) -> object:
    start, end = node.start_mark.index, node.end_mark.index
    tree.values[path] = (start, end)
    if isinstance(node, MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            name = _key(key, tree)
            if name in found:
                raise tree.refuse(key.start_mark.index, f"field {shown(name)} is given twice", "each field once")
            tree.keys[(*path, name)] = key.start_mark.index
            found[name] = _build(value, (*path, name), tree)
        return found
    if isinstance(node, SequenceNode):
        return [_build(child, (*path, position), tree) for position, child in enumerate(node.value)]
    return _scalar(node, tree)


def _key(node: Node, tree: Tree) -> str:
    if not isinstance(node, ScalarNode) or node.tag not in _TEXT_TAGS or _STRANGE.search(node.value):
        raise tree.refuse(node.start_mark.index, "not the name of a field", "text as the key")
    return str(node.value)


def _scalar(node: Node, tree: Tree) -> object:
    kind, text = str(node.tag).rpartition(":")[2], str(node.value)
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                digits = text.replace("_", "")
                return int(digits, 0) if re.match(r"[-+]?0[xob]", digits) else int(digits)
            case "float":
                number = float(text.replace("_", ""))
                if math.isfinite(number):
                    return number
            case _ if node.tag in _TEXT_TAGS and not _STRANGE.search(text):
                return text
    except ValueError:
        pass
    raise tree.refuse(node.start_mark.index, f"{shown(text)} is not a value of a playbook", "text, a number, or quotes")
