"""Each way out of a wait: its timer, an event, a person's outcome, the goal, an exit, an escalation deadline."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from models.events import EventType, Occurrence
from models.ids import parse_workflow_id
from models.play import OutcomeRequest, RunView, StepDone
from models.records import Notice
from tests.harness import Company
from tests.workflows.life import end, living
from tests.workflows.plays import save_play, start
from workflows.onboarding import OnboardingProgram
from workflows.play import Play

UNREACHED = "unreached"


@dataclass(frozen=True)
class Way:
    """One way out: what is said on day 1, and how it all ends."""

    status: str
    steps: dict[str, str]
    outcome: str = ""
    event: str = ""
    plan: str = "starter"
    told: tuple[str, ...] = ()
    results: dict[str, str] = field(default_factory=dict)


ENDED_EARLY = dict.fromkeys(("ask", "thank", "learn", "choose", "small", "big"), "skipped")
WAYS = {
    "the timer": Way(
        "completed",
        {"ask": "done", "thank": UNREACHED, "learn": UNREACHED, "choose": "done", "small": "done", "big": UNREACHED},
        told=("cs_manager", "executive", "team"),
        results={"ask": "timeout", "choose": "small"},
    ),
    "an event": Way(
        "completed",
        {"ask": "done", "thank": UNREACHED, "learn": UNREACHED, "choose": "done", "small": UNREACHED, "big": "done"},
        event="onboarding_step_completed",
        plan="growth",
        told=("team",),
        results={"ask": "onboarding_step_completed", "choose": "big"},
    ),
    "an outcome": Way(
        "completed",
        {"ask": "done", "thank": "done", "learn": UNREACHED, "choose": UNREACHED, "small": UNREACHED, "big": UNREACHED},
        outcome="saved",
        told=("team",),
        results={"ask": "saved"},
    ),
    "another outcome": Way(
        "completed",
        {"ask": "done", "thank": UNREACHED, "learn": "done", "choose": UNREACHED, "small": UNREACHED, "big": UNREACHED},
        outcome="lost",
        told=("product",),
        results={"ask": "lost"},
    ),
    "the goal": Way("goal_met", ENDED_EARLY, event="user_logged_in"),
    "an exit": Way("exited", ENDED_EARLY, event="subscription_cancelled"),
}


async def _notices(here: Company, handle: WorkflowHandle[Any, Any]) -> list[Notice]:
    async with here.store.read() as tx:
        return await tx.work.notices(parse_workflow_id(handle.id).customer)


async def _view(handle: WorkflowHandle[Any, Any]) -> RunView:
    view = await handle.query(Play.view)
    assert isinstance(view, RunView)
    return view


async def test_every_way_out_of_a_wait_leads_where_it_should(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = skipping_company
    async with here.worker():
        handles = {name: await start(here, save_play(), plan=way.plan) for name, way in WAYS.items()}
        await skipping.sleep(timedelta(days=1))
        for name, way in WAYS.items():
            view = await _view(handles[name])
            assert (view.waiting_for.value, view.open_outcomes) == ("person", ("saved", "lost"))
            if way.outcome:
                request = OutcomeRequest(outcome=way.outcome, by="marta", request_id="r1")
                assert await handles[name].execute_update(Play.answer, request) == "recorded"
                assert await handles[name].execute_update(Play.answer, request) == "already recorded"
            if way.event:
                seen = Occurrence(kind=way.event, key="k1", at=await here.now())
                for _ in range(2):
                    await handles[name].signal(Play.happened, seen)
        await skipping.sleep(timedelta(days=12))
        for name, way in WAYS.items():
            assert await handles[name].result() == way.status, name
            view = await _view(handles[name])
            assert {one.step_id: one.status for one in view.steps} == way.steps, name
            results = {one.step_id: one.result for one in view.steps}
            assert {step: results[step] for step in way.results} == way.results, name
            assert tuple(one.recipient for one in await _notices(here, handles[name])) == way.told, name
            async with here.store.read() as tx:
                rows = {one.step_id: one.status for one in await tx.runs.steps(handles[name].id)}
            assert rows == way.steps, name
    ended = {one.step_id: one.reason for one in (await _view_of_ended(here, handles["the goal"]))}
    assert set(ended.values()) == {"they came back"}


async def _view_of_ended(here: Company, handle: WorkflowHandle[Any, Any]) -> list[Any]:
    async with here.store.read() as tx:
        return await tx.runs.steps(handle.id)


async def test_the_path_rises_one_role_a_deadline_until_somebody_answers(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = skipping_company
    async with here.worker():
        handle = await start(here, save_play())
        levels = []
        for _ in range(2):
            await skipping.sleep(timedelta(days=2))
            levels.append((await _view(handle)).escalation_level)
        await handle.execute_update(Play.answer, OutcomeRequest(outcome="saved", by="marta"))
        await skipping.sleep(timedelta(days=6))
        assert levels == [0, 1]
        assert await handle.result() == "completed"
        assert [one.recipient for one in await _notices(here, handle)] == ["cs_manager", "team"]


async def test_an_outcome_that_is_not_open_is_refused_with_those_that_are(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    here = skipping_company
    async with here.worker():
        handle = await start(here, save_play())
        refused = {
            "happy": "outcome = 'happy': not open now; open outcomes: saved, lost",
            "saved": "by: say who answers",
        }
        for outcome, reason in refused.items():
            with pytest.raises(WorkflowUpdateFailedError) as failure:
                await handle.execute_update(Play.answer, OutcomeRequest(outcome=outcome, by=""))
            assert reason in str(failure.value.cause)
        await handle.execute_update(Play.answer, OutcomeRequest(outcome="saved", by="marta"))
        with pytest.raises(WorkflowUpdateFailedError) as failure:
            await handle.execute_update(Play.answer, OutcomeRequest(outcome="lost", by="marta"))
        assert "open outcomes: none" in str(failure.value.cause)
    await end(here.client, [handle.id])


async def test_a_step_is_done_once_by_whichever_door_and_an_unknown_one_is_refused_with_the_list(
    skipping: WorkflowEnvironment, skipping_company: Company
) -> None:
    async with living(skipping, skipping_company) as ana:
        await ana.subscribes()
        handle = ana.handle(ana.onboarding())
        for asked in (StepDone(step_id="welcome", by="marta"), StepDone(criterion="profile_completed", by="marta")):
            record = await handle.execute_update(OnboardingProgram.complete_step, asked)
            assert (record.progress, record.completed_steps) == (20, ("welcome",))
        before = await ana.done()
        await ana.tell(EventType.ONBOARDING_STEP_COMPLETED, step_id="welcome")
        assert (await ana.done()).onboarding == before.onboarding
        with pytest.raises(WorkflowUpdateFailedError) as failure:
            await handle.execute_update(OnboardingProgram.complete_step, StepDone(step_id="moon", by="marta"))
        assert "no such step in this program; steps: welcome (profile_completed), first_chatbot" in str(
            failure.value.cause
        )
        assert await handle.query(OnboardingProgram.record) == before.onboarding
        await ana.cancels()
        assert (await ana.done()).runs[ana.onboarding()].status == "exited"
