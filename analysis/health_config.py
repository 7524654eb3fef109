"""The file of health configurations: read, checked, and every complaint with file, line and field (section 5.1, H9)."""

import io
from pathlib import Path

from pydantic import JsonValue, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from models.errors import Misconfigured
from models.health import HealthConfigs

DEFAULT_FILE = Path(__file__).parents[1] / "config" / "health.yaml"
MAX_BYTES = 65_536
MAX_DEPTH = 20

Field = tuple[str | int, ...]


def load(path: Path = DEFAULT_FILE) -> HealthConfigs:
    """Read and check the file.

    Raises:
        Misconfigured: it cannot be read or is wrong; names each wrong line and field.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read: {error.strerror}") from None
    return read(raw, str(path))


def read(raw: bytes, file: str) -> HealthConfigs:
    """The configurations of such a file.

    Raises:
        Misconfigured: as ``load``.
    """
    if len(raw) > MAX_BYTES:
        raise Misconfigured(f"{file}:1: {len(raw)} bytes; at most {MAX_BYTES}")
    try:
        text = raw.decode("utf-8-sig")
        _refuse_tricks(text, file)
        root = YAML(typ="safe", pure=True).compose(text)
        data = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError:
        raise Misconfigured(f"{file}:1: not UTF-8 text") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Misconfigured(f"{file}:{mark.line + 1 if mark else 1}: not YAML: {error.problem}") from None
    except (YAMLError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # The parser itself stumbles over some malformed escapes, directives and numbers.
        raise Misconfigured(f"{file}:1: not YAML: {type(error).__name__}") from None
    try:
        return HealthConfigs.model_validate(data)
    except ValidationError as error:
        lines = _lines(root)
        told = [_told(file, lines, place, message) for place, message in _innermost(error)]
        raise Misconfigured("\n".join(told)) from None


def written(configs: HealthConfigs) -> str:
    """The configurations as such a file, to be read by a person and by :func:`read`; defaults are written out."""
    lines = io.StringIO()
    yaml = YAML()  # round trip: keeps the order of the fields
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_plain(configs.model_dump(mode="json")), lines)
    return lines.getvalue()


def _plain(tree: JsonValue) -> JsonValue:
    """Without what is absent: an ideal's ``worst``, lists of nobody."""
    if isinstance(tree, dict):
        return {name: _plain(value) for name, value in tree.items() if value not in (None, [])}
    return [_plain(one) for one in tree] if isinstance(tree, list) else tree


def _innermost(error: ValidationError) -> list[tuple[Field, str]]:
    """Without a list's complaint that it is too short once its wrong entries are left out."""
    found = [(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
    places = [place for place, _ in found]
    return [
        (place, message)
        for place, message in found
        if not any(other != place and other[: len(place)] == place for other in places)
    ]


def _told(file: str, lines: dict[Field, int], place: Field, message: str) -> str:
    name = ".".join(str(part) for part in place) or "the file"
    while place not in lines and place:
        place = place[:-1]
    said = " ".join(message.removeprefix("Value error, ").split())
    return f"{file}:{lines.get(place, 1)}: {name}: {said}"


def _lines(root: Node | None) -> dict[Field, int]:
    """The line of each field, from 1: of its key where it has one."""
    lines: dict[Field, int] = {}

    def walk(node: Node, place: Field, line: int) -> None:
        lines[place] = line + 1
        if isinstance(node, MappingNode):
            for key, value in node.value:
                walk(value, (*place, str(key.value)), key.start_mark.line)
        elif isinstance(node, SequenceNode):
            for position, value in enumerate(node.value):
                walk(value, (*place, position), value.start_mark.line)

    if root is not None:
        walk(root, (), 0)
    return lines


def _refuse_tricks(text: str, file: str) -> None:
    """Aliases grow a small file into a huge value and nesting exhausts the stack, before anything is checked."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent):
            raise Misconfigured(f"{file}:{event.start_mark.line + 1}: aliases are not allowed; write the value out")
        if depth > MAX_DEPTH:
            raise Misconfigured(f"{file}:{event.start_mark.line + 1}: nested more than {MAX_DEPTH} deep")
