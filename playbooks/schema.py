"""The JSON Schema of a playbook's file: for editors, and for our own words about what a field expects."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.actions import PARAMS
from models.playbook import Playbook

FILE = Path(__file__).parent / "schema.json"

Node = dict[str, Any]

_DELAY = r"^(-?\d+ (second|minute|hour|day|week)s?|-?P.+)$"


@lru_cache(maxsize=1)
def document() -> Node:
    """The schema: Playbook's own, with the parameters of each verb and with the ways to write a delay."""
    schema = Playbook.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions: Node = schema["$defs"]
    rules = []
    for verb, params in PARAMS.items():
        own = params.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
        definitions.update(own.pop("$defs", {}))
        definitions[params.__name__] = own
        needed: Node = {"required": ["with"]} if own.get("required") else {}
        then = {"properties": {"with": {"$ref": f"#/$defs/{params.__name__}"}}, **needed}
        rules.append({"if": {"properties": {"do": {"const": verb}}}, "then": then})
    definitions["ActStep"]["allOf"] = rules
    _write_delays(schema)
    for shape in (schema, *definitions.values()):
        if "properties" in shape:
            shape["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:steadfast:playbook",
        **schema,
        "title": "Steadfast playbook",
    }


def text() -> str:
    """The schema as the file ``playbooks/schema.json`` holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _write_delays(node: object) -> None:
    if isinstance(node, list):
        for child in node:
            _write_delays(child)
    elif isinstance(node, dict):
        if "3 days" in node.get("examples", ()):
            node.pop("type", None)
            node.pop("format", None)
            node["anyOf"] = [{"const": 0}, {"type": "string", "pattern": _DELAY}]
            node["examples"] = [0, "3 days", "48 hours"]
        for child in node.values():
            _write_delays(child)
