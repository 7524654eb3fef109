"""``starter.py uplift`` on stored assignments and cancellations; refusals where there is nobody to compare with."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import cli.uplift
import starter
from activities.experiment import held_out
from models.enums import Plan
from models.events import Event, EventCustomer, EventType
from models.experiment import Arm
from models.playbook import Playbook
from persistence.store import SqlStore
from playbooks.catalog import Catalog

NOW = datetime.now(UTC)
Run = Callable[..., tuple[int, str, str]]
PLAY = Playbook.model_validate(
    {
        "id": "engagement.tips", "version": 3, "title": "t", "process": "sequence", "trigger": "limit_near",
        "steps": [{"id": "a", "kind": "act", "do": "assign_csm"}],
        "holdout": {"fraction": 0.5, "experiment": "spring", "within": "60 days", "outcomes": ["churned", "renewed"]},
    }
)  # fmt: skip


async def fill(url: str) -> tuple[int, int]:
    """120 accounts assigned a hundred days ago; of the held-out ones every second left twenty days later, of the others
    every sixth; some left before they were assigned, some after the window, and some are not in the experiment."""
    store = SqlStore.open(url)
    at = NOW - timedelta(days=100)
    left = {Arm.TREATED: 0, Arm.HOLDOUT: 0}

    async def event(kind: EventType, customer: str, moment: datetime) -> None:
        said = EventCustomer(id=customer, plan=Plan.STARTER)
        one = Event(event_id=f"{kind}-{customer}", type=kind, occurred_at=moment, customer=said)
        async with store.begin() as tx:
            await tx.customers.apply(one, currency="EUR")

    counted = {Arm.TREATED: 0, Arm.HOLDOUT: 0}
    for n in range(120):
        customer = f"C-{n}"
        await event(EventType.SUBSCRIPTION_CREATED, customer, at - timedelta(days=50))
        async with store.begin() as tx:
            arm = Arm.HOLDOUT if await held_out(tx, PLAY, customer, at) else Arm.TREATED
        counted[arm] += 1
        if counted[arm] % (2 if arm is Arm.HOLDOUT else 6) == 0:
            left[arm] += 1
            await event(EventType.SUBSCRIPTION_CANCELLED, customer, at + timedelta(days=20))
        elif n % 5 == 0:
            await event(EventType.SUBSCRIPTION_CANCELLED, customer, at + timedelta(days=61))
    for n in range(60):
        await event(EventType.SUBSCRIPTION_CREATED, f"X-{n}", at - timedelta(days=50))
        await event(EventType.SUBSCRIPTION_CANCELLED, f"X-{n}", at + timedelta(days=5))
    await store.close()
    return left[Arm.TREATED], left[Arm.HOLDOUT]


class Only:
    """A catalogue with that playbook beside the released ones."""

    @staticmethod
    def load() -> Any:
        released = Catalog.load().all()
        return type("Two", (), {"all": lambda self: (*released, PLAY)})()


@pytest.fixture
def command(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command; ``fill`` is the test's to run."""
    monkeypatch.setenv("STEADFAST_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("STEADFAST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(cli.uplift, "Catalog", Only)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = starter.main(["uplift", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_everybody_assigned_is_followed_and_nobody_else(command: Run, sqlite_url: str) -> None:
    treated, holdout = asyncio.run(fill(sqlite_url))
    code, out, err = command("engagement.tips", "--json")
    assert (code, err) == (0, "")
    done: dict[str, Any] = json.loads(out)
    assert (done["experiment"], done["fraction"], done["within_days"]) == ("spring", 0.5, 60)
    churned, renewed = done["comparisons"]
    arms = {arm["arm"]: arm for arm in churned["arms"]}
    assert arms["treated"]["assigned"] + arms["holdout"]["assigned"] == 120
    assert (arms["treated"]["events"], arms["holdout"]["events"]) == (treated, holdout)
    assert churned["verdict"] == "less with the playbook"
    assert churned["difference"]["interval"]["method"] == "Newcombe"
    assert renewed["verdict"].startswith("cannot tell: only 0 outcomes")
    code, out, _ = command("engagement.tips")
    assert code == 0
    assert "Verdict: less with the playbook" in out
    assert "Smallest difference" in out


def test_before_anybody_is_assigned_it_says_so(command: Run) -> None:
    code, out, _ = command("engagement.tips")
    assert code == 0
    assert "Nobody has been assigned yet" in out


REFUSED = [
    (["nonsense"], 1, "no such playbook"),
    (["onboarding.stalled_onboarding"], 1, "its file has no holdout"),
    (["self-serve-v1"], 1, "nobody may be held out of it"),
    (["engagement.tips", "--effect", "7"], 2, "--effect"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_without_a_holdout_there_is_nobody_to_compare_with(
    command: Run, arguments: list[str], code: int, said: str
) -> None:
    found, out, err = command(*arguments)
    assert (found, out) == (code, "")
    assert said in err
