"""What a place in a playbook's file may hold, in words, read from the JSON Schema."""

from difflib import get_close_matches
from typing import Any

from playbooks.schema import Node
from playbooks.tree import Path

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "fields",
}
_PATTERNS = {
    "^[a-z0-9][a-z0-9_.-]{0,79}$": "a lower-case name such as send_welcome_email",
    "^[a-z][a-z0-9_]*(:[a-z0-9_.-]+)?$": "an event such as user_logged_in or milestone_reached:day1",
    "^(trigger|event:[a-z][a-z0-9_]*(:[a-z0-9_.-]+)?|[a-z0-9][a-z0-9_.-]*)$": "trigger, a step's id, or event:<name>",
}


def node_at(root: Node, data: object, path: Path) -> Node:
    """The part of the schema that governs a path; empty where the schema says nothing."""
    node = _resolved(root, root, data)
    for part in path:
        if isinstance(part, int):
            node = node.get("items", {})
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            extra = node.get("additionalProperties")
            node = node.get("properties", {}).get(part) or (extra if isinstance(extra, dict) else {})
            data = data.get(part) if isinstance(data, dict) else None
        node = _resolved(root, node, data)
    return node


def fields(node: Node) -> list[str]:
    """The fields a place may have."""
    return list(node.get("properties", {}))


def words(node: Node) -> str:
    """What the place may hold; empty if the schema does not say."""
    if "3 days" in node.get("examples", ()):
        return "0 or a number and a unit, such as '3 days' or '48 hours'"
    if "oneOf" in node:
        return "a step: fields with a kind"
    if "enum" in node:
        return one_of(node["enum"])
    if "const" in node:
        return repr(node["const"])
    if node.get("pattern") in _PATTERNS:
        return _PATTERNS[node["pattern"]]
    said = _TYPES.get(node.get("type", ""), "")
    bounds = [
        f"{word} {node[key]}{unit}"
        for key, word, unit in (
            ("minimum", "at least", ""),
            ("maximum", "at most", ""),
            ("minLength", "at least", " characters"),
            ("maxLength", "at most", " characters"),
            ("minItems", "at least", " of them"),
        )
        if key in node and not (key == "minLength" and node[key] == 1)
    ]
    return ", ".join([said, " and ".join(bounds)] if bounds else [said])


def one_of(names: list[Any]) -> str:
    """A closed list in words."""
    return str(names[0]) if len(names) == 1 else f"one of {', '.join(str(name) for name in names)}"


def meant(name: str, known: list[str]) -> str:
    """The known name that was probably meant, else all of them."""
    close = get_close_matches(name, known, n=1, cutoff=0.7)
    return f"'{close[0]}'" if close else one_of(sorted(known)) if known else "none"


def _resolved(root: Node, node: Node, data: object) -> Node:
    for _ in range(10):
        if "$ref" in node:
            node = root.get("$defs", {}).get(node["$ref"].rpartition("/")[2], {})
        elif isinstance(data, dict) and (member := _member(node, data.get("kind"))):
            node = {"$ref": member}
        elif "anyOf" in node and len(some := [n for n in node["anyOf"] if n.get("type") != "null"]) == 1:
            node = some[0]
        else:
            break
    return node


def _member(node: Node, kind: object) -> str | None:
    """The reference of the union's member for a kind."""
    mapping = node.get("discriminator", {}).get("mapping", {})
    found = mapping.get(kind) if isinstance(kind, str) else None
    return found if isinstance(found, str) else None
