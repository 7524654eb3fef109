"""The outbox of the outside systems over real rows and real sockets: once, in order, not too late, not in vain."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from activities.circuits import Circuits
from activities.connected import Connected
from activities.meeting_links import MeetingLinks
from activities.telling import Telling
from activities.told_store import ToldStore
from activities.vendor_deliveries import STUCK, VendorActivities
from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.slack import Slack
from models.enums import LifecycleStage, Priority, Role, RunStatus, TriggeredBy
from models.errors import Retryable
from models.outside import SaveAccount, System
from models.play import RunRecord
from models.records import Csm, CsmTask, Customer, InAppNotice, Notice, Transition
from models.run import StepResult
from models.vendor_delivery import DeliverOne, DrainInput, VendorDelivery, VendorStatus
from persistence.store import SqlStore
from tests.integrations.vendor_double import Double, Reply, double

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)
SECRET = "xoxb-a-very-secret-token"
UP = Reply(
    200,
    {
        "ok": True,
        "id": "1",
        "user": {"id": "U1"},
        "channel": {"id": "D1"},
        "ts": "1",
        "results": [{"id": "1"}],
        "data": [{"id": "c"}],
    },
)
DOWN = Reply(503, {"message": "down"})


@dataclass
class Desk:
    """What a test works with. ``now`` is the wall's and the clock's."""

    store: ToldStore
    sql: SqlStore
    vendor: Double
    connected: Connected
    now: datetime = NOON
    activities: VendorActivities = field(init=False)

    def __post_init__(self) -> None:
        self.activities = VendorActivities(self.store, self.connected, lambda: self.now)

    async def drain(self, system: System) -> list[str]:
        """Everything that is due, as the workflow would."""
        done: list[str] = []
        while (due := await self.activities.due_vendor_deliveries(DrainInput(system=system, task_queue="q"))).groups:
            for group in due.groups:
                for number in group:
                    asked = DeliverOne(delivery=number, system=system)
                    done.append(await self.activities.deliver_to_vendor(asked))
        return done

    async def rows(self, customer: str = "C-1") -> list[VendorDelivery]:
        async with self.store.begin() as tx:
            return await tx.vendor_outbox.of(customer)

    async def statuses(self) -> list[tuple[str, str]]:
        return [(row.operation.kind, row.status.value) for row in await self.rows()]


@pytest.fixture
async def desk(plain_url: str) -> AsyncIterator[Desk]:
    sql = SqlStore.open(plain_url)
    async with httpx.AsyncClient(trust_env=False) as http, double(UP) as vendor:
        hubspot = HubSpot(http, token=SECRET, base=vendor.base)
        slack = Slack(http, token=SECRET, channel="C0", base=vendor.base)
        intercom = Intercom(http, token=SECRET, admin="1", base=vendor.base)
        connected = Connected(
            told=(System.HUBSPOT,),
            share=frozenset(("name", "stage")),
            accounts={System.HUBSPOT: hubspot},
            tasks={System.HUBSPOT: hubspot},
            plays={System.HUBSPOT: hubspot},
            deals={System.HUBSPOT: hubspot},
            chat={System.SLACK: slack},
            in_app={System.INTERCOM: intercom},
        )
        made: Desk

        def wall() -> datetime:
            return made.now

        store = ToldStore(sql, Telling(connected, wall=wall, page="https://us.example"))
        made = Desk(store, sql, vendor, connected)
        async with store.begin() as tx:
            await tx.customers.put(Customer(id="C-1", name="Núñez", email="ana@nunez.example", csm_id="csm-1"))
            await tx.customers.put_csm(Csm(id="csm-1", name="Eva", email="eva@us.example"))
        yield made
    await sql.close()


def task(key: str = "sequence:C-1:x:1|0|task", at: datetime = NOON) -> CsmTask:
    return CsmTask(
        key=key,
        customer="C-1",
        workflow_id="sequence:C-1:x:1",
        type="call",
        title="Call Ana",
        priority=Priority.HIGH,
        assignee="csm-1",
        due=at + timedelta(days=1),
        created_at=at,
    )


async def _breaks(desk: Desk) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with desk.store.begin() as tx:
            await tx.work.add_task(task("another"))
            raise ZeroDivisionError


NOTICE = Notice(
    key="n1", customer="C-1", workflow_id="w", role=Role.CSM, recipient="csm-1", message="Usage fell", at=NOON
)
SHOWN = InAppNotice(key="sequence:C-1:x:1|0|show", customer="C-1", type="t", title="Hi", message="Back?", at=NOON)
RUN = RunRecord(
    workflow_id="sequence:C-1:x:1",
    customer="C-1",
    process="sequence",
    playbook="engagement.x",
    version=1,
    fingerprint="f",
    status=RunStatus.RUNNING,
    started=NOON,
)


async def test_what_is_written_is_told_in_the_same_transaction_once(desk: Desk) -> None:
    for _ in range(2):
        async with desk.store.begin() as tx:
            await tx.work.add_task(task())
            await tx.work.add_notice(NOTICE)
            await tx.work.add_in_app(SHOWN)
            await tx.runs.open(RUN)
    assert sorted(await desk.statuses()) == [
        ("add_task", "pending"),
        ("post_chat", "pending"),
        ("report_play", "pending"),
        ("save_account", "pending"),
        ("show_in_app", "pending"),
    ]
    await _breaks(desk)
    assert len(await desk.rows()) == 5


async def test_nobody_outside_is_told_where_nobody_is_connected(desk: Desk) -> None:
    quiet = ToldStore(desk.sql, Telling(wall=lambda: NOON))
    async with quiet.begin() as tx:
        await tx.work.add_task(task())
        await tx.runs.open(RUN)
    assert await desk.rows() == []


async def test_an_account_that_waits_is_saved_once_as_it_is_when_it_is_delivered(desk: Desk) -> None:
    for number, stage in enumerate((LifecycleStage.ADOPTING, LifecycleStage.AT_RISK)):
        async with desk.store.begin() as tx:
            await tx.lifecycles.record(
                Transition(
                    customer="C-1",
                    from_stage=None,
                    to_stage=stage,
                    at=NOON + timedelta(hours=number),
                    rule="r",
                    reason="r",
                    triggered_by=TriggeredBy.AUTOMATIC,
                    cause=f"e{number}",
                )
            )
    assert await desk.statuses() == [("save_account", "pending")]
    assert await desk.drain(System.HUBSPOT) == ["delivered"]
    sent = desk.vendor.asked[0].json["inputs"][0]["properties"]
    assert sent["steadfast_stage"] == "at_risk"
    assert "ana@nunez.example" not in str([asked.body for asked in desk.vendor.asked]), "an address is not shared"
    [row] = await desk.rows()
    assert (row.reference, row.delivered_at) == ("1", NOON)


async def test_two_days_of_outage_lose_nothing_hammer_nothing_and_tell_nothing_too_late(desk: Desk) -> None:
    desk.vendor.replies = [DOWN]
    async with desk.store.begin() as tx:
        await tx.runs.open(RUN)
        await tx.work.add_in_app(SHOWN)
        await tx.work.add_notice(NOTICE)
        for number in range(20):
            await tx.work.add_task(task(f"t{number}"))
    waiting_before = len(await desk.rows())
    while desk.now < NOON + timedelta(days=2):
        for system in (System.HUBSPOT, System.INTERCOM, System.SLACK):
            await desk.drain(system)
        desk.now += timedelta(minutes=20)
    assert len(desk.vendor.asked) < 3 * 120, "three systems, two days, a probe each half hour"
    async with desk.store.begin() as tx:
        found = {one.system: one for one in await tx.vendor_outbox.waiting()}
    assert found[System.HUBSPOT].waiting == waiting_before - 2
    assert found[System.HUBSPOT].circuit.state == "open"
    assert "HTTP 503" in found[System.HUBSPOT].circuit.reason
    assert found[System.HUBSPOT].oldest == NOON

    desk.vendor.replies = [UP]
    async with desk.store.begin() as tx:
        await tx.runs.close(RUN.model_copy(update={"status": RunStatus.GOAL_MET, "ended": desk.now}))
    desk.now += timedelta(minutes=31)
    for system in (System.HUBSPOT, System.INTERCOM, System.SLACK):
        for _ in range(8):
            await desk.drain(system)
            desk.now += timedelta(minutes=31)
    rows = await desk.rows()
    by_kind = {row.operation.kind: row.status for row in rows}
    assert by_kind["show_in_app"] is VendorStatus.SKIPPED, "the play met its goal meanwhile"
    assert {row.status for row in rows if row.operation.kind != "show_in_app"} == {VendorStatus.DELIVERED}
    async with desk.store.begin() as tx:
        assert (await tx.vendor_outbox.circuit(System.HUBSPOT)).state == "closed"


async def test_a_message_of_last_week_is_not_told_at_all(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await tx.work.add_notice(NOTICE)
    desk.now = NOON + timedelta(days=3)
    assert await desk.drain(System.SLACK) == ["skipped"]
    assert desk.vendor.asked == []


async def test_a_refusal_is_final_and_keeps_what_the_vendor_said(desk: Desk) -> None:
    desk.vendor.replies = [Reply(400, {"message": "Property steadfast_stage does not exist"})]
    async with desk.store.begin() as tx:
        await tx.work.add_task(task())
    assert await desk.drain(System.HUBSPOT) == ["failed"]
    [row] = await desk.rows()
    assert "steadfast_stage does not exist" in row.response


async def test_wrong_credentials_leave_everything_waiting(desk: Desk) -> None:
    desk.vendor.replies = [Reply(401, {"message": "expired"})]
    async with desk.store.begin() as tx:
        for number in range(3):
            await tx.work.add_task(task(f"t{number}"))
    await desk.drain(System.HUBSPOT)
    assert len(desk.vendor.asked) == 1
    assert {status for _, status in await desk.statuses()} == {"pending"}
    async with desk.store.begin() as tx:
        state = await tx.vendor_outbox.circuit(System.HUBSPOT)
    assert "STEADFAST_HUBSPOT_TOKEN" in state.reason
    desk.vendor.replies = [UP]
    desk.now += timedelta(minutes=16)
    await desk.drain(System.HUBSPOT)
    desk.now += timedelta(minutes=16)
    await desk.drain(System.HUBSPOT)
    assert {status for _, status in await desk.statuses()} == {"delivered"}


async def test_a_busy_vendor_is_asked_again_when_it_said(desk: Desk) -> None:
    desk.vendor.replies = [Reply(429, {}, {"retry-after": "90"})]
    async with desk.store.begin() as tx:
        await tx.work.add_task(task())
        await tx.work.add_task(task("other"))
    await desk.drain(System.HUBSPOT)
    assert len(desk.vendor.asked) == 1
    desk.now += timedelta(seconds=89)
    assert await desk.drain(System.HUBSPOT) == []
    desk.vendor.replies = [UP]
    desk.now += timedelta(seconds=2)
    assert await desk.drain(System.HUBSPOT) == ["delivered", "delivered"]


async def test_what_may_have_been_sent(desk: Desk) -> None:
    """To our own people once more, to the customer never on a guess; after that a person must look."""
    lost = Reply(misbehave="close")
    desk.vendor.replies = [UP, UP, lost, UP, UP, lost]
    async with desk.store.begin() as tx:
        await tx.work.add_notice(NOTICE)
    assert await desk.drain(System.SLACK) == ["sending", "sending", "unknown"]
    assert [asked.path for asked in desk.vendor.asked].count("/chat.postMessage") == 2

    desk.vendor.replies = [*[UP] * 7, lost]
    async with desk.store.begin() as tx:
        await tx.work.add_in_app(SHOWN)
    assert await desk.drain(System.INTERCOM) == ["sending", "unknown"]
    assert [asked.path for asked in desk.vendor.asked].count("/messages") == 1


async def test_an_answer_of_an_unknown_form_is_for_a_person(desk: Desk) -> None:
    desk.vendor.replies = [Reply(200, {"ok": True})]
    async with desk.store.begin() as tx:
        await tx.work.add_notice(NOTICE)
    assert await desk.drain(System.SLACK) == ["unknown"]


async def test_a_worker_killed_while_sending_leaves_a_row_that_is_found(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await tx.lifecycles.record(
            Transition(
                customer="C-1",
                from_stage=None,
                to_stage=LifecycleStage.AT_RISK,
                at=NOON,
                rule="r",
                reason="r",
                triggered_by=TriggeredBy.AUTOMATIC,
                cause="e",
            )
        )
        [row] = await tx.vendor_outbox.of("C-1")
        await tx.vendor_outbox.begin(row, desk.now)
    assert await desk.drain(System.HUBSPOT) == []
    desk.now += STUCK
    assert await desk.drain(System.HUBSPOT) == ["delivered"]


async def test_two_workers_never_both_probe(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        before = await tx.vendor_outbox.circuit(System.HUBSPOT)
        opened = before.model_copy(update={"state": "open", "failures": 9})
        assert await tx.vendor_outbox.change(before, opened)
        assert not await tx.vendor_outbox.change(before, opened)
        seen = await tx.vendor_outbox.circuit(System.HUBSPOT)
        assert (seen.state, seen.version) == ("open", 1)
        assert await tx.vendor_outbox.due_systems(desk.now, stuck=desk.now) == []


async def test_an_erased_customer_is_not_told_of(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await tx.vendor_outbox.add(
            VendorDelivery(
                key="gone",
                customer="C-gone",
                system=System.HUBSPOT,
                operation=SaveAccount(),
                created_at=NOON,
                next_try=NOON,
            )
        )
    assert await desk.drain(System.HUBSPOT) == ["skipped"]
    assert desk.vendor.asked == []


async def test_a_system_that_is_no_longer_configured_waits_for_an_operator(desk: Desk) -> None:
    async with desk.store.begin() as tx:
        await tx.work.add_task(task())
    desk.activities = VendorActivities(desk.store, Connected(), lambda: desk.now)
    assert await desk.drain(System.HUBSPOT) == ["pending"]
    [row] = await desk.rows()
    assert "not configured" in row.response


class _Links:
    """A scheduler that counts."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.error: Exception | None = None

    async def link(self, token: str, meeting: str, key: str) -> str:
        self.asked.append((token, meeting))
        if self.error is not None:
            raise self.error
        return "https://calendly.example/d/1"


async def test_a_booking_link_waits_behind_its_circuit_and_is_not_made_for_what_is_done(desk: Desk) -> None:
    scheduler = _Links()
    links = MeetingLinks(
        desk.store, Circuits(desk.store, lambda: desk.now), System.CALENDLY, scheduler, lambda who: f"signed {who}"
    )
    assert await links.link("k", "C-1", "help_call") == "https://calendly.example/d/1"
    assert scheduler.asked == [("signed C-1", "help_call")]
    scheduler.error = Retryable("down")
    for _ in range(9):
        with pytest.raises(Retryable):
            await links.link("k", "C-1", "help_call")
    assert len(scheduler.asked) == 6, "after five failures it is left in peace"
    async with desk.store.begin() as tx:
        await tx.effects.put("done", "w", StepResult(status="done"), NOON)
    assert await links.link("done", "C-1", "help_call") == ""
