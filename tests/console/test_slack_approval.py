"""A request for approval goes to Slack with buttons of ours; who presses one decides it once, and everybody sees it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.approvals import decide
from activities.connected import Connected
from activities.telling import Telling
from activities.told_store import ToldStore
from activities.vendor_deliveries import VendorActivities
from intake import lexicon
from intake.vendors.doors import doors
from intake.vendors.press import answer_button
from intake.vendors.staff import Staff
from intake.vendors.taking import House
from integrations.slack import Slack
from models.approval import Approval, ApprovalKind, ApprovalStatus, Verdict
from models.enums import Role
from models.outside import System
from models.records import Csm, Customer
from models.vendor_delivery import DeliverOne, DrainInput
from persistence.store import SqlStore
from tests.console.kit import CLOCK, NOBODY, WALL, Console, make
from tests.intake.vendor_samples import EVENTS_SECRET, PUBLIC, SECRETS, UNIX, encoded, headers
from tests.integrations.vendor_double import Double, Reply, double

NOW = CLOCK.virtual(WALL)
POSTED = Reply(200, {"ok": True, "channel": "C0", "ts": "17.1"})
REQUEST = Approval(
    key="offer",
    kind=ApprovalKind.SAVE_OFFER,
    customer="C-1",
    title="20 % <off>",
    requested_by="Marta Ruiz",
    requested_at=NOW,
)


def user(email: str, **more: Any) -> Reply:
    """Who presses, as Slack answers."""
    return Reply(200, {"ok": True, "user": {"id": "U", "profile": {"email": email}, **more}})


@dataclass
class Office:
    """The console, the double of Slack, and a worker's hands."""

    console: Console
    store: ToldStore
    slack: Double
    connected: Connected
    pressed: int = field(default=0)

    async def drain(self) -> list[str]:
        """Make every delivery that is due."""
        acts = VendorActivities(self.store, self.connected, lambda: WALL)
        due = await acts.due_vendor_deliveries(DrainInput(system=System.SLACK, task_queue="q"))
        numbers = [one for group in due.groups for one in group]
        return [
            await acts.deliver_to_vendor(DeliverOne(delivery=one, system=System.SLACK, clock=CLOCK)) for one in numbers
        ]

    async def ask(self) -> int:
        """A play asks; the message is posted."""
        async with self.store.begin() as tx:
            number = (await tx.approvals.ask(REQUEST)).number
        self.slack.replies = [POSTED]
        assert await self.drain() == ["delivered"]
        return number

    def buttons(self) -> list[dict[str, Any]]:
        """Of the last message posted."""
        sent = next(one.json for one in reversed(self.slack.asked) if one.path == "/chat.postMessage")
        return next(block["elements"] for block in sent["blocks"] if block["type"] == "actions")

    async def press(self, button: dict[str, Any], who: str = "U1") -> httpx.Response:
        """As Slack tells it, with every field that it repeats."""
        self.pressed += 1
        body = {
            "type": "block_actions",
            "user": {"id": who, "username": "lena.k"},
            "actions": [{**button, "block_id": "b", "action_ts": f"{UNIX + self.pressed}.840180"}],
        }
        raw = encoded("slack", body)
        signed = headers("slack", raw, WALL)
        return await self.console.http.post("/webhooks/slack", content=raw, headers=signed)

    async def stands(self, number: int) -> tuple[str, str]:
        """Status, and by whom."""
        async with self.store.read() as tx:
            found = await tx.approvals.get(number)
        assert found is not None
        return found.status.value, found.decided_by

    async def reasons(self) -> list[str]:
        """Why presses were refused, newest first."""
        async with self.store.read() as tx:
            return [one.reason for one in await tx.vendor_events.listed("slack", "refused", limit=9)]


@pytest.fixture
async def office(store: SqlStore) -> AsyncIterator[Office]:
    client = await Client.connect(NOBODY, lazy=True, data_converter=pydantic_data_converter)
    async with httpx.AsyncClient(trust_env=False) as http, double(POSTED) as vendor:
        slack = Slack(http, token="xoxb-a-secret-token", channel="C0", base=vendor.base)
        connected = Connected(chat={System.SLACK: slack}, people={System.SLACK: slack})
        answer = partial(answer_button, EVENTS_SECRET)
        told = ToldStore(store, Telling(connected, wall=lambda: WALL, page="https://us.example", answer=answer))
        staff = Staff({"U9": "marc"}, slack)
        house = House(CLOCK, "EUR", lexicon.supplied(), EVENTS_SECRET, staff=staff)
        made = make(told, client, secret=EVENTS_SECRET, most=65_536, vendors=doors(SECRETS, PUBLIC, house))  # type: ignore[arg-type]  # the told store is the store and more
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="Sol", email="ana@sol.example"))
            for name in ("Lena", "Marc", "Marta"):
                await tx.customers.put_csm(Csm(id=name.lower(), name=f"{name} Ruiz", email=f"{name}@us.example"))
        yield Office(made, told, vendor, connected)
        await made.deps.delivery.close()
        await made.http.aclose()


async def test_a_named_person_decides_once_and_the_message_says_so(office: Office) -> None:
    number = await office.ask()
    yes, no, look = office.buttons()
    assert (yes["text"]["text"], no["text"]["text"], look["url"]) == (
        "Approve",
        "Refuse",
        "https://us.example/customers/C-1",
    )
    assert "&lt;off&gt;" in json.dumps(office.slack.asked[-1].json["blocks"])
    office.slack.replies = [user("LENA@us.example")]
    assert (await office.press(yes)).status_code == 200
    assert await office.stands(number) == ("approved", "lena")
    office.slack.replies = [user("Marc@us.example")]
    assert (await office.press(no)).status_code == 200
    assert await office.stands(number) == ("approved", "lena")
    assert "lena decided already" in (await office.reasons())[0]
    async with office.store.read() as tx:
        told = await tx.inbox.undelivered(before=NOW + timedelta(days=1), limit=9)
    assert [row.type for row in told] == ["approval_decided"]

    office.slack.replies = [POSTED]
    assert await office.drain() == ["delivered"]
    changed = office.slack.asked[-1]
    assert (changed.path, changed.json["ts"]) == ("/chat.update", "17.1")
    assert "approved by lena" in changed.json["text"]
    assert "actions" not in [block["type"] for block in changed.json["blocks"]]
    assert await office.drain() == []


@pytest.mark.parametrize(
    ("reply", "who", "why"),
    [
        (user("stranger@else.example"), "U1", "none of our managers"),
        (user("lena@us.example", is_stranger=True), "U1", "none of our managers"),
        (user("lena@us.example", deleted=True), "U1", "none of our managers"),
        (user("lena@us.example", is_email_confirmed=False), "U1", "none of our managers"),
        (Reply(503, {}), "U1", "none of our managers"),
        (user("marta@us.example"), "U1", "whoever asked cannot decide"),
    ],
)
async def test_nobody_else_decides(office: Office, reply: Reply, who: str, why: str) -> None:
    number = await office.ask()
    office.slack.replies = [reply]
    assert (await office.press(office.buttons()[0], who)).status_code == 200
    assert await office.stands(number) == ("pending", "")
    assert why in (await office.reasons())[0]


async def test_a_role_that_the_playbook_names_decides_alone(office: Office) -> None:
    async with office.store.begin() as tx:
        request = REQUEST.model_copy(update={"role": Role.EXECUTIVE, "only": True, "requested_by": "save.offer"})
        number = (await tx.approvals.ask(request)).number
        eva = Csm(id="eva", name="Eva Sanz", email="eva@us.example", roles=(Role.EXECUTIVE,))
        await tx.customers.put_csm(eva)
    office.slack.replies = [POSTED]
    assert await office.drain() == ["delivered"]
    assert "executive or above" in office.slack.asked[-1].json["text"]
    yes = office.buttons()[0]
    await office.press(yes, "U9")
    assert await office.stands(number) == ("pending", "")
    assert "only executive decides this (eva); they are csm" in (await office.reasons())[0]
    office.slack.replies = [user("eva@us.example")]
    await office.press(yes)
    assert await office.stands(number) == ("approved", "eva")


async def test_the_settings_name_whom_slack_does_not_know(office: Office) -> None:
    number = await office.ask()
    asked = len(office.slack.asked)
    await office.press(office.buttons()[1], "U9")
    assert await office.stands(number) == ("refused", "marc")
    assert len(office.slack.asked) == asked


async def test_a_value_that_we_did_not_sign_is_nothing(office: Office) -> None:
    number = await office.ask()
    forged = {**office.buttons()[0], "value": office.buttons()[0]["value"][:-4] + "AAAA"}
    assert (await office.press(forged, "U9")).status_code == 200
    assert await office.stands(number) == ("pending", "")


async def test_what_was_answered_before_it_is_posted_is_not_posted(office: Office) -> None:
    async with office.store.begin() as tx:
        number = (await tx.approvals.ask(REQUEST)).number
        await decide(tx, number, Verdict(approved=True, by="lena"), NOW)
    assert (await office.drain(), office.slack.asked) == ([], [])
    assert (await office.stands(number))[0] == ApprovalStatus.APPROVED
