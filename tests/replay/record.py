"""``python -m tests.replay.record``: live through the notable paths and keep their histories as JSON.

Run it after a change of the workflows that was guarded, reviewed or made before a release: what is kept here is what
must still replay.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.approvals import decide
from models.approval import Verdict
from models.events import EventType
from models.ids import lifecycle_id, nps_id, qbr_id, referral_id, renewal_id, save_id, sweep_id, webhook_id
from models.play import OutcomeRequest, StepDone
from models.sweep import SweepInput
from persistence import migrate
from settings import load
from stack import test_server
from tests.conftest import add_attributes
from tests.harness import SECRET, Company, company
from tests.workflows.inline import employing, growing, hears, quarter, referral, renewal, save, survey
from tests.workflows.life import Life, living
from tests.workflows.plays import save_play, start
from tests.workflows.receiver import Receiver, receiver
from tests.workflows.test_sweep_workflow import people
from workflows.onboarding import OnboardingProgram
from workflows.play import Play
from workflows.sweep import PortfolioSweep

HISTORIES = Path(__file__).parent / "histories"
_HOST = re.compile(r'"identity": "[^"]*"')
_TRACE = re.compile(r'"stackTrace": "(?:[^"\\]|\\.)*"')
"""Of a failed activity: it names folders of the machine that recorded it, and no replay reads it."""


async def main() -> None:
    """Record all."""
    HISTORIES.mkdir(exist_ok=True)
    async with _company() as (env, here, hooks):
        await _whole_life(env, here)
        await _self_serve(env, here, hooks)
        await _mid_market(env, here)
        await _escalated(env, here)
        await _saves(env, here)
        await _rounds(env, here)
        await _swept(env, here)


async def _swept(env: WorkflowEnvironment, here: Company) -> None:
    """A small book, swept by hand."""
    now = await env.get_current_time()
    await people(here.store, now, quiet=1, gone=20)
    async with here.worker():
        handle = await env.client.start_workflow(
            PortfolioSweep.run,
            SweepInput(day=now.date(), as_of=now, again=True),
            id=sweep_id(now.date()),
            task_queue=here.task_queue,
        )
        await handle.result()
        await _keep("sweep_of_a_day", env.client.get_workflow_handle(handle.id))


async def _keep(name: str, handle: WorkflowHandle[object, object]) -> None:
    text = (await handle.fetch_history()).to_json()
    text = _TRACE.sub('"stackTrace": ""', _HOST.sub('"identity": "worker"', text))
    (HISTORIES / f"{name}.json").write_text(text + "\n", encoding="utf-8")


async def _whole_life(env: WorkflowEnvironment, here: Company) -> None:
    """Trial, paid, cancelled in onboarding, won back; an unknown step, a stall ended by progress."""
    async with living(env, here, id="C-life") as ana:
        await ana.tell(EventType.TRIAL_STARTED, trial_days=14)
        await ana.until_day(2)
        await ana.subscribes()
        await ana.does("welcome", "moon")
        await ana.until_day(3)
        await ana.cancels()
        await ana.until_day(5)
        await ana.subscribes()
        await ana.until_day(8.1)
        await ana.does("welcome", "first_chatbot", "customize", "install")
        for name, workflow_id in {
            "lifecycle_trial_paid_cancelled_won_back": lifecycle_id(ana.id),
            "onboarding_cancelled": ana.onboarding(1),
            "welcome_cancelled": ana.welcome,
            "stalled_ended_by_progress": ana.stalled(1),
        }.items():
            await _keep(name, ana.handle(workflow_id))


async def _self_serve(env: WorkflowEnvironment, here: Company, hooks: Receiver) -> None:
    """Forty days, steps by event and by update, a webhook that is refused at first."""
    hooks.answers.extend([503, 500])
    async with living(env, here, id="C-self-serve") as ana:
        await ana.subscribes()
        await ana.does("welcome", "first_chatbot", "install")
        await ana.until_day(5)
        await _by_update(ana, "customize", "first_conversation")
        await ana.until_day(40)
        delivery = (await ana.done()).webhooks[0].id
        await _keep("onboarding_self_serve", ana.handle(ana.onboarding()))
        await _keep("welcome_self_serve", ana.handle(ana.welcome))
        await _keep("webhook_delivered", ana.handle(webhook_id(ana.id, delivery)))


async def _by_update(ana: Life, *steps: str) -> None:
    for step in steps:
        asked = StepDone(step_id=step, by="marta")
        await ana.handle(ana.onboarding()).execute_update(OnboardingProgram.complete_step, asked)
    await ana.settle()


async def _mid_market(env: WorkflowEnvironment, here: Company) -> None:
    """All six steps, milestones on time and late."""
    async with living(env, here, id="C-mid-market", plan="pro", locale="en-GB") as joan:
        await joan.subscribes()
        days = {1: "kickoff", 2.5: "discovery", 5: "implementation", 7.5: "training", 10: "go_live", 29: "review_30"}
        for day, step in days.items():
            await joan.until_day(day)
            await joan.does(step)
        await joan.until_day(61)
        await _keep("onboarding_mid_market", joan.handle(joan.onboarding()))
        await _keep("welcome_guided", joan.handle(joan.welcome))


async def _escalated(env: WorkflowEnvironment, here: Company) -> None:
    """A play that rises to the manager before somebody answers, and one that nobody answers."""
    async with here.worker():
        answered = await start(here, save_play(), customer="C-answered")
        silent = await start(here, save_play(), customer="C-silent")
        await env.sleep(timedelta(days=4))
        await answered.execute_update(Play.answer, OutcomeRequest(outcome="saved", by="marta"))
        await env.sleep(timedelta(days=10))
        for name, handle in {"play_escalated_then_answered": answered, "play_escalated_unanswered": silent}.items():
            await handle.result()
            await _keep(name, handle)


async def _saves(env: WorkflowEnvironment, here: Company) -> None:
    """A save play that rises, is answered and succeeds; one superseded; one that its customer's leaving ends."""
    here = employing(here, save(), save("no_login_14_days"), save("failed_payment", exits=[]))
    async with living(env, here, id="C-saves") as ana:
        await growing(ana)
        await hears(ana, "signal_opened", type="no_login_7_days", severity="medium")
        await ana.pass_time(hours=30)
        asked = OutcomeRequest(outcome="reached", by="marta", note="on holiday", request_id="r-1")
        await ana.handle(save_id(ana.id, "no_login_7_days", 1)).execute_update(Play.answer, asked)
        await ana.settle()
        await hears(ana, "signal_opened", type="no_login_14_days", severity="high")
        await ana.pass_time(days=2)
        await hears(ana, "signal_cleared", type="no_login_14_days", by="predicate_false")
        await hears(ana, "signal_opened", type="failed_payment", severity="high")
        await ana.cancels()
        for name, signal in {
            "save_answered_then_superseded": "no_login_7_days",
            "save_escalated_then_cleared": "no_login_14_days",
            "save_ended_by_leaving": "failed_payment",
        }.items():
            await _keep(name, ana.handle(save_id(ana.id, signal, 1)))
        await _keep("lifecycle_of_saves", ana.handle(lifecycle_id(ana.id)))


async def _rounds(env: WorkflowEnvironment, here: Company) -> None:
    """A renewal decided, a survey nobody answers, a review that waits for a yes, a referral that expires."""
    here = employing(here, renewal(), survey(), quarter(), referral())
    async with living(env, here, id="C-rounds") as ana:
        await growing(ana)
        await hears(ana, "survey_due", kind="nps")
        await hears(ana, "qbr_due", quarter="2026-Q3")
        await hears(ana, "referral_created", referral_id="r-1")
        await hears(ana, "renewal_due", days=90, term="2035-12-31")
        async with here.store.begin() as tx:
            [asked] = await tx.approvals.requests(customer=ana.id)
            await decide(tx, asked.number, Verdict(approved=True, by="Berta"), await ana.now())
        await here.catch_up(await ana.now())
        await ana.pass_time(days=30)
        await hears(ana, "renewal_due", days=60, term="2035-12-31")
        await ana.tell(EventType.RENEWAL_DECIDED, decision="renewed")
        await ana.pass_time(days=155)
        for name, workflow_id in {
            "renewal_decided": renewal_id(ana.id, "2035-12-31"),
            "survey_unanswered": nps_id(ana.id, 1),
            "review_approved_never_held": qbr_id(ana.id, "2026-Q3"),
            "referral_expired": referral_id(ana.id, "r-1"),
        }.items():
            await _keep(name, ana.handle(workflow_id))


@asynccontextmanager
async def _company() -> AsyncIterator[tuple[WorkflowEnvironment, Company, Receiver]]:
    binary = test_server.find(load())
    assert binary is not None, "python -m stack.prepare makes the time-skipping server"
    async with (
        await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(binary), data_converter=pydantic_data_converter
        ) as env,
        receiver(SECRET) as hooks,
    ):
        await add_attributes(env.client, env.client.namespace)
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite+aiosqlite:///{folder}/steadfast.db"
            await asyncio.to_thread(migrate.upgrade, url)
            clock = env.get_current_time
            async with company(env.client, url, Path(folder), clock=clock, n8n_cs_webhook_url=hooks.url) as here:
                yield env, here, hooks


if __name__ == "__main__":
    asyncio.run(main())
