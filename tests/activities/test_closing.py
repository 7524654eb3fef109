"""An opportunity is won or lost: row, deal, facts, audit log and the word to the lifecycle, all or nothing, once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from activities.closing import Closing, close
from intake.occurrence import occurrence_of
from models.deals import Deal, DealKind, DealStatus
from models.enums import LifecycleStage as Stage
from models.errors import BadInput, NotFound, Refused
from models.events import Event
from models.expansion import ExpansionType, Opportunity, OpportunityStatus, Timing
from models.records import Customer
from persistence.store import SqlStore
from rules import opportunities
from tests.activities.stage_scenes import DAY, NOW, Scene
from tests.cli.kit import Run, run

__all__ = ["run"]

SEATS = Opportunity(
    customer="C-1", type=ExpansionType.ADD_SEATS, product=None, estimated_value=Decimal(120), currency="EUR",
    probability=Decimal("0.5"), signals=("team_growth",), recommended_action="offer", timing=Timing.NOW,
    detected_at=NOW - 12 * DAY, updated_at=NOW - DAY,
)  # fmt: skip
WON = Closing("C-1", ExpansionType.ADD_SEATS, OpportunityStatus.WON, "Ana Ruiz", "they signed")


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


async def _expanding(store: SqlStore, *, deal: bool = True) -> Scene:
    scene = await Scene(store, Stage.EXPANDING).set(origin=Stage.GROWING)
    await scene.health(75)
    async with store.begin() as tx:
        await tx.opportunities.put([SEATS])
        if deal:
            opened = Deal(
                key="step", customer="C-1", kind=DealKind.EXPANSION, subject=opportunities.key(SEATS),
                workflow_id="sequence:C-1:x:1", opened_at=NOW - DAY, updated_at=NOW - DAY,
            )  # fmt: skip
            assert await tx.deals.open(opened)
    return scene


@pytest.mark.parametrize("status", [OpportunityStatus.WON, OpportunityStatus.LOST])
async def test_it_ends_with_its_deal_and_the_customer_grows_on(store: SqlStore, status: OpportunityStatus) -> None:
    scene = await _expanding(store)
    assert await scene.decide(key="before") is None, "while it is open, nothing changes"
    async with store.begin() as tx:
        done = await close(tx, WON._replace(status=status), NOW)
    assert (done.opportunity.status, done.opportunity.closed_at, done.deal_settled) == (status, NOW, True)
    async with store.read() as tx:
        [deal] = await tx.deals.of("C-1")
        assert deal.status is (DealStatus.WON if status is OpportunityStatus.WON else DealStatus.LOST)
        [noted] = await tx.audit.of("C-1")
        assert (noted.actor, noted.action, noted.detail["reason"]) == (
            "Ana Ruiz", f"opportunity_{status.value}", "they signed",
        )  # fmt: skip
        names = ("expansion_revenue", "expansion_closed", "expansion_opportunity", "seats_added")
        facts = await tx.facts.read("C-1", list(names), as_of=NOW, since=NOW, cycle=1)
        won = status is OpportunityStatus.WON
        assert [facts[name] for name in names] == [120.0 if won else 0.0, won, False, None]
        [row] = await tx.inbox.undelivered(before=NOW + DAY, limit=9)
    occurrence = occurrence_of(row, Event.model_validate_json(row.body))
    assert (occurrence.kind, row.source) == ("stage_review", "steadfast")
    changed = await scene.decide(key=occurrence.key)
    assert changed is not None
    assert (changed.rule, changed.to_stage) == ("expansion_ended", Stage.GROWING)


async def test_what_was_sold_counts_and_seats_add_up_within_a_cycle(store: SqlStore) -> None:
    await _expanding(store, deal=False)
    upsell = SEATS.model_copy(update={"type": ExpansionType.UPSELL, "estimated_value": None})
    async with store.begin() as tx:
        await tx.opportunities.put([upsell])
        first = await close(tx, WON._replace(value=Decimal("99.50"), seats=5), NOW)
        assert (first.opportunity.estimated_value, first.deal_settled) == (Decimal("99.50"), False)
    async with store.begin() as tx:
        await close(tx, WON._replace(type=ExpansionType.UPSELL, seats=2), NOW + timedelta(minutes=1))
    async with store.read() as tx:
        at = NOW + DAY
        facts = await tx.facts.read("C-1", ["expansion_revenue", "seats_added"], as_of=at, since=at, cycle=1)
        assert facts == {"expansion_revenue": 99.5, "seats_added": 7}
        assert [one.detail["estimated"] for one in await tx.audit.of("C-1") if "sold" in one.detail] == ["120"]


async def test_what_is_refused_changes_nothing(store: SqlStore) -> None:
    await _expanding(store)
    cases: list[tuple[Closing, type[Exception], str]] = [
        (WON._replace(by="system"), BadInput, "--by"),
        (WON._replace(reason="  "), BadInput, "--reason"),
        (WON._replace(seats=-1), BadInput, "--seats"),
        (WON._replace(status=OpportunityStatus.LOST, value=Decimal(1)), BadInput, "--value"),
        (WON._replace(status=OpportunityStatus.EXPIRED), BadInput, "status"),
        (WON._replace(type=ExpansionType.UPSELL), NotFound, "TYPE"),
        (WON._replace(customer="C-2"), NotFound, "customer"),
    ]
    for said, error, field in cases:
        with pytest.raises(error, match=field):
            await _close(store, said)
    async with store.read() as tx:
        assert await tx.opportunities.all_open() == [SEATS]
        assert await tx.audit.latest(9) == []
        assert await tx.inbox.undelivered(before=NOW + DAY, limit=9) == []


async def test_two_people_at_once_close_it_once(store: SqlStore) -> None:
    await _expanding(store)
    done = await asyncio.gather(*(_close(store, WON) for _ in range(4)), return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in done) == 1
    assert all(isinstance(one, Refused) for one in done if isinstance(one, BaseException))
    async with store.read() as tx:
        assert len(await tx.audit.of("C-1")) == 1


async def _close(store: SqlStore, said: Closing) -> None:
    async with store.begin() as tx:
        await close(tx, said, NOW)


def test_on_the_command_line(run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/dev/null")

    async def filled() -> None:
        store = SqlStore.open(sqlite_url)
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1"))
            await tx.opportunities.put([SEATS])
        await store.close()

    asyncio.run(filled())
    assert [one["type"] for one in json.loads(run("opportunity", "list", "--json").out)] == ["add_seats"]
    wrong = run("opportunity", "won", "C-1", "add_seats", "--by", "Ana Ruiz", "--reason", "signed", "--value", "x")
    assert (wrong.code, wrong.err[:7]) == (2, "--value")
    said = run(
        "opportunity", "won", "C-1", "add_seats", "--by", "Ana Ruiz", "--reason", "signed", "--seats", "4", "--json"
    )
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out)["status"] == "won"
    again = run("opportunity", "lost", "C-1", "add_seats", "--by", "Ana Ruiz", "--reason", "no")
    assert (again.code, "won already" in again.err) == (1, True)
    assert json.loads(run("opportunity", "list", "--json").out) == []
    assert [one["status"] for one in json.loads(run("opportunity", "list", "C-1", "--json").out)] == ["won"]
    assert run("opportunity", "list", "C-9").code == 1
    assert run("audit", "verify").code == 0
