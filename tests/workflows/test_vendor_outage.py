"""A vendor down for two days: plays wait and go on, the operator sees for whom, nothing goes at the wrong hour."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.circuits import Circuits
from activities.meeting_links import MeetingLinks
from composition.worker_outside import GuardedMailer
from integrations.calendly import Calendly
from integrations.customerio import CustomerIo
from models.event_kinds import EventType
from models.ids import sequence_id
from models.outside import System
from models.playbook import Playbook
from models.vendor_delivery import Waiting
from tests.harness import Company
from tests.integrations.vendor_double import Double, Reply, double
from tests.workflows.inline import LEFT, act, employing, growing
from tests.workflows.life import MARTA, Life, living
from tests.workflows.plays import playbook

MADRID = ZoneInfo("Europe/Madrid")
DOWN = Reply(503, {"message": "maintenance"})
BOOKED = Reply(201, {"resource": {"booking_url": "https://calendly.example/d/1"}})
SENT = Reply(200, {"delivery_id": "d-1", "queued_at": 1})
PLAY = "engagement.offer"


def _virtual() -> datetime:
    """The moment of the attempt on the server's clock, which is the wall of a test whose days pass at once."""
    return activity.info().current_attempt_scheduled_time


@dataclass
class Vendors:
    """Calendly and Customer.io, each a double, and the company that uses them."""

    calendly: Double
    customerio: Double
    here: Company

    async def waiting(self) -> dict[System, Waiting]:
        """What the operator sees (``integrations status``)."""
        async with self.here.store.read() as tx:
            return {one.system: one for one in await tx.vendor_outbox.waiting()}


@asynccontextmanager
async def using(here: Company, *plays: Playbook) -> AsyncIterator[Vendors]:
    """The company with both."""
    async with double(DOWN) as calendly, double(DOWN) as customerio, httpx.AsyncClient(trust_env=False) as http:
        circuits = Circuits(here.store, _virtual)
        scheduler = Calendly(http, token="t-calendly", event_type="https://c.example/E", base=calendly.base)
        theirs = CustomerIo(http, app_key="k-customerio", app=customerio.base, track=customerio.base)
        given = replace(
            here.given,
            booking=MeetingLinks(here.store, circuits, System.CALENDLY, scheduler, lambda _: "tok"),
            mailer=GuardedMailer(theirs, System.CUSTOMERIO, circuits),
        )
        yield Vendors(calendly, customerio, employing(replace(here, given=given), *plays))


def proposing() -> Playbook:
    """A call is proposed, a notice follows; beside them a notice that is due a day later."""
    asked = {"meeting": "call", "task": {"es": "Llamar", "en": "Call"}, "due": "2 days"}
    return playbook(
        {"id": "propose", "kind": "act", "do": "propose_meeting", "with": asked},
        act("tell", after="propose"),
        act("aside", delay="1 day"),
        id=PLAY,
        trigger="subscription_changed",
        exits=LEFT,
    )


def mailing() -> Playbook:
    """A mail of the relationship class, in the afternoon."""
    sent = {"template": "nps_thank_you"}
    return playbook(
        {"id": "mail", "kind": "act", "do": "send_message", "with": sent, "delay": "8 hours"},
        act("after", after="mail"),
        id=PLAY,
        trigger="subscription_changed",
        exits=LEFT,
    )


async def _begins(life: Life) -> str:
    await growing(life, csm_id=MARTA.id)
    await life.tell(EventType.SUBSCRIPTION_CHANGED)
    return sequence_id(life.id, PLAY, 1)


async def test_a_step_waits_two_days_for_calendly_and_the_play_goes_on(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with using(skipping_company, proposing()) as vendors, living(skipping, vendors.here) as ana:
        vendors.customerio.replies = [SENT]
        play = await _begins(ana)
        await ana.pass_time(days=2)
        seen = (await vendors.waiting())[System.CALENDLY]
        assert (seen.steps, seen.circuit.state) == (1, "open")
        assert "HTTP 503" in seen.circuit.reason
        assert seen.steps_since is not None
        assert len(vendors.calendly.asked) < 2 * 24 * 2 + 10, "a probe each half hour at most"
        done = await ana.done()
        assert (done.tasks, done.proposals) == ([], [])
        assert done.statuses(play) == {}, "one step after the other: what comes later waits as well"

        vendors.calendly.replies = [BOOKED]
        asked = len(vendors.calendly.asked)
        await ana.pass_time(hours=2)
        done = await ana.done()
        assert done.statuses(play)["propose"] == "done"
        assert (done.statuses(play)["tell"], done.statuses(play)["aside"]) == ("done", "done")
        [proposal] = done.proposals
        assert proposal.calendar_link.startswith("https://calendly.example/d/1")
        assert proposal.due is not None
        assert (proposal.due - proposal.at).days >= 1, "due from the day on which it went out"
        assert len(vendors.calendly.asked) == asked + 1
        after = (await vendors.waiting()).get(System.CALENDLY)
        assert after is None or (after.steps, after.circuit.state) == (0, "closed")


async def test_mail_that_waited_two_days_passes_its_window_again(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with using(skipping_company, mailing()) as vendors, living(skipping, vendors.here) as ana:
        play = await _begins(ana)
        await ana.until_day(2.6)  # the night of the third day
        seen = (await vendors.waiting())[System.CUSTOMERIO]
        assert (seen.steps, seen.circuit.state) == (1, "open")
        vendors.customerio.replies = [SENT]
        asked = len(vendors.customerio.asked)
        await ana.pass_time(hours=4)
        assert len(vendors.customerio.asked) == asked, "it is night where the customer is"
        await ana.until_day(3.2)
        done = await ana.done()
        assert done.statuses(play)["mail"] == "done"
        assert done.statuses(play)["after"] == "done"
        [mail] = done.said
        assert mail.status.value == "sent"
        assert mail.sent_at is not None
        assert 8 <= mail.sent_at.astimezone(MADRID).hour < 20
        taken = [one.json["to"] for one in vendors.customerio.asked[asked:]]
        assert taken == [ana.said.email, MARTA.email], "each once: the customer's mail, then the manager's notice"
        after = (await vendors.waiting()).get(System.CUSTOMERIO)
        assert after is None or (after.steps, after.circuit.state) == (0, "closed")


async def test_who_leaves_meanwhile_waits_no_more(skipping: WorkflowEnvironment, skipping_company: Company) -> None:
    async with using(skipping_company, proposing()) as vendors, living(skipping, vendors.here) as ana:
        play = await _begins(ana)
        await ana.pass_time(days=1)
        assert (await vendors.waiting())[System.CALENDLY].steps == 1
        await ana.cancels()
        assert (await ana.done()).runs[play].status == "exited"
        assert (await vendors.waiting())[System.CALENDLY].steps == 0
