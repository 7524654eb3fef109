"""The checklist of one customer and the exception lists of the book, from stored rows (sections 16 and 17)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from activities import checklists, exceptions, plans, task_acts
from models.checklist import ChecklistItem, ItemState
from models.enums import LifecycleStage as Stage
from models.enums import Plan, Priority, Role, Severity
from models.errors import BadInput, NotFound, Refused
from models.exception_list import ExceptionKind as Kind
from models.records import CsmTask, Notice
from models.signals import ChurnSignal, ChurnSignalType
from models.success_plan import SuccessPlan
from persistence.store import SqlStore
from tests.activities.stage_scenes import CATALOG, DAY, NOW, Scene


@pytest.fixture
async def store(plain_url: str) -> AsyncIterator[SqlStore]:
    opened = SqlStore.open(plain_url)
    yield opened
    await opened.close()


async def items(store: SqlStore, now: datetime = NOW) -> dict[str, str]:
    async with store.read() as tx:
        return {
            one.item.value: one.state.value if one.known else "unknown" for one in await checklists.of(tx, "C-1", now)
        }


async def listed(store: SqlStore, now: datetime = NOW) -> list[tuple[Kind, bool]]:
    async with store.read() as tx:
        found = await exceptions.lists(tx, CATALOG, today=now.date(), now=now)
    return [(one.kind, one.escalate) for one in found]


def task(key: str, **more: object) -> CsmTask:
    return CsmTask.model_validate(
        {
            "key": key,
            "customer": "C-1",
            "workflow_id": "",
            "type": "call",
            "title": "Call",
            "priority": Priority.NORMAL,
            "assignee": "csm-1",
            "due": NOW,
            "created_at": NOW,
            **more,
        }
    )


async def test_each_item_is_done_open_or_does_not_apply(store: SqlStore) -> None:
    scene = await Scene(store, Stage.GROWING).set(plan=Plan.PRO)
    first = await items(store)
    assert first == {
        "welcome_email_sent": "open",
        "csm_assigned": "done",
        "kickoff_done": "open",
        "success_plan_created": "open",
        "first_value_reached": "unknown",
        "health_above_60": "unknown",
        "regular_engagement": "unknown",
        "nps_survey_sent": "unknown",
        "qbr_scheduled": "open",
        "renewal_forecast_fresh": "not_applicable",
        "renewal_call_scheduled": "not_applicable",
        "expansion_reviewed": "not_applicable",
    }
    await scene.health(61)
    await scene.tell(
        "meeting_booked", meeting_id="M-1", kind="kickoff", scheduled_at="2026-05-03T10:00:00Z", ago=5 * DAY
    )
    await scene.tell("meeting_held", meeting_id="M-1", attended=True)
    await scene.tell("meeting_booked", meeting_id="M-2", kind="qbr", scheduled_at="2026-06-01T10:00:00Z")
    await scene.tell("survey_answered", kind="nps", score=8)
    async with store.begin() as tx:
        await plans.load(tx, SuccessPlan(customer="C-1", created_at=NOW, updated_at=NOW))
    then = await items(store)
    done = {name for name, state in then.items() if state == "done"}
    assert done == {
        "csm_assigned", "kickoff_done", "success_plan_created", "health_above_60", "nps_survey_sent", "qbr_scheduled",
    }  # fmt: skip


async def test_near_the_renewal_a_person_says_what_no_system_sees(store: SqlStore) -> None:
    await Scene(store, Stage.RENEWING).set(renewal_date=(NOW + 30 * DAY).date())
    assert (await items(store))["expansion_reviewed"] == "open"
    async with store.begin() as tx:
        await checklists.attest(tx, "C-1", ChecklistItem.EXPANSION_REVIEWED, "lena", "", NOW)
        with pytest.raises(BadInput, match="computed"):
            await checklists.attest(tx, "C-1", ChecklistItem.HEALTH_ABOVE_60, "lena", "", NOW)
        with pytest.raises(NotFound):
            await checklists.of(tx, "nobody", NOW)
    assert (await items(store))["expansion_reviewed"] == ItemState.DONE.value


async def test_a_signal_that_nobody_sees_to_is_on_the_list(store: SqlStore) -> None:
    await Scene(store, Stage.ADOPTING).set()
    signal = ChurnSignal(
        type=ChurnSignalType.FAILED_PAYMENT,
        severity=Severity.HIGH,
        description="a payment failed",
        metric="failed_payments",
        value=1,
        threshold=0,
        detected_at=NOW - DAY,
    )
    async with store.begin() as tx:
        await tx.signals.put("C-1", [signal])
    assert await listed(store) == [(Kind.SIGNAL_IGNORED, False)]
    async with store.begin() as tx:
        await tx.work.add_task(task("k"))
    assert await listed(store) == []


async def test_a_detractor_waits_a_day_and_escalates_after_three_until_the_task_is_closed(store: SqlStore) -> None:
    scene = await Scene(store, Stage.ADOPTING).set()
    await scene.tell("survey_answered", kind="nps", score=4)
    assert await listed(store) == []
    assert await listed(store, NOW + DAY) == [(Kind.DETRACTOR_WITHOUT_FOLLOW_UP, False)]
    assert await listed(store, NOW + 3 * DAY) == [(Kind.DETRACTOR_WITHOUT_FOLLOW_UP, True)]
    async with store.begin() as tx:
        (asked,) = await tx.work.tasks("C-1")
        assert (asked.type, asked.priority, asked.due) == ("nps_followup", Priority.HIGH, NOW + DAY)
        for _ in range(2):
            await task_acts.close(tx, asked.key, "lena", "called them", NOW + DAY)
        (answer,) = await tx.surveys.of("C-1")
    assert (answer.followed_up, answer.follow_up_date, answer.follow_up_notes) == (True, NOW + DAY, "called them")
    assert await listed(store, NOW + 3 * DAY) == []


async def test_growing_without_a_plan_and_enterprises_without_reviews(store: SqlStore) -> None:
    scene = await Scene(store, Stage.GROWING, days=200).set(plan=Plan.ENTERPRISE)
    assert await listed(store) == [(Kind.GROWING_WITHOUT_PLAN, False), (Kind.QBR_OVERDUE, True)]
    await scene.tell("meeting_booked", meeting_id="Q", kind="qbr", scheduled_at="2026-03-20T10:00:00Z", ago=60 * DAY)
    await scene.tell("meeting_held", meeting_id="Q", attended=True)
    assert await listed(store) == [(Kind.GROWING_WITHOUT_PLAN, False)]


async def test_at_risk_for_a_month_the_last_role_has_to_know(store: SqlStore) -> None:
    await Scene(store, Stage.AT_RISK).set(["health_below_40"])
    later = NOW + 21 * DAY
    assert await listed(store, later - 2 * DAY) == []
    assert await listed(store, later) == [(Kind.AT_RISK_ESCALATED_LATE, True)]
    async with store.begin() as tx:
        await tx.work.add_notice(
            Notice(
                key="n", customer="C-1", workflow_id="", role=Role.EXECUTIVE, recipient="executive", message="x", at=NOW
            )
        )  # fmt: skip
    assert await listed(store, later) == []


async def test_a_task_is_closed_or_put_off_with_a_reason(store: SqlStore) -> None:
    await Scene(store, Stage.GROWING).set()
    async with store.begin() as tx:
        await tx.work.add_task(task("plain"))
        await tx.work.add_task(task("asked", outcomes=("saved", "lost")))
        later = await task_acts.snooze(tx, "plain", NOW + DAY, "on holiday", NOW)
        assert (later.snoozed_until, later.snooze_reason) == (NOW + DAY, "on holiday")
        assert (await task_acts.close(tx, "plain", "lena", "", NOW)).closed_by == "lena"
        with pytest.raises(Refused, match="saved, lost"):
            await task_acts.close(tx, "asked", "lena", "", NOW)
        for until, reason, field in ((NOW, "x", "until"), (NOW + timedelta(hours=1), " ", "reason")):
            with pytest.raises(BadInput) as caught:
                await task_acts.snooze(tx, "asked", until, reason, NOW)
            assert caught.value.field == field
        with pytest.raises(Refused, match="it is done"):
            await task_acts.snooze(tx, "plain", NOW + DAY, "x", NOW)
        with pytest.raises(NotFound):
            await task_acts.close(tx, "none", "lena", "", NOW)
