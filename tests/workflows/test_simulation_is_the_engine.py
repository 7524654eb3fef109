"""The same events, lived through by the real engine and by the simulator: every message is the same.

Who, which text, through which channel, and when. The engine's moments lie some milliseconds behind what was due.
"""

from datetime import datetime, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

import worker
from analysis.simulation.book import simulate
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, Manager, Rules, Text, World
from integrations.calendars import LibraryCalendars
from models.enums import CommunicationStatus, Language, Plan
from models.events import Event, EventType
from models.responses import Responses
from playbooks.catalog import Catalog
from rendering.catalogue import Templates
from rules.segments import segment_of
from tests.harness import Company
from tests.workflows.life import MARTA, Life, living

CLOSE = timedelta(seconds=90)
Sent = tuple[str, str, datetime]


def simulated(life: Life, told: list[Event], ends: datetime) -> Tally:
    """The same customer with the same events, simulated."""
    templates = Templates.load()
    house = worker.house(life.here.settings)
    said = life.said
    consent = said.consent
    account = Account(
        id=said.id,
        plan=said.plan,
        segment=segment_of(said.plan, said.segment),
        zone=said.timezone or house.default_zone,
        named=bool(said.first_name or said.name),
        has_email=said.email is not None,
        consent_marketing=consent.marketing if consent else None,
        consent_relationship=consent.relationship if consent else None,
    )
    script = [{"customer": said.id, "event": one.type.value, "at": one.occurred_at, "data": one.data} for one in told]
    world = World(
        begins=life.began,
        ends=ends,
        playbooks=Catalog.load(templates=templates).all(),
        texts={
            (key, channel): Text(
                templates.info(key, channel).message_class,
                frozenset(one.name for one in templates.info(key, channel).variables if one.required),
            )
            for key, channel in templates.keys
        },
        rules=Rules(house.quiet_from, house.quiet_until, house.weekly_cap, house.default_zone, house.country),
        calendar=LibraryCalendars().of,
        daily=False,  # no sweep runs here
        team=(Manager(MARTA.id, MARTA.segments),),
        tips=frozenset(
            step.id
            for playbook in Catalog.load().all()
            if playbook.program is not None
            for step in playbook.program.steps
            if templates.tips(step.id, Language.ES)
        ),
        responses=Responses.model_validate({"script": script}),
    )
    return simulate(world, [account])


def close(engine: list[Sent], simulation: list[Sent]) -> None:
    """Equal but for the engine's own seconds."""
    assert [one[:2] for one in engine] == [one[:2] for one in simulation]
    for ours, theirs in zip(engine, simulation, strict=True):
        assert abs(ours[2] - theirs[2]) < CLOSE, (ours, theirs)


async def both(life: Life, told: list[Event]) -> Tally:
    """Compare every message; returns what was simulated."""
    done = await life.done()
    tally = simulated(life, told, await life.now())
    sent = [one for one in done.said if one.status is CommunicationStatus.SENT]
    engine = [(one.template, "email", one.created_at) for one in sent]
    engine += [(one.type, "in_app", one.at) for one in done.feed]
    simulation = [
        ("milestone" if one.channel == "in_app" and one.template == "milestone_reached" else one.template,
         one.channel, one.at)
        for one in tally.sends
    ]  # fmt: skip
    close(sorted(engine, key=_order), sorted(simulation, key=_order))
    assert {one.customer for one in tally.sends} <= {life.id}
    assert sorted(one.type for one in done.tasks) == sorted(one.kind for one in tally.tasks)
    return tally


def _order(one: Sent) -> tuple[str, str, datetime]:
    return one[0], one[1], one[2]


STORIES: dict[str, tuple[Plan, list[tuple[float, EventType, dict[str, str]]]]] = {
    "does everything at once": (
        Plan.STARTER,
        [
            (0.1, EventType.ONBOARDING_STEP_COMPLETED, {"step_id": step})
            for step in ("welcome", "first_chatbot", "customize", "install", "first_conversation", "invite_team")
        ],
    ),
    "stalls, comes back at night, stalls again": (
        Plan.STARTER,
        [
            (0.2, EventType.ONBOARDING_STEP_COMPLETED, {"step_id": "welcome"}),
            (4.61, EventType.ONBOARDING_STEP_COMPLETED, {"step_id": "first_chatbot"}),
            (4.62, EventType.USER_LOGGED_IN, {}),
            (12.55, EventType.ONBOARDING_STEP_COMPLETED, {"step_id": "customize"}),
            (12.56, EventType.ONBOARDING_STEP_COMPLETED, {"step_id": "unheard_of"}),
        ],
    ),
    "never does a thing": (Plan.PRO, []),
    "leaves in the middle": (
        Plan.ENTERPRISE,
        [(1.3, EventType.USER_LOGGED_IN, {}), (4.5, EventType.SUBSCRIPTION_CANCELLED, {})],
    ),
}


@pytest.mark.parametrize("story", STORIES)
async def test_the_simulator_sends_what_the_engine_sends(
    skipping: WorkflowEnvironment, skipping_company: Company, story: str
) -> None:
    plan, chapters = STORIES[story]
    async with living(skipping, skipping_company, plan=plan.value, timezone="America/New_York") as life:
        told = [await life.tell(EventType.SUBSCRIPTION_CREATED)]
        for day, kind, data in chapters:
            wait = life.began + timedelta(days=day) - await life.now()
            if wait > timedelta(0):
                await life.pass_time(seconds=wait.total_seconds())
            told.append(await life.tell(kind, at=None, event_id="", **data))
        await life.until_day(45)
        tally = await both(life, told)
    assert tally.sends, "a story in which nothing is sent proves nothing"
