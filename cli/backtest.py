"""``starter.py backtest``: whom a playbook would have touched in the past, how early, and how often in vain."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncConnection

from analysis.backtest import FALSE, Gone, Past, judge
from analysis.backtest_figures import Asked, report
from analysis.backtest_triggers import Watch, signs, watch
from cli.backtest_print import print_backtest
from cli.context import Context, open_context
from cli.output import print_json
from models.backtest import Backtest, Departure, Grid
from models.errors import BadInput, NotFound, Refused
from models.playbook import Playbook
from persistence.departures import departures, last_told
from persistence.fact_columns import FactColumns
from persistence.paid_periods import PaidPeriod, paid_periods
from playbooks.catalog import Catalog

PAGE = 2_000
LONGEST = timedelta(days=730)
"""How far back is looked without --from."""

Told = Callable[[date], None]


def backtest(
    playbook: Annotated[str | None, typer.Argument(metavar="PLAYBOOK", help="A playbook by id.")] = None,
    trigger: Annotated[
        str | None,
        typer.Option("--trigger", metavar="EVENT", help="Instead: an event, such as signal_opened:failed_payment."),
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Two years back if absent.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day known if absent.")] = None,
    grid: Annotated[Grid, typer.Option("--grid", help="How often the past is looked at.")] = Grid.WEEK,
    horizon: Annotated[int, typer.Option("--horizon", min=7, max=730, help="Days after an entry that count.")] = 90,
    outcome: Annotated[
        Departure, typer.Option("--outcome", help="left: nothing is paid for any more; recorded: a churn event.")
    ] = Departure.LEFT,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document with every entry.")] = False,
) -> None:
    """Hold a playbook's trigger against who then left, with nothing that was not known on its day."""
    if (playbook is None) is (trigger is None):
        raise BadInput("give a playbook or --trigger", field="PLAYBOOK")
    plays = _named(playbook) if playbook is not None else ()
    event = plays[0].trigger if plays else str(trigger)
    watched = watch(event, _one_of(plays))
    begins, ends = _day(first, "--from"), _day(last, "--to")
    done = asyncio.run(_run(playbook or event, event, watched, begins, ends, grid, horizon, outcome))
    if as_json:
        print_json(done)
    else:
        print_backtest(done)


def _named(playbook: str) -> tuple[Playbook, ...]:
    known = Catalog.load().all()
    found = tuple(one for one in known if one.id == playbook)
    if not found:
        ids = ", ".join(dict.fromkeys(one.id for one in known))
        raise NotFound(f"no such playbook; known: {ids}", field="PLAYBOOK", value=playbook)
    return found


def _one_of(plays: Sequence[Playbook]) -> Playbook | None:
    """Files that share an id are for different segments: together they are for all of those."""
    if not plays:
        return None
    segments = () if any(not one.segments for one in plays) else tuple(s for one in plays for s in one.segments)
    return plays[0].model_copy(update={"segments": segments})


def _day(text: str | None, field: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a day such as 2024-12-31", field=field, value=text) from None


async def _run(
    name: str,
    event: str,
    watched: Watch,
    first: date | None,
    last: date | None,
    grid: Grid,
    horizon: int,
    outcome: Departure,
) -> Backtest:
    async with open_context() as context, context.engine.read() as connection:
        now = await last_told(connection, context.now())
        ends = min(last or now.date(), now.date())
        seen = now if ends == now.date() else datetime.combine(ends, time(23, 59, 59), UTC)
        days = looks(first or ends - LONGEST, ends, grid)
        if not days:
            raise BadInput("no day to look at between the two", field="--from", value=str(first))
        past = await _past(connection, context, watched, days, seen, outcome)
    return report(Asked(name, event, outcome, grid, horizon, seen), past, judge(past, horizon))


def looks(first: date, last: date, grid: Grid) -> list[date]:
    """The days looked at: every Sunday, or every last day of a month."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    if grid is Grid.WEEK:
        return [day for day in days if day.weekday() == 6]
    return [day for day in days if (day + timedelta(days=1)).day == 1]


async def _past(
    connection: AsyncConnection, _context: Context, watched: Watch, days: list[date], seen: datetime, what: Departure
) -> Past:
    periods = await paid_periods(connection, as_of=seen)
    if not periods:
        raise Refused("nobody was ever paid for: there is no past to look at")
    customers = sorted(periods)
    number = {customer: position for position, customer in enumerate(customers)}
    present = np.array([[_paying(periods[one], day) for one in customers] for day in days], np.bool_)
    held = np.full(present.shape, FALSE, np.int8)
    with Progress(disable=not sys.stderr.isatty(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("facts of each look", total=len(days))
        for row, day in enumerate(days):
            ids = [one for one, here in zip(customers, present[row], strict=True) if here]
            for one, sign in (await _signs(connection, watched, ids, day)).items():
                held[row, number[one]] = sign
            bar.advance(task)
    gone = [
        Gone(number[one.customer], one.day, None if one.mrr is None else float(one.mrr))
        for one in await departures(connection, what, periods, as_of=seen)
        if one.customer in number
    ]
    return Past(customers, days, held, present, gone, seen.date())


async def _signs(connection: AsyncConnection, watched: Watch, ids: list[str], day: date) -> Mapping[str, int]:
    found: dict[str, int] = {}
    reader = FactColumns(connection)
    for start in range(0, len(ids), PAGE):
        page = await reader.read(
            ids[start : start + PAGE], watched.facts, as_of=datetime.combine(day, time(23, 59, 59), UTC)
        )
        found.update(zip(page.ids, signs(watched, page.facts, len(page.ids)), strict=True))
    return found


def _paying(periods: Sequence[PaidPeriod], day: date) -> bool:
    return any(one.began <= day and (one.until is None or day < one.until) for one in periods)
