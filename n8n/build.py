"""Writes the n8n workflows of this folder: ``python -m n8n.build``. One for each address of section 14.3 of the domain.

Each verifies the Standard Webhooks signature over the raw bytes, answers, drops repeats, and branches; the first one
also calls back, signed. Keys are read from n8n's environment: no workflow holds a secret.
"""

import json
import uuid
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.lifecycle import STAGE_WORKFLOWS

HERE = Path(__file__).resolve().parent

READ = """\
// The signature is over the raw bytes: they are read before anything parses them.
const item = $input.first();
const bytes = await this.helpers.getBinaryDataBuffer(0, 'data');
const raw = bytes.toString('utf8');
const headers = item.json.headers;
const id = headers['webhook-id'] || '';
const stamp = headers['webhook-timestamp'] || '';
const fresh = /^[0-9]{1,12}$/.test(stamp) && Math.abs(Date.now() / 1000 - Number(stamp)) <= 300;
return [{ json: { raw, fresh, given: headers['webhook-signature'] || '', signed: `${id}.${stamp}.${raw}` } }];
"""

JUDGE = """\
// Compared without stopping at the first difference.
const { raw, fresh, given, expected } = $input.first().json;
function same(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
const genuine = fresh && given.split(' ').some((one) => same(one, `v1,${expected}`));
return [{ json: genuine ? { genuine, ...JSON.parse(raw) } : { genuine } }];
"""

REPORT = """\
// What is told back: that the workflow ran. Any event of docs/events.md can be told so: change type and data.
const envelope = $('Genuine?').first().json;
const body = JSON.stringify({
  event_id: `n8n:${$execution.id}`,
  type: 'workflow_done',
  occurred_at: new Date().toISOString(),
  customerId: envelope.customerId,
  workflow: envelope.workflow,
  in_reply_to: envelope.event_id,
  data: {},
});
const id = `cb_${$execution.id}`;
const stamp = Math.floor(Date.now() / 1000);
return [{ json: { id, stamp, body, signed: `${id}.${stamp}.${body}` } }];
"""


def names() -> list[str]:
    """Outbound names of the lifecycle, in the order of the stages."""
    return [*(name for stage in STAGE_WORKFLOWS.values() for name in stage), "onboarding_completed"]


class Flow:
    """One workflow, node by node."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path
        self.nodes: list[dict[str, Any]] = []
        self.connections: dict[str, dict[str, list[list[dict[str, Any]]]]] = {}

    def node(self, name: str, kind: str, version: float, at: tuple[int, int], **parameters: Any) -> str:
        """Add a node; its id is made of the names, so that building again changes nothing."""
        made: dict[str, Any] = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"steadfast/n8n/{self.path}/{name}")),
            "name": name,
            "type": f"n8n-nodes-base.{kind}",
            "typeVersion": version,
            "position": [at[0] * 220, at[1] * 140],
            "parameters": parameters,
        }
        if kind == "webhook":
            made["webhookId"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"steadfast/n8n/{self.path}"))
        self.nodes.append(made)
        return name

    def wire(self, source: str, target: str, output: int = 0) -> None:
        """Connect an output of one to another."""
        outputs = self.connections.setdefault(source, {"main": []})["main"]
        while len(outputs) <= output:
            outputs.append([])
        outputs[output].append({"node": target, "type": "main", "index": 0})

    def chain(self, *each: str) -> None:
        """Connect one after the other."""
        for source, target in pairwise(each):
            self.wire(source, target)

    def entrance(self) -> str:
        """From the request to an envelope that is genuine and new; returns the last node."""
        posted = self.node(
            "Steadfast posts", "webhook", 2, (0, 1),
            httpMethod="POST", path=self.path, responseMode="responseNode", options={"rawBody": True},
        )  # fmt: skip
        read = self.node("Read the bytes", "code", 2, (1, 1), jsCode=READ)
        sign = _hmac(self, "Sign them ourselves", (2, 1), "expected", "STEADFAST_WEBHOOK_KEY")
        judge = self.node("Genuine?", "code", 2, (3, 1), jsCode=JUDGE)
        gate = self.node("Let in", "if", 2, (4, 1), conditions=_true("={{ $json.genuine }}"), options={})
        refuse = _respond(self, "Refuse", (5, 2), 401, "not signed, or too old")
        accept = _respond(self, "Accept", (5, 1), 200, "taken")
        once = self.node(
            "Once", "removeDuplicates", 2, (6, 1),
            operation="removeItemsSeenInPreviousExecutions", dedupeValue="={{ $json.event_id }}", options={},
        )  # fmt: skip
        self.chain(posted, read, sign, judge, gate)
        self.wire(gate, accept, 0)
        self.wire(gate, refuse, 1)
        self.chain(accept, once)
        return once

    def branches(self, after: str, name: str, value: str, choices: list[str]) -> list[str]:
        """A switch with an example action for each choice, and one for what is none of them; returns the actions."""
        rules = [
            {"conditions": _equals(value, choice), "renameOutput": True, "outputKey": choice} for choice in choices
        ]
        switch = self.node(
            name, "switch", 3, (7, 1), rules={"values": rules},
            options={"fallbackOutput": "extra", "renameFallbackOutput": "another"},
        )  # fmt: skip
        self.wire(after, switch)
        actions = []
        for number, choice in enumerate([*choices, "another"]):
            action = self.node(choice, "noOp", 1, (8, number))
            self.wire(switch, action, number)
            actions.append(action)
        return actions

    def note(self, text: str) -> None:
        """What to know, on the canvas."""
        self.node("How to use this", "stickyNote", 1, (0, -2), content=text, width=640, height=220)

    def document(self) -> dict[str, Any]:
        """As n8n imports it: not active until somebody switches it on."""
        return {
            "name": self.name,
            "nodes": self.nodes,
            "connections": self.connections,
            "active": False,
            "settings": {"executionOrder": "v1"},
            "pinData": {},
            "tags": [],
        }


def lifecycle() -> Flow:
    """``N8N_CS_WEBHOOK_URL``: a branch for each outbound name, and the way back."""
    flow = Flow("Steadfast: lifecycle", "steadfast-lifecycle")
    flow.note(_note("N8N_CS_WEBHOOK_URL", flow.path, "Put what you want to happen behind the name of the workflow."))
    once = flow.entrance()
    actions = flow.branches(once, "Which workflow?", "={{ $json.workflow }}", names())
    report = flow.node("Write the callback", "code", 2, (9, 1), jsCode=REPORT)
    sign = _hmac(flow, "Sign the callback", (10, 1), "signature", "STEADFAST_CALLBACK_KEY")
    headers = {
        "content-type": "application/json",
        "webhook-id": "={{ $json.id }}",
        "webhook-timestamp": "={{ $json.stamp }}",
        "webhook-signature": "=v1,{{ $json.signature }}",
    }
    back = flow.node(
        "Tell Steadfast", "httpRequest", 4.2, (11, 1),
        method="POST", url="={{ $env.STEADFAST_URL }}/webhooks/n8n", sendHeaders=True,
        headerParameters={"parameters": [{"name": name, "value": value} for name, value in headers.items()]},
        sendBody=True, contentType="raw", rawContentType="application/json", body="={{ $json.body }}", options={},
    )  # fmt: skip
    for action in actions:
        flow.wire(action, report)
    flow.chain(report, sign, back)
    return flow


def alerts() -> Flow:
    """``N8N_ALERTS_WEBHOOK_URL``: by severity."""
    flow = Flow("Steadfast: alerts", "steadfast-alerts")
    flow.note(_note("N8N_ALERTS_WEBHOOK_URL", flow.path, "data has type, severity and message; workflow is the type."))
    flow.branches(flow.entrance(), "How bad?", "={{ $json.data.severity }}", ["critical", "high", "medium"])
    return flow


def expansion() -> Flow:
    """``N8N_EXPANSION_WEBHOOK_URL``: by the type of opportunity."""
    flow = Flow("Steadfast: expansion", "steadfast-expansion")
    flow.note(_note("N8N_EXPANSION_WEBHOOK_URL", flow.path, "data has type, product, timing and the estimated value."))
    types = ["upsell", "cross_sell", "add_seats", "add_features"]
    flow.branches(flow.entrance(), "Which opportunity?", "={{ $json.data.type }}", types)
    return flow


def _note(setting: str, path: str, more: str) -> str:
    return (
        f"## {setting}\nSet it to this webhook's production address (`…/webhook/{path}`), set `STEADFAST_WEBHOOK_KEY` "
        f"in n8n's environment, and activate the workflow. {more}\n\nHow, step by step: docs/n8n.md of Steadfast."
    )


def _hmac(flow: Flow, name: str, at: tuple[int, int], into: str, key: str) -> str:
    return flow.node(
        name, "crypto", 1, at,
        action="hmac", type="SHA256", value="={{ $json.signed }}", dataPropertyName=into,
        secret=f"={{{{ $env.{key} }}}}", encoding="base64",
    )  # fmt: skip


def _respond(flow: Flow, name: str, at: tuple[int, int], code: int, text: str) -> str:
    return flow.node(
        name, "respondToWebhook", 1.1, at, respondWith="text", responseBody=text, options={"responseCode": code}
    )


def _conditions(left: str, right: Any, kind: str, operation: str, **more: Any) -> dict[str, Any]:
    return {
        "options": {"caseSensitive": True, "leftValue": "", "typeValidation": "strict"},
        "conditions": [
            {"leftValue": left, "rightValue": right, "operator": {"type": kind, "operation": operation, **more}}
        ],
        "combinator": "and",
    }


def _true(left: str) -> dict[str, Any]:
    return _conditions(left, "", "boolean", "true", singleValue=True)


def _equals(left: str, right: str) -> dict[str, Any]:
    return _conditions(left, right, "string", "equals")


FLOWS = {"lifecycle": lifecycle, "alerts": alerts, "expansion": expansion}


def text(flow: Flow) -> str:
    """The file."""
    return json.dumps(flow.document(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them."""
    for name, make in FLOWS.items():
        (HERE / f"{name}.json").write_text(text(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
