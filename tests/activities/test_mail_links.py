"""Links of outside systems in mails: made once the mail may go, and ours where the system does not answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from activities.circuits import Circuits
from activities.mail_links import MailLinks
from activities.meeting_links import MeetingLinks
from activities.message_values import MessageValues
from activities.messages import MessageActivities
from activities.places import Places
from activities.values_subscription import SubscriptionValues
from composition.company import house
from intake.links import customer_token
from intake.unsubscribe import Unsubscribe
from integrations.calendars import LibraryCalendars
from integrations.calendly import Calendly
from integrations.stripe import Stripe
from models.enums import LifecycleStage as Stage
from models.enums import RunStatus
from models.message import OutgoingMail, SendReceipt
from models.outside import System
from models.play import RunRecord, StepInput
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from rendering import approved
from rendering.catalogue import Templates
from settings import Settings
from tests.activities.stage_scenes import NOW, Scene
from tests.harness import SECRET
from tests.integrations.vendor_double import Double, Reply, double

STEP = StepInput(
    key="save:C-1:x:1|0|mail",
    customer="C-1",
    playbook="save.failed_payment",
    step_id="mail",
    started=NOW,
    due=NOW,
    now=NOW,
)
RUN = RunRecord(
    workflow_id=STEP.workflow_id,
    customer="C-1",
    process="save",
    playbook=STEP.playbook,
    version=1,
    fingerprint="f",
    status=RunStatus.RUNNING,
    started=NOW,
)
PAGE = "https://invoice.stripe.example/i/1"
OPEN = Reply(200, {"id": "in_1", "status": "open", "hosted_invoice_url": PAGE})


class Kept:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[OutgoingMail] = []

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        await before_data()
        self.mails.append(mail)
        return SendReceipt(message_id=mail.message_id, response="250")


async def unpaid(store: SqlStore, invoice: str = "in_1") -> None:
    scene = await Scene(store, Stage.GROWING).set(email="ana@sol.example", first_name="Ana", mrr=Decimal("49"))
    await scene.tell("invoice_issued", invoice_id=invoice)
    await scene.tell("payment_failed", invoice_id=invoice)
    async with store.begin() as tx:
        await tx.runs.open(RUN)


def links(store: SqlStore, http: httpx.AsyncClient, vendor: Double) -> MailLinks:
    circuits = Circuits(store, lambda: NOW)
    calendly = Calendly(http, token="t-calendly", event_type="https://api.calendly.com/event_types/E", base=vendor.base)
    token = partial(customer_token, SecretStr(SECRET))
    booking = MeetingLinks(store, circuits, System.CALENDLY, calendly, token)
    return MailLinks(store, circuits, booking, (System.STRIPE, Stripe(http, key="sk_test_1", base=vendor.base)))


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (OPEN, PAGE),
        (Reply(200, {"id": "in_1", "status": "paid", "hosted_invoice_url": PAGE}), "/billing"),
        (Reply(404, {"error": {"message": "No such invoice"}}), "/billing"),
        (Reply(503, {}), "/billing"),
    ],
)
async def test_a_failed_payment_links_to_its_invoice(store: SqlStore, reply: Reply, shown: str) -> None:
    await unpaid(store)
    ours, templates, mailer = house(Settings()), Templates.load(), Kept()
    values = MessageValues(ours, Catalog.load(), templates, [SubscriptionValues(ours, approved.load())])
    async with double(reply) as vendor, httpx.AsyncClient(trust_env=False) as http:
        messages = MessageActivities(
            store,
            ours,
            templates,
            mailer,
            values,
            Unsubscribe("https://us.example", SecretStr(SECRET)),
            Places(ours, LibraryCalendars()),
            links(store, http, vendor),
        )
        for _ in range(2):
            done = await messages.mail(STEP, "payment_failed")
            assert done.status == "done", done.reason
        assert [one.path for one in vendor.asked] == ["/v1/invoices/in_1"]
    [mail] = mailer.mails
    assert shown in mail.text


async def test_a_booking_is_for_one_mail_and_only_where_it_is_wanted(store: SqlStore) -> None:
    await unpaid(store, "of-our-own")
    made = {"resource": {"booking_url": "https://calendly.example/d/1", "owner": "x", "owner_type": "EventType"}}
    async with double(Reply(200, made)) as vendor, httpx.AsyncClient(trust_env=False) as http:
        those = links(store, http, vendor)
        found = await those.make(STEP, "win_back", frozenset({"calendar_link", "payment_url", "first_name"}))
        assert cast("dict[str, Any]", found).keys() == {"calendar_link"}, "no invoice of Stripe's"
        assert str(found["calendar_link"]).startswith("https://calendly.example/d/1?")
        assert [one.path for one in vendor.asked] == ["/scheduling_links"]
        assert await those.make(STEP, "win_back", frozenset()) == {}
        vendor.replies = [Reply(503, {})]
        assert await those.make(STEP, "win_back", frozenset({"calendar_link"})) == {}
