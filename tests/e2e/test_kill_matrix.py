"""The worker is killed between any two steps and started again: nothing is lost, and nothing is sent twice.

The one window nobody can close is between SMTP's DATA and the recorded answer. There transactional mail is sent once
more with the same Message-ID, and other mail is held as unknown and shown to operations.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.enums import CommunicationStatus, MessageClass
from persistence import migrate
from tests.e2e.victim import Left, Victim
from tests.harness import Mailbox, mailbox

# Every story is told in one fixture; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(480)

WELCOME_MAIL, CELEBRATION = "send_welcome_email", "celebrate_day1"

CLOSED = (
    "before customers.apply",
    "after customers.apply",
    "signalled",
    "before lifecycles.record",
    "after lifecycles.record",
    "after onboardings.save",
    "before communications.reserve",
    f"{WELCOME_MAIL} connecting",
    f"before {WELCOME_MAIL} sending",
    f"after {WELCOME_MAIL} sent",
    "after work.add_in_app",
    "after customers.assign",
    "after outbox.add",
    "webhook posting",
    "before outbox.mark",
    "before runs.close",
    "after runs.close",
)
"""Points at which a restart leaves no trace."""

WINDOW = tuple(f"{step} {point}" for step in (WELCOME_MAIL, CELEBRATION) for point in ("before DATA", "accepted"))
"""The four ways to die between DATA and the recorded answer."""


@dataclass
class Aftermath:
    """Every victim's story, and what the mail server and the webhook's receiver were given."""

    left: dict[str, Left]
    customers: dict[str, str]
    box: Mailbox
    posted: Counter[str]

    def mails(self, point: str) -> Counter[str]:
        """Message-IDs received for the victim of that point."""
        address = f"{self.customers[point]}@sol.example"
        return Counter(str(mail["Message-ID"]) for mail in self.box.mails if address in str(mail["To"]))


@contextmanager
def receiver(posted: Counter[str]) -> Iterator[str]:
    """A webhook's receiver that counts deliveries by their id."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            posted[self.headers["webhook-id"]] += 1
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
async def aftermath(
    temporal_address: str, namespace: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Aftermath]:
    """All of them at once, a few at a time: the time goes into waiting."""
    room = tmp_path_factory.mktemp("victims")
    migrated = Path(room / "migrated.db")
    migrate.upgrade(f"sqlite:///{migrated}")
    posted: Counter[str] = Counter()
    with receiver(posted) as url:
        async with mailbox() as box:
            more = {
                "STEADFAST_SMTP_HOST": box.host,
                "STEADFAST_SMTP_PORT": str(box.port),
                "N8N_CS_WEBHOOK_URL": url,
                "N8N_ALERTS_WEBHOOK_URL": url,
            }
            victims = [
                Victim.make(point, number, room, migrated, temporal_address, namespace, **more)
                for number, point in enumerate(("", *CLOSED, *WINDOW))
            ]
            gate = asyncio.Semaphore(30)

            async def suffer(victim: Victim) -> Left:
                async with gate:
                    try:
                        return await victim.suffer()
                    finally:
                        victim.end()

            left = await asyncio.gather(*(suffer(victim) for victim in victims))
            yield Aftermath(
                left={victim.point: one for victim, one in zip(victims, left, strict=True)},
                customers={victim.point: victim.customer for victim in victims},
                box=box,
                posted=posted,
            )


def bare(left: Left) -> Left:
    """Without what differs between any two customers."""
    return replace(left, mails={})


def test_the_undisturbed_story_is_worth_comparing_with(aftermath: Aftermath) -> None:
    """It holds a play, a program, mails, notifications, webhooks and a manager."""
    left = aftermath.left[""]
    assert left.stages == ((None, "onboarding"), ("onboarding", "adopting"), ("adopting", "churned"))
    assert left.runs == {"sequence:C:onboarding.welcome_sequence:1": "exited", "onboarding:C:1": "exited"}
    assert {WELCOME_MAIL, CELEBRATION, "celebrate_day3", "celebrate_day7"} <= left.mails.keys()
    assert left.mails[WELCOME_MAIL].message_class is MessageClass.TRANSACTIONAL
    assert left.mails[CELEBRATION].message_class is not MessageClass.TRANSACTIONAL
    assert sum(left.deliveries[one] for one in left.deliveries if one[1] == "delivered") >= 5
    assert left.manager == "csm-1"
    assert sum(left.in_app.values()) == 3
    assert set(aftermath.mails("").values()) == {1}


@pytest.mark.parametrize("point", CLOSED)
def test_killed_there_the_story_is_the_same(aftermath: Aftermath, point: str) -> None:
    """Steps, transitions, runs, tasks, notices as undisturbed; every mail once."""
    left = aftermath.left[point]
    assert bare(left) == bare(aftermath.left[""])
    assert {step: mail.status for step, mail in left.mails.items()} == dict.fromkeys(
        aftermath.left[""].mails, CommunicationStatus.SENT
    )
    assert aftermath.mails(point) == Counter(mail.message_id for mail in left.mails.values())


@pytest.mark.parametrize("point", WINDOW[:2])
def test_killed_in_the_window_a_transactional_mail_is_sent_again_under_the_same_id(
    aftermath: Aftermath, point: str
) -> None:
    """Once: so it arrives at least once, and twice where the first had been taken."""
    left = aftermath.left[point]
    mail = left.mails[WELCOME_MAIL]
    assert (mail.status, mail.resent) == (CommunicationStatus.SENT, True)
    expected = Counter(mail.message_id for mail in left.mails.values())
    if point.endswith("accepted"):
        expected[mail.message_id] = 2
    assert aftermath.mails(point) == expected
    assert bare(left) == bare(aftermath.left[""])


@pytest.mark.parametrize("point", WINDOW[2:])
def test_killed_in_the_window_other_mail_is_held_as_unknown_and_shown(aftermath: Aftermath, point: str) -> None:
    """Never sent a second time; operations are told, and everything else goes on."""
    left, undisturbed = aftermath.left[point], aftermath.left[""]
    mail = left.mails[CELEBRATION]
    assert (mail.status, mail.resent) == (CommunicationStatus.UNKNOWN, False)
    expected = Counter(mail.message_id for mail in left.mails.values())
    if not point.endswith("accepted"):
        del expected[mail.message_id]
    assert aftermath.mails(point) == expected
    step = f"onboarding:C:1|{CELEBRATION}"
    assert left.steps.pop(step)[0] == "failed"
    assert sum(left.notices.values()) == sum(undisturbed.notices.values()) + 1
    others = {key: value for key, value in undisturbed.steps.items() if key != step}
    assert bare(replace(left, notices=undisturbed.notices)) == bare(replace(undisturbed, steps=others))


def test_webhooks_reach_their_receiver_once(aftermath: Aftermath) -> None:
    """Under an id of their own; again where the kill fell between the answer and its record.

    A worker that beats too late, on a busy machine, is also taken for dead: then more are said twice, under their id.
    """
    stored = sum(
        count
        for left in aftermath.left.values()
        for (_, status), count in left.deliveries.items()
        if status == "delivered"
    )
    assert len(aftermath.posted) == stored
    assert sum(aftermath.posted.values()) > stored
