"""What we ask HubSpot and Mixpanel, and what our doubles answer, judged by the vendors' own API descriptions."""

import json
import os
import re
from collections.abc import AsyncIterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from ruamel.yaml import YAML

from integrations.hubspot import HubSpot
from integrations.mixpanel import Mixpanel
from tests.integrations.vendor_cases import CASES
from tests.integrations.vendor_double import Asked, Reply, double
from tests.integrations.vendor_kit import ACCOUNT, DEAL, KEY, MAPPED, NOTE, PLAY, SECRET, TASK

NEXT_TO_US = Path(__file__).parents[3] / "shared" / "openapi"
DIRECTORY = Path(os.environ.get("STEADFAST_OPENAPI_DIR") or NEXT_TO_US)

pytestmark = pytest.mark.skipif(
    not (DIRECTORY / "hubspot").is_dir(),
    reason="the vendors' API descriptions are not here (STEADFAST_OPENAPI_DIR names their folder)",
)


@cache
def _described(name: str) -> dict[str, Any]:
    path = DIRECTORY / name
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text) if path.suffix == ".json" else YAML(typ="safe", pure=True).load(text)
    return loaded


def _operation(name: str, method: str, path: str) -> tuple[str, dict[str, Any]]:
    for template, methods in _described(name)["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template.partition("#")[0]))
        literal = "{" not in template.rpartition("/")[2]
        if re.fullmatch(pattern, path) and method.lower() in methods and (literal or not _better(name, method, path)):
            return template, methods[method.lower()]
    raise AssertionError(f"{method} {path} is not in {name}")


def _better(name: str, method: str, path: str) -> bool:
    """A template without a variable at its end fits too: ``/search`` is not an id."""
    last = path.rpartition("/")[2]
    return any(
        template.endswith(f"/{last}") and method.lower() in methods
        for template, methods in _described(name)["paths"].items()
    )


def _validate(name: str, pointer: tuple[str, ...], value: Any) -> None:
    joined = "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in pointer)
    registry = Registry().with_resource(
        "urn:doc", Resource.from_contents(_described(name), default_specification=DRAFT202012)
    )
    Draft202012Validator({"$ref": f"urn:doc#/{joined}"}, registry=registry).validate(value)


def _request(name: str, asked: Asked, path: str) -> None:
    template, operation = _operation(name, asked.method, path)
    declared = {one["name"] for one in _parameters(name, template, operation) if one["in"] == "query"}
    assert set(asked.query) <= declared
    required = {
        one["name"] for one in _parameters(name, template, operation) if one["in"] == "query" and one.get("required")
    }
    assert required <= set(asked.query)
    for one in _parameters(name, template, operation):
        if one["name"] in asked.query and (allowed := one.get("schema", {}).get("enum")):
            assert asked.query[one["name"]] in map(str, allowed)
    if asked.body:
        pointer = ("paths", template, asked.method.lower(), "requestBody", "content", "application/json", "schema")
        _validate(name, pointer, asked.json)


def _parameters(name: str, template: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [*operation.get("parameters", []), *_described(name)["paths"][template].get("parameters", [])]
    components = _described(name).get("components", {}).get("parameters", {})
    return [components[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]


def _response(name: str, asked: Asked, path: str, reply: Reply) -> None:
    template, operation = _operation(name, asked.method, path)
    if reply.body is None or "content" not in operation["responses"].get(str(reply.status), {}):
        return
    pointer = ("paths", template, asked.method.lower(), "responses", str(reply.status), "content", "application/json")
    _validate(name, (*pointer, "schema"), reply.body)


def _hubspot(path: str) -> str:
    kind = path.split("/")[4]
    return f"hubspot/{'associations' if '/associations/' in path else kind}.json"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as made:
        yield made


@pytest.mark.parametrize("case", [one for one in CASES if one.name.startswith("hubspot")], ids=lambda case: case.name)
async def test_hubspot_asked_and_answered_as_described(case: Any, client: httpx.AsyncClient) -> None:
    async with double(*(want.reply for want in case.wants)) as vendor:
        await case.act(case.make(client, vendor.base))
    for asked, want in zip(vendor.asked, case.wants, strict=True):
        _request(_hubspot(asked.path), asked, asked.path)
        _response(_hubspot(asked.path), asked, asked.path, want.reply)


async def test_hubspot_whatever_is_unknown_of_an_account(client: httpx.AsyncClient) -> None:
    bare = ACCOUNT.model_copy(update=dict.fromkeys(set(type(ACCOUNT).model_fields) - {"customer"}))
    body = {"results": [{"id": "1", "properties": {}}], "id": "1"}
    async with double(Reply(200, body)) as vendor:
        hubspot = HubSpot(client, token=SECRET, base=vendor.base)
        await hubspot.save_account(bare, KEY)
        await hubspot.save_account(MAPPED, KEY)
        await hubspot.add_note(bare, NOTE, KEY)
        await hubspot.add_task(bare, TASK.model_copy(update={"owner_email": None}), KEY)
        await hubspot.report_play(bare, PLAY, KEY)
        await hubspot.save_deal(bare, DEAL.model_copy(update={"amount": None, "close_date": None}), KEY)
        await hubspot.accounts()
        await hubspot.accounts("71")
        await hubspot.check()
    for asked in vendor.asked:
        _request(_hubspot(asked.path), asked, asked.path)


async def test_mixpanel_asked_as_described(client: httpx.AsyncClient) -> None:
    body = {"data": {"series": [], "values": {}}, "legend_size": 0, "status": 1}
    async with double(Reply(200, body)) as vendor:
        mixpanel = Mixpanel(
            client, user="u", secret="s", project=7, token="mixpanel", query=vendor.base, ingest=vendor.base
        )
        await mixpanel.usage("Chat handled", date(2026, 5, 1), date(2026, 5, 2))
        await mixpanel.check()
        await mixpanel.save_account(ACCOUNT, KEY)
    usage, names, group = vendor.asked
    _request("mixpanel/query.yaml", usage, "/segmentation")
    _response("mixpanel/query.yaml", usage, "/segmentation", Reply(200, body))
    _request("mixpanel/query.yaml", names, "/events/names")
    template = "/groups#group-set"
    pointer = ("paths", template, "post", "requestBody", "content", "application/json", "schema")
    _validate("mixpanel/ingestion.yaml", pointer, group.json)
    declared = {one["name"] for one in _described("mixpanel/ingestion.yaml")["paths"][template]["post"]["parameters"]}
    assert (group.method, group.path) == ("POST", "/groups")
    assert set(group.query) <= declared
