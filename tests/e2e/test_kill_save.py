"""The worker of a save play is killed between any two steps and started again: every effect is there once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from temporalio.client import Client

from models.enums import CommunicationStatus
from persistence import migrate
from tests.e2e.rescue import Rescue, Rescued
from tests.harness import Mailbox, mailbox

pytestmark = pytest.mark.timeout(600)

POINTS = ("write connecting", "after work.add_task", "after interventions.rise", "after outcomes.add")
"""Points at which a restart leaves no trace: in the mail, the task, the escalation, the answer."""

MORE = (
    "signalling",
    "signalled",
    "before runs.open",
    "after runs.open",
    "before communications.reserve",
    "after communications.reserve",
    "before write sending",
    "after write sent",
    "before work.add_task",
    "before work.add_notice",
    "after work.add_notice",
    "before interventions.rise",
    "before outcomes.add",
    "before runs.close",
    "after runs.close",
)
"""Those of ``make chaos``."""

WINDOW = ("after write sending", "write accepted")
"""The mail is about to be handed over, or taken and its answer not recorded: nobody can tell the one from the other."""


@dataclass
class Aftermath:
    """Every story, and what the mail server was given."""

    left: dict[str, Rescue]
    customers: dict[str, str]
    box: Mailbox

    def mails(self, point: str) -> Counter[str]:
        """Message-IDs received for the customer of that point."""
        address = f"{self.customers[point]}@sol.example"
        return Counter(str(mail["Message-ID"]) for mail in self.box.mails if address in str(mail["To"]))

    def check(self, point: str) -> None:
        """As undisturbed; its mail once, under the id that was kept for it."""
        left = self.left[point]
        assert replace(left, message_ids=frozenset()) == replace(self.left[""], message_ids=frozenset()), point
        assert self.mails(point) == Counter(left.message_ids), point


@dataclass(frozen=True)
class Room:
    """Where stories are told."""

    path: Path
    client: Client
    temporal: str

    async def live(self, *points: str) -> Aftermath:
        """All at once: the time goes into waiting."""
        migrated = self.path / "migrated.db"
        await asyncio.to_thread(migrate.upgrade, f"sqlite:///{migrated}")
        async with mailbox() as box:
            more = {"STEADFAST_SMTP_HOST": box.host, "STEADFAST_SMTP_PORT": str(box.port)}
            victims = [
                Rescued.make(point, number, self.path, migrated, self.temporal, self.client.namespace, **more)
                for number, point in enumerate(("", *points))
            ]

            async def rescue(victim: Rescued) -> Rescue:
                try:
                    return await victim.rescue(self.client)
                finally:
                    victim.end()

            left = await asyncio.gather(*(rescue(victim) for victim in victims))
        return Aftermath(
            left={victim.point: one for victim, one in zip(victims, left, strict=True)},
            customers={victim.point: victim.customer for victim in victims},
            box=box,
        )


@pytest.fixture(scope="module")
async def aftermath(dev_client: Client, temporal_address: str, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """The stories of every run of the tests."""
    return await Room(tmp_path_factory.mktemp("rescued"), dev_client, temporal_address).live(*POINTS)


def test_the_undisturbed_save_play_has_one_of_everything(aftermath: Aftermath) -> None:
    """A mail, a task that is closed by the answer, an escalation, a notice that follows the answer."""
    left = aftermath.left[""]
    assert left.run == "goal_met"
    assert left.mails == Counter({("checkin_low_usage", "sent"): 1})
    assert left.tasks == Counter({("call", "reached"): 1})
    assert left.answers == Counter({("reached", "marta"): 1})
    assert left.notices[("cs_manager", "escalation#1")] == 1
    assert left.steps["thank"][0] == "done"
    assert left.steps["again"][0] == "unreached"
    aftermath.check("")


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_the_save_play_is_the_same(aftermath: Aftermath, point: str) -> None:
    aftermath.check(point)


@pytest.mark.chaos
async def test_killed_at_every_other_point_the_save_play_is_the_same(
    dev_client: Client, temporal_address: str, tmp_path: Path
) -> None:
    """In the window the mail is held as unknown and shown, not sent again, and the play goes on."""
    seen = await Room(tmp_path, dev_client, temporal_address).live(*MORE, *WINDOW)
    for point in MORE:
        seen.check(point)
    for point in WINDOW:
        left = seen.left[point]
        assert left.mails == Counter({("checkin_low_usage", CommunicationStatus.UNKNOWN.value): 1}), point
        assert seen.mails(point) == Counter(left.message_ids if point.endswith("accepted") else ()), point
        assert (left.tasks, left.answers) == (seen.left[""].tasks, seen.left[""].answers), point
