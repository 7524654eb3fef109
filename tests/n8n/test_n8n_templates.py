"""The n8n workflows: whole, without secrets, of every name; and their code run in Node against what we really send."""

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from intake.vendors.registry import VENDORS
from intake.vendors.scheme import Call
from intake.vendors.vendor import Arrival
from integrations.webhook_sender import WebhookSender
from models.errors import Rejected
from models.lifecycle import STAGE_WORKFLOWS
from n8n import build

FOLDER = Path(build.__file__).parent
KEY = "0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY.encode()).decode()
KNOWN = {
    "code", "crypto", "httpRequest", "if", "noOp", "removeDuplicates", "respondToWebhook", "stickyNote", "switch",
    "webhook",
}  # fmt: skip


def flow(name: str) -> dict[str, Any]:
    """A template as committed."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def node(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A node of it."""
    (found,) = [one for one in document["nodes"] if one["name"] == name]
    return dict(found)


@pytest.mark.parametrize("name", sorted(build.FLOWS))
def test_a_template_is_what_is_built_and_is_whole(name: str) -> None:
    document = flow(name)
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == build.text(build.FLOWS[name]()), (
        "built anew: python -m n8n.build"
    )
    names = [one["name"] for one in document["nodes"]]
    assert len(set(names)) == len(names) == len({one["id"] for one in document["nodes"]})
    assert {one["type"].removeprefix("n8n-nodes-base.") for one in document["nodes"]} <= KNOWN
    targets = [
        target["node"]
        for outputs in document["connections"].values()
        for output in outputs["main"]
        for target in output
    ]
    assert set(document["connections"]) | set(targets) == set(names) - {"How to use this"}, "nothing hangs loose"
    assert document["active"] is False


@pytest.mark.parametrize("name", sorted(build.FLOWS))
def test_a_template_holds_no_secret_and_no_address(name: str) -> None:
    raw = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert not re.search(r"whsec_|Bearer|api[_-]?key|password|https?://", raw, re.IGNORECASE)
    keys = re.findall(r'"secret": "([^"]*)"', raw)
    assert set(keys) <= {"={{ $env.STEADFAST_WEBHOOK_KEY }}", "={{ $env.STEADFAST_CALLBACK_KEY }}"}
    assert keys
    assert not any("credentials" in one for one in flow(name)["nodes"])


def test_every_outbound_name_has_a_branch() -> None:
    document = flow("lifecycle")
    switch = node(document, "Which workflow?")
    branches = [rule["outputKey"] for rule in switch["parameters"]["rules"]["values"]]
    wanted = {name for stage in STAGE_WORKFLOWS.values() for name in stage} | {"onboarding_completed"}
    assert set(branches) == wanted
    outputs = document["connections"]["Which workflow?"]["main"]
    assert [output[0]["node"] for output in outputs] == [*branches, "another"]


async def _posted(envelope: dict[str, Any]) -> httpx.Request:
    """What our sender really posts."""
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
        await WebhookSender(client, secret=SECRET).post("http://n8n.invalid/x", envelope, delivery_id="wh_1")
    return sent[0]


RUN = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const $input = { first: () => ({ json: given.json }) };
const $ = () => ({ first: () => ({ json: given.envelope || {} }) });
const $execution = { id: '42' };
const self = { helpers: { getBinaryDataBuffer: async () => Buffer.from(given.raw || '', 'base64') } };
const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
new AsyncFunction('$input', '$', '$execution', given.code).call(self, $input, $, $execution)
  .then((out) => process.stdout.write(JSON.stringify(out[0].json)));
"""


def run(code: str, **given: Any) -> dict[str, Any]:
    """A Code node's script, with what n8n gives it."""
    node_binary = shutil.which("node")
    if node_binary is None:
        pytest.skip("needs Node to run the scripts of Code nodes")
    asked = json.dumps({"code": code, **given}).encode()
    done = subprocess.run([node_binary, "-e", RUN], input=asked, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def crypto(text: str) -> str:
    """What n8n's Crypto node makes: HMAC-SHA256 in base64, the secret as text."""
    return base64.b64encode(hmac.new(KEY.encode(), text.encode(), hashlib.sha256).digest()).decode()


ENVELOPE = {
    "event_id": "stage:C-1:x",
    "workflow": "onboarding_kickoff",
    "customerId": "C-1",
    "customer": {"id": "C-1", "name": "Núñez & Cía"},
    "data": {"from_stage": None, "to_stage": "onboarding", "share": 1.0},
    "timestamp": "2026-05-12T12:00:00Z",
}


@pytest.mark.parametrize("change", ["nothing", "body", "age"])
async def test_the_template_verifies_what_we_post(change: str) -> None:
    request = await _posted(ENVELOPE)
    headers = dict(request.headers)
    raw = request.content.replace(b"C-1", b"C-2") if change == "body" else request.content
    if change == "age":
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 301)
    document = flow("lifecycle")
    read = run(
        node(document, "Read the bytes")["parameters"]["jsCode"],
        json={"headers": headers},
        raw=base64.b64encode(raw).decode(),
    )
    judged = run(node(document, "Genuine?")["parameters"]["jsCode"], json={**read, "expected": crypto(read["signed"])})
    assert judged == ({"genuine": True, **ENVELOPE} if change == "nothing" else {"genuine": False})


def test_we_take_the_templates_callback() -> None:
    document = flow("lifecycle")
    made = run(node(document, "Write the callback")["parameters"]["jsCode"], json={}, envelope=ENVELOPE)
    told = {
        one["name"]: one["value"]
        for one in node(document, "Tell Steadfast")["parameters"]["headerParameters"]["parameters"]
    }
    signature = told["webhook-signature"].removeprefix("=").replace("{{ $json.signature }}", crypto(made["signed"]))
    headers = {"webhook-id": made["id"], "webhook-timestamp": str(made["stamp"]), "webhook-signature": signature}
    body, now = made["body"].encode(), datetime.now(UTC)
    n8n = VENDORS["n8n"]
    n8n.verify(SecretStr(SECRET), Call("POST", "", headers, body), now)
    (notice,) = n8n.read(Arrival(body, now))
    assert (notice.id, notice.kind) == ("n8n:42", "workflow_done")
    with pytest.raises(Rejected):
        n8n.verify(SecretStr(SECRET), Call("POST", "", headers, body + b" "), now)
