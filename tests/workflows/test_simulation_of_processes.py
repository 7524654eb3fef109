"""Processes that wait for people, money, weekends and clocks: the engine and the simulator live the same days.

All stories are lived at once, on one server and one worker, from the Friday before a clock change on; then each is
simulated. Every message, task and escalation is the same: whose, what, through which channel, when.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

import worker
from analysis.simulation.book import simulate
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, Manager, Rules, World
from cli.simulation_world import texts_of, tips_of
from integrations.calendars import LibraryCalendars
from models.enums import CommunicationStatus, LifecycleStage, SubscriptionStatus
from models.event_bodies import subject_of
from models.event_kinds import INTERNAL, EventType
from models.event_making import STEADFAST, made
from models.events import Event
from models.ids import lifecycle_id, new_id
from models.play import OutcomeRequest
from models.playbook import EscalateStep, Playbook
from models.responses import Responses
from playbooks.catalog import Catalog, Entry
from rendering.catalogue import Templates
from rules.segments import segment_of
from tests.harness import Company, company, hire
from tests.workflows import timelines as t
from tests.workflows.inline import growing
from tests.workflows.life import MARTA, Life, end, somebody
from tests.workflows.stories_simulated import MADRID, STORIES, Story, by_the_calendar
from workflows.play import Play

CLOSE = timedelta(seconds=90)

Move = Callable[[Life], Awaitable[None]]
Row = tuple[str, datetime, tuple[str, ...]]


@dataclass(frozen=True)
class Lived:
    """What happened, as rows of who, when, what; tasks with their due moment as a second row."""

    sends: list[Row]
    tasks: list[Row]
    rises: list[Row]


def begun_at(now: datetime) -> datetime:
    """Four in the afternoon of the Friday before the clocks of Madrid change."""
    changes = LibraryCalendars().of(MADRID, "ES", now + timedelta(days=7)).changes
    day = changes[1].at.astimezone(UTC).date() - timedelta(days=2)
    assert day.weekday() == 4
    return datetime.combine(day, time(16), tzinfo=UTC)


def employing(here: Company, extra: Playbook) -> Company:
    """The company with one playbook more."""
    known = here.given.playbooks
    assert isinstance(known, Catalog)
    entries = [*known.entries(), Entry(extra, extra.fingerprint(), "inline")]
    return replace(here, given=replace(here.given, playbooks=Catalog(entries)))


def filled(said: dict[str, Any], life: Life, story: Story) -> dict[str, Any]:
    """The term in words."""
    return {
        name: value.format(term=term(life, story)) if isinstance(value, str) else value for name, value in said.items()
    }


def term(life: Life, story: Story) -> str:
    """The day on which the customer's term ends."""
    return (life.began + timedelta(days=story.row.get("renews_in", 0))).date().isoformat()


async def settle_in(life: Life, story: Story) -> None:
    """The customer is there, with what is known of it."""
    row = {name: value for name, value in story.row.items() if name != "renews_in"}
    if "renews_in" in story.row:
        row["renewal_date"] = (life.began + timedelta(days=story.row["renews_in"])).date()
    await growing(life, **{"mrr": Decimal(149), "currency": "EUR", **row})
    if "health_score" in story.facts:
        await t.fact(health_score=story.facts["health_score"])(life, "")


async def tell(life: Life, kind: str, said: dict[str, Any]) -> None:
    """An event, and in the same moment everything that it makes our own processes say."""
    now = await life.now()
    if EventType(kind) in INTERNAL:
        event = made(EventType(kind), life.id, now, new_id("i"), **said)
        async with life.here.store.begin() as tx:
            await tx.inbox.add(STEADFAST, event, now)
    else:
        event = Event(event_id=new_id("e"), type=kind, occurred_at=now, customer=life.said, data=said)
        await life.here.tell(event, now)
    for _ in range(2):
        await life.here.catch_up(await life.now())
        await life.env.sleep(timedelta(seconds=5))
    await life.settle()


async def live_through(first: Life, lives: dict[str, Life]) -> None:
    """Everything at its hour; stories begin ten minutes apart, so that no two moves meet."""
    turns: list[tuple[datetime, int, Life, Move]] = []
    for name, life in lives.items():
        story = STORIES[name]
        moves = [(hours, _told(kind, filled(data, life, story))) for hours, kind, data in story.told]
        for hours, run, step, outcome in story.answers:
            moves.append((hours, _answered(run.format(id=life.id, term=term(life, story)), step, outcome)))
        turns += [(life.began + timedelta(hours=hours), len(turns), life, move) for hours, move in moves]
    for moment, _, life, move in sorted(turns, key=lambda turn: turn[:2]):
        await first.env.sleep(max(moment - await first.now(), timedelta(0)))
        await move(life)
    await first.until_day(38)


def _told(kind: str, said: dict[str, Any]) -> Move:
    return lambda life: tell(life, kind, said)


def _answered(workflow_id: str, step: str, outcome: str) -> Move:
    async def move(life: Life) -> None:
        asked = OutcomeRequest(outcome=outcome, by="marta", step=step, note="done", request_id=f"{step}:{outcome}")
        await life.handle(workflow_id).execute_update(Play.answer, asked)
        await life.settle()

    return move


async def engine(lives: dict[str, Life]) -> dict[str, Lived]:
    """What the tables hold."""
    found = {}
    for name, life in lives.items():
        done = await life.done()
        sends = [
            (life.id, one.created_at, (one.template, "email"))
            for one in done.said
            if one.status is CommunicationStatus.SENT
        ]
        sends += [(life.id, one.at, (one.type, "in_app")) for one in done.feed]
        tasks = [
            (life.id, at, (one.type, what))
            for one in done.tasks
            for what, at in (("made", one.created_at), ("due", one.due))
        ]
        rises = [(life.id, one.at, (one.role.value,)) for one in done.notices if _rises(life.here, one.key)]
        found[name] = Lived(sorted(sends), sorted(tasks), sorted(rises))
        ends = tuple(sorted((run.playbook, run.status) for run in done.runs.values()))
        assert ends == STORIES[name].ends, (name, ends)
    return found  # fmt: skip


def _rises(here: Company, key: str) -> bool:
    """Whether a level of an escalation path or an escalate step told it."""
    step = key.rpartition("|")[2].partition("#")[0]
    plays = here.given.playbooks.all()
    return step == "escalation" or any(
        one.id == step and isinstance(one, EscalateStep) for play in plays for one in play.steps
    )


def simulation(lives: dict[str, Life], playbooks: tuple[Playbook, ...], ends: datetime) -> dict[str, Lived]:
    """The same customers with the same events; those to whom nobody answers are simulated together."""
    together = [name for name in lives if not STORIES[name].reactions]
    groups = [together, *([name] for name in lives if STORIES[name].reactions)]
    found = {}
    for group in groups:
        tally = _simulated({name: lives[name] for name in group}, playbooks, ends)
        for name in group:
            found[name] = _lived(tally, lives[name].id)
    return found


def _simulated(lives: dict[str, Life], playbooks: tuple[Playbook, ...], ends: datetime) -> Tally:
    templates = Templates.load()
    house = worker.house(next(iter(lives.values())).here.settings)
    script = [
        {
            "customer": life.id,
            "event": kind,
            "at": life.began + timedelta(hours=hours),
            "data": filled(data, life, STORIES[name]),
        }
        for name, life in lives.items()
        for hours, kind, data in STORIES[name].told
    ]
    reactions = [one for name in lives for one in STORIES[name].reactions]
    world = World(
        begins=min(life.began for life in lives.values()),
        ends=ends,
        playbooks=playbooks,
        texts=texts_of(templates),
        rules=Rules(house.quiet_from, house.quiet_until, house.weekly_cap, house.default_zone, house.country),
        calendar=LibraryCalendars().of,
        daily=False,  # no sweep runs here
        team=(Manager(MARTA.id, MARTA.segments),),
        tips=tips_of(templates, playbooks),
        responses=Responses.model_validate({"script": [subjected(one) for one in script], "reactions": reactions}),
    )
    return simulate(world, [_account(life, STORIES[name]) for name, life in lives.items()])


def subjected(one: dict[str, Any]) -> dict[str, Any]:
    """The event with its subject in its name, as a responses file says it."""
    subject = subject_of(EventType(one["event"]), one["data"])
    return {**one, "event": f"{one['event']}:{subject}" if subject else one["event"]}


def _account(life: Life, story: Story) -> Account:
    said = life.said
    ends = story.row.get("renews_in")
    return Account(
        id=said.id,
        plan=said.plan,
        segment=segment_of(said.plan, said.segment),
        stage=LifecycleStage.GROWING,
        status=SubscriptionStatus.ACTIVE,
        cycle=1,
        zone=said.timezone,
        country=(said.locale or "")[3:],
        csm=MARTA.id,
        subscribed_at=life.began - timedelta(days=100),
        renewal_at=None
        if ends is None
        else datetime.combine((life.began + timedelta(days=ends)).date(), time(), tzinfo=UTC),
        facts=story.facts,
    )


def _lived(tally: Tally, who: str) -> Lived:
    sends = [(who, one.at, (one.template, one.channel)) for one in tally.sends if one.customer == who]
    tasks = [
        (who, at, (one.kind, what))
        for one in tally.tasks
        if one.customer == who
        for what, at in (("made", one.at), ("due", one.due))
    ]
    rises = [(who, one.at, (one.role,)) for one in tally.rises if one.customer == who]
    return Lived(sorted(sends), sorted(tasks), sorted(rises))  # fmt: skip


def differences(engine: list[Row], simulated: list[Row]) -> list[object]:
    """Rows without their like, at most some seconds apart."""
    mine, theirs = (sorted(rows, key=lambda row: (row[0], row[2], row[1])) for rows in (engine, simulated))
    if [row[2] for row in mine] != [row[2] for row in theirs]:
        return [("engine", mine), ("simulator", theirs)]
    return [pair for pair in zip(mine, theirs, strict=True) if abs(pair[0][1] - pair[1][1]) > CLOSE]


async def test_simulated_processes_do_what_the_engine_does(
    skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path
) -> None:
    extra = by_the_calendar()
    async with company(skipping.client, plain_url, tmp_path, clock=skipping.get_current_time) as usual:
        here = employing(usual, extra)
        await hire(here.store, MARTA)
        now = (await skipping.get_current_time()).astimezone(UTC)
        begins = begun_at(now)
        await skipping.sleep(begins - now)
        lives: dict[str, Life] = {}
        for number, (name, story) in enumerate(STORIES.items()):
            said = {"plan": "growth", "csm_id": MARTA.id, "locale": "es-ES", "timezone": MADRID, **story.said}
            lives[name] = life = Life(skipping, here, somebody(**said))
            life.began = begins + timedelta(minutes=10 * number)
            await settle_in(life, story)
        first = next(iter(lives.values()))
        try:
            async with here.worker():
                await live_through(first, lives)
                done = await engine(lives)
        finally:
            for life in lives.values():
                await end(here.client, [*(await life.done()).runs, lifecycle_id(life.id)])
        told = simulation(lives, here.given.playbooks.all(), await first.now())
    problems: dict[str, list[object]] = {}
    for name, lived in done.items():
        assert lived.sends or lived.tasks, f"{name}: a story in which nothing happens proves nothing"
        for what in ("sends", "tasks", "rises"):
            if found := differences(getattr(lived, what), getattr(told[name], what)):
                problems[f"{name}: {what}"] = found
    assert not problems, "\n".join(f"{name}: {each}" for name, found in problems.items() for each in found)
