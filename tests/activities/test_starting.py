"""Which plays an occurrence starts, which it ends, and why one does not start: asked twice, the answer is the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from activities.frame import Frame, done
from activities.lifecycle import LifecycleActivities
from activities.places import Places
from activities.runs import RunActivities
from activities.starting import Starting
from composition.company import house
from integrations.calendars import LibraryCalendars
from models.enums import LifecycleStage, Plan, RunStatus, SubscriptionStatus, TriggeredBy
from models.events import Occurrence
from models.ids import renewal_id, save_id, sequence_id
from models.people import Declined, Intervention
from models.play import Decided, DecideInput, PlayStart, RunRecord, StepInput
from models.playbook import Playbook
from models.records import Customer, Transition
from models.run import RESUMED, StepResult
from persistence.store import SqlStore
from playbooks.catalog import Catalog, Entry
from settings import Settings
from tests.workflows.inline import act, mail, renewal, save
from tests.workflows.plays import playbook

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)
PROGRAMS = [one for one in Catalog.load().entries() if one.playbook.process == "onboarding"]
CANCEL = "cancellation_request"


def sequence(name: str, trigger: str, **fields: Any) -> Playbook:
    return playbook(act("a"), id=name, trigger=trigger, title=name, **fields)


@dataclass
class Desk:
    """One growing customer, a book of playbooks, and the lifecycle's question."""

    store: SqlStore
    book: list[Playbook] = field(default_factory=list)
    told: int = 0

    def lifecycle(self) -> LifecycleActivities:
        catalog = Catalog([*PROGRAMS, *(Entry(one, one.fingerprint(), one.id) for one in self.book)])
        ours = house(Settings())
        return LifecycleActivities(self.store, ours, Starting(catalog, Places(ours, LibraryCalendars())))

    async def hears(self, name: str, now: datetime = NOW, *, ident: str = "", **data: Any) -> Decided:
        """What follows; asked again with the same occurrence, the same follows."""
        kind, _, subject = name.partition(":")
        self.told += 1
        seen = Occurrence(kind=kind, subject=subject, key=ident or f"k{self.told}", at=now, data=data)
        asked = DecideInput(customer="C-1", occurrence=seen, now=now)
        first, again = await self.lifecycle().decide(asked), await self.lifecycle().decide(asked)
        assert [one.workflow_id for one in first.plays] == [one.workflow_id for one in again.plays]
        return first

    async def ends(self, start: PlayStart | str, status: RunStatus = RunStatus.COMPLETED, now: datetime = NOW) -> None:
        """The run is over."""
        workflow_id = start if isinstance(start, str) else start.workflow_id
        async with self.store.read() as tx:
            [run] = [one for one in await tx.runs.of("C-1") if one.workflow_id == workflow_id]
        record = RunRecord(
            workflow_id=workflow_id,
            customer="C-1",
            process=run.process,
            playbook=run.playbook,
            version=run.version,
            fingerprint=run.fingerprint,
            status=status,
            reason="over",
            started=run.started,
            ended=now,
        )
        await RunActivities(self.store).close_run(record)

    async def interventions(self) -> list[Intervention]:
        async with self.store.read() as tx:
            return await tx.interventions.of("C-1")

    async def declined(self) -> list[Declined]:
        async with self.store.read() as tx:
            return await tx.entries.declined("C-1")

    async def change(self, **fields: Any) -> None:
        async with self.store.begin() as tx:
            customer = await tx.customers.get("C-1")
            assert customer is not None
            await tx.customers.put(customer.model_copy(update=fields))

    async def moves(self, to: LifecycleStage, key: str, **facts: Any) -> None:
        """A stage change, of the cause of that key."""
        async with self.store.begin() as tx:
            await tx.lifecycles.record(
                Transition(
                    customer="C-1",
                    from_stage=LifecycleStage.GROWING,
                    to_stage=to,
                    at=NOW,
                    rule="test",
                    reason="test",
                    triggered_by=TriggeredBy.AUTOMATIC,
                    cause=key,
                    facts=facts,
                )
            )


@pytest.fixture
async def desk(plain_url: str) -> AsyncIterator[Desk]:
    store = SqlStore.open(plain_url)
    customer = Customer(
        id="C-1",
        plan=Plan.STARTER,
        email="ana@sol.example",
        stage=LifecycleStage.GROWING,
        subscription_status=SubscriptionStatus.ACTIVE,
        subscribed_at=NOW - 200 * DAY,
        contract_length_months=12,
        renewal_date=date(2026, 9, 1),
        cycle=1,
    )
    async with store.begin() as tx:
        await tx.customers.put(customer)
    yield Desk(store)
    await store.close()


def names(decided: Decided) -> list[str]:
    return [one.workflow_id for one in decided.plays]


async def test_a_trigger_starts_its_playbooks_the_most_important_first(desk: Desk) -> None:
    desk.book = [
        sequence("b.low", "limit_near", priority=10),
        sequence("a.other", "health_dropped"),
        sequence("c.high", "limit_near", priority=90),
        sequence("d.elsewhere", "limit_near", segments=["enterprise"]),
    ]
    assert names(await desk.hears("limit_near")) == [sequence_id("C-1", name, 1) for name in ("c.high", "b.low")]
    assert names(await desk.hears("limit_near")) == []
    assert {one.reason.partition(": ")[0] for one in await desk.declined()} == {"already open"}


async def test_two_names_of_one_trigger_are_one_process(desk: Desk) -> None:
    desk.book = [save(CANCEL), save("nps_detractor")]
    assert names(await desk.hears("cancellation_requested")) == [save_id("C-1", CANCEL, 1)]
    assert names(await desk.hears(f"signal_opened:{CANCEL}")) == []
    assert names(await desk.hears("signal_opened:nps_detractor")) == [save_id("C-1", "nps_detractor", 1)]
    assert names(await desk.hears("nps_processed:detractor", score=3)) == []


async def test_entering_at_risk_starts_the_play_of_its_cause_once(desk: Desk) -> None:
    desk.book = [save(CANCEL), save("no_login_14_days"), sequence("at_risk.health_score_drop", "health_dropped")]
    await desk.moves(LifecycleStage.AT_RISK, "k-risk", at_risk_causes=["cancellation_request"])
    assert names(await desk.hears("stage_review", ident="k-risk")) == [save_id("C-1", CANCEL, 1)]
    assert names(await desk.hears(f"signal_opened:{CANCEL}")) == []
    await desk.moves(LifecycleStage.AT_RISK, "k-health", at_risk_causes=["health_below_40"])
    drop = sequence_id("C-1", "at_risk.health_score_drop", 1)
    assert names(await desk.hears("stage_review", ident="k-health")) == [drop]
    assert names(await desk.hears("health_dropped", drop=25)) == []


async def test_entering_renewing_begins_the_process_of_the_term_where_none_has(desk: Desk) -> None:
    desk.book = [renewal()]
    await desk.moves(LifecycleStage.RENEWING, "k-renewing")
    decided = await desk.hears("stage_review", ident="k-renewing")
    assert names(decided) == [renewal_id("C-1", "2026-09-01")]
    assert decided.plays[0].trigger == "renewal_due:60"
    assert names(await desk.hears("renewal_due:30", days=30, term="2026-09-01")) == []
    await desk.ends(renewal_id("C-1", "2026-09-01"))
    assert names(await desk.hears("renewal_due:30", days=30, term="2026-09-01")) == []
    assert (await desk.declined())[0].reason == "ran already"
    assert names(await desk.hears("renewal_due:90", days=90, term="2027-09-01")) == [renewal_id("C-1", "2027-09-01")]


async def test_a_term_that_is_over_starts_no_renewal(desk: Desk) -> None:
    desk.book = [renewal()]
    await desk.change(renewal_date=date(2025, 9, 1))
    await desk.moves(LifecycleStage.RENEWING, "k-renewing")
    assert names(await desk.hears("stage_review", ident="k-renewing")) == []
    [declined] = await desk.declined()
    assert declined.reason == "the term ended on 2025-09-01"


async def test_a_playbook_starts_only_where_its_condition_holds(desk: Desk) -> None:
    desk.book = [sequence("expansion.offer", "limit_near", entry="contract_length >= 24")]
    assert names(await desk.hears("limit_near")) == []
    [declined] = await desk.declined()
    assert declined.reason == "not: contract_length >= 24 (contract_length=12)"
    await desk.change(contract_length_months=24)
    assert names(await desk.hears("limit_near")) == [sequence_id("C-1", "expansion.offer", 1)]


async def test_the_play_of_an_opportunity_ends_with_it_and_none_that_waited_starts(desk: Desk) -> None:
    works = sequence("expansion.works", "opportunity_detected", reentry={"once_per": "opportunity"})
    desk.book = [works, sequence("expansion.other", "limit_near")]
    [mine] = names(await desk.hears("opportunity_detected:upsell", type="upsell", key="expansion:C-1:upsell:1"))
    await desk.hears("limit_near")
    other = await desk.hears("stage_review", opportunity="expansion:C-1:add_seats:1", status="won")
    assert other.stops == ()
    [stop] = (await desk.hears("stage_review", opportunity="expansion:C-1:upsell:1", status="lost")).stops
    assert (stop.workflow_id, stop.status, stop.reason) == (mine, RunStatus.EXITED, "the opportunity is lost")

    await desk.ends(mine)
    desk.book = [sequence("expansion.works", "opportunity_detected", reentry={"once_per": "opportunity"},
                          excludes={"held_by": ["expansion.other"]}), desk.book[1]]  # fmt: skip
    assert names(await desk.hears("opportunity_detected:upsell", type="upsell", key="expansion:C-1:upsell:2")) == []
    await desk.hears("stage_review", opportunity="expansion:C-1:upsell:2", status="won")
    await desk.ends(sequence_id("C-1", "expansion.other", 1))
    assert names(await desk.hears(RESUMED)) == []
    assert (await desk.declined())[0].reason == "held by expansion.other until the opportunity was won"


async def test_once_for_each_opportunity_term_quarter_and_response(desk: Desk) -> None:
    units = {"opportunity": "key", "term": "term", "quarter": "quarter", "response": "response_id"}
    for unit, said in units.items():
        desk.book = [sequence(f"once.{unit}", "limit_near", reentry={"once_per": unit})]
        for value, number in (("2026-Q3", 1), ("2026-Q4", 2)):
            data: dict[str, Any] = {said: value}
            started = names(await desk.hears("limit_near", **data))
            assert started == [sequence_id("C-1", f"once.{unit}", number)], unit
            await desk.ends(started[0])
            assert names(await desk.hears("limit_near", **data)) == [], unit


async def test_a_play_that_starts_ends_those_it_takes_the_place_of(desk: Desk) -> None:
    desk.book = [
        sequence("expansion.a", "limit_near"),
        sequence("other.b", "limit_near"),
        sequence("loud", "health_dropped", excludes={"stops": ["expansion.*"]}),
    ]
    await desk.hears("limit_near")
    decided = await desk.hears("health_dropped")
    assert [(one.workflow_id, one.status.value, one.reason) for one in decided.stops] == [
        (sequence_id("C-1", "expansion.a", 1), "superseded", "superseded by loud")
    ]


async def test_what_another_play_holds_starts_when_that_one_has_ended(desk: Desk) -> None:
    desk.book = [
        sequence("advocacy.invite", "limit_near", excludes={"held_by": ["save.*"]}),
        save(CANCEL),
    ]
    [holder] = (await desk.hears("cancellation_requested")).plays
    assert holder.tells_end
    assert names(await desk.hears("limit_near", ident="k-near")) == []
    [held] = await desk.declined()
    assert (held.held, held.reason) == (True, f"held by save.{CANCEL}")
    assert names(await desk.hears(RESUMED)) == []
    await desk.ends(holder, RunStatus.GOAL_MET)
    assert names(await desk.hears("outreach_resumed", NOW + DAY)) == [sequence_id("C-1", "advocacy.invite", 1)]
    assert [(one.held, one.reason[:13]) for one in await desk.declined()] == [(False, "started later")]
    assert names(await desk.hears("outreach_resumed", NOW + 2 * DAY)) == []


async def test_what_was_held_for_too_long_is_given_up(desk: Desk) -> None:
    desk.book = [sequence("advocacy.invite", "limit_near", excludes={"held_by": ["save.*"]}), save(CANCEL)]
    [holder] = (await desk.hears("cancellation_requested")).plays
    await desk.hears("limit_near")
    await desk.ends(holder)
    assert names(await desk.hears("outreach_resumed", NOW + 31 * DAY)) == []
    assert [(one.held, one.reason) for one in await desk.declined()] == [(False, f"held by save.{CANCEL} for too long")]


async def test_a_play_that_pauses_others_keeps_their_mails_back_until_it_ends(desk: Desk) -> None:
    desk.book = [save(CANCEL, excludes={"pauses": ["expansion.*"]})]
    [start] = (await desk.hears("cancellation_requested")).plays

    async def asks(name: str) -> StepResult:
        step = StepInput(
            key=f"{name}|0|a{NOW}", customer="C-1", playbook=name, step_id="a", started=NOW, due=NOW, now=NOW
        )
        async with desk.store.begin() as tx:
            customer = await tx.customers.get("C-1")
            assert customer is not None
            return await Frame.check(tx, step, customer, contacts=True) or done()

    held = await asks("expansion.offer")
    assert (held.status, held.reason) == ("held", f"paused while save.{CANCEL} runs")
    assert (await asks(f"save.{CANCEL}")).status == "done"
    assert (await asks("onboarding.welcome_sequence")).status == "done"
    await desk.ends(start, RunStatus.EXITED)
    assert (await asks("expansion.offer")).status == "done"
    [ended] = await desk.interventions()
    assert ended.status == "failed"


async def test_one_of_unknown_segment_or_that_has_left_starts_nothing(desk: Desk) -> None:
    desk.book = [sequence("x", "limit_near"), sequence("exit", "subscription_cancelled")]
    await desk.change(stage=LifecycleStage.CHURNED, subscription_status=SubscriptionStatus.CANCELLED)
    assert names(await desk.hears("limit_near")) == []
    assert [one.reason for one in await desk.declined()] == ["the customer has left"]
    assert names(await desk.hears("subscription_cancelled")) == [sequence_id("C-1", "exit", 1)]
    await desk.change(plan=None)
    assert names(await desk.hears("limit_near")) == []


async def test_a_run_that_counts_days_carries_the_customers_calendar(desk: Desk) -> None:
    await desk.change(timezone="Asia/Tokyo", country="JP")
    plain = sequence("plain", "limit_near")
    dated = playbook(mail("a", at={"time": "08:00", "days": ["mon"]}), id="dated", trigger="limit_near")
    desk.book = [plain, dated]
    starts = {one.playbook.id: one for one in (await desk.hears("limit_near")).plays}
    assert starts["plain"].calendar is None
    carried = starts["dated"].calendar
    assert carried is not None
    assert (carried.zone, carried.country, bool(carried.holidays)) == ("Asia/Tokyo", "JP", True)


async def test_a_holdout_is_left_alone_and_says_so(desk: Desk) -> None:
    held = [name for name in (f"try.{n}" for n in range(12)) if await _alone(desk, name)]
    assert 0 < len(held) < 12
    assert {one.playbook for one in await desk.declined()} == set(held)


async def _alone(desk: Desk, name: str) -> bool:
    desk.book = [sequence(name, "limit_near", holdout={"fraction": 0.5})]
    return not (await desk.hears("limit_near")).plays
