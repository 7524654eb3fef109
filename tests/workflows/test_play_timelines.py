"""Each play on a clock that skips, with its whole timeline against sections 7.2, 7.3 and 14 of the domain.

All stories are lived at once, on one server and one worker: a customer each, begun on the same Monday at nine.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from models.event_kinds import INTERNAL, EventType
from rules.quarters import quarter_end, quarter_of
from tests.harness import company, hire
from tests.workflows import timelines as t
from tests.workflows.inline import growing, hears
from tests.workflows.life import MARTA, Life, living, somebody
from tests.workflows.stories_programs import PROGRAM_STORIES
from tests.workflows.stories_save import SAVE_STORIES
from tests.workflows.timelines import Story

STORIES: dict[str, Story] = {**SAVE_STORIES, **PROGRAM_STORIES}


MADRID = "Europe/Madrid"


def label(span: timedelta) -> str:
    """``2d12h``: days and whole hours."""
    hours = int(span.total_seconds() / 3600 + 0.05)
    return f"{hours // 24}d{hours % 24}h" if hours % 24 else f"{hours // 24}d"


async def test_every_play_keeps_its_timeline(skipping: WorkflowEnvironment, plain_url: str, tmp_path: Path) -> None:
    clock = skipping.get_current_time
    async with (
        company(skipping.client, plain_url, tmp_path, clock=clock, weekly_cap=50) as here,
        living(skipping, here, csm_id=MARTA.id) as first,
    ):
        await hire(here.store, MARTA)
        lives: dict[str, Life] = {}
        for name, story in STORIES.items():
            life = Life(skipping, here, somebody(plan=story.plan, csm_id=MARTA.id))
            life.began = first.began
            lives[name] = life
            await growing(life, **{"mrr": Decimal(149), "currency": "EUR", **story.customer})
        for name, story in STORIES.items():
            await t.settled_in(lives[name])
            for prepare in story.prepare:
                await prepare(lives[name], "")
        began = await first.now()
        quarter = quarter_of(began, MADRID)
        begins: dict[str, datetime] = {}
        for name, story in STORIES.items():
            kind, said = story.starts
            data: dict[str, Any] = {
                key: value.format(quarter=quarter, id=lives[name].id) if isinstance(value, str) else value
                for key, value in said.items()
            }
            begins[name] = await first.now()
            if EventType(kind) in INTERNAL:
                await hears(
                    lives[name], kind, **{"from_" if key == "from" else key: each for key, each in data.items()}
                )
            else:
                await lives[name].tell(EventType(kind), **data)
        problems: dict[str, list[object]] = defaultdict(list)
        turns = sorted(
            (
                (begins[name] + timedelta(hours=hours, minutes=5), name, move)
                for name, story in STORIES.items()
                for hours, move in story.moves
            ),
            key=lambda turn: turn[:2],
        )
        for moment, name, move in turns:
            wait = moment - await first.now()
            if wait > timedelta(0):
                await first.pass_time(seconds=wait.total_seconds())
            try:
                await move(lives[name], STORIES[name].run.format(id=lives[name].id, quarter=quarter))
            except AssertionError as error:
                problems[name].append(error)
        await first.settle()
        await first.pass_time(seconds=(began + timedelta(days=181) - await first.now()).total_seconds())
        seen, expected = {}, {}
        for name, story in STORIES.items():
            run = story.run.format(id=lives[name].id, quarter=quarter)
            done = await lives[name].done()
            begun = done.runs[run].started
            over = datetime.combine(first.began.date() + timedelta(days=30), time(), tzinfo=UTC)
            words = {
                "overdue": label(quarter_end(quarter, MADRID) + timedelta(days=14) - begun),
                "over": label(over - begun),
            }
            steps = [
                (
                    label(one.ended - begun) if one.ended and one.status != "unreached" else "",
                    step,
                    one.result or one.status,
                )
                for step, one in done.steps[run].items()
            ]
            told = tuple(one.role.value for one in done.notices if one.workflow_id == run and one.role != "csm")
            mails = tuple(one.template for one in done.said if one.workflow_id == run)
            seen[name] = [sorted(steps), done.runs[run].status, told, mails]
            expected[name] = [
                sorted((when.format(**words), step, how) for when, step, how in story.steps),
                story.ends,
                story.notices,
                story.mails or (),
            ]
        for name, found in seen.items():
            if found != expected[name]:
                problems[name] += [(a, b) for a, b in zip(found, expected[name], strict=True) if a != b]
        assert not problems, "\n".join(f"{name}: {each}" for name, found in problems.items() for each in found)
