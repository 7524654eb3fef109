"""``starter.py simulate``: what the playbooks would do to the whole book in the days to come, without doing it."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from activities.house import House
from analysis.simulation.book import Progress as Told
from analysis.simulation.book import simulate as live_through
from analysis.simulation.summary import summarise
from cli.context import open_context
from cli.output import print_json, say
from cli.simulation_files import check_customers, read_responses
from cli.simulation_report import print_simulation
from cli.simulation_world import accounts_of, managers_of, stored, world_of
from intake.team import read_team
from models.errors import BadInput
from models.responses import Responses
from models.simulation import Simulation
from playbooks.catalog import DIRECTORY, Catalog
from rendering.catalogue import Templates
from settings import Settings

RECENT = timedelta(hours=1)
"""A moment as recent as this is now: what runs now goes on in the simulation."""


def make(house_of: Callable[[Settings], House]) -> Callable[..., None]:
    """The command; ``house_of`` is what a worker makes of its settings."""

    def simulate(
        playbook: Annotated[
            str | None, typer.Argument(metavar="PLAYBOOK", help="One playbook by id; without it, all together.")
        ] = None,
        days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days.")] = 90,
        as_of: Annotated[
            str | None,
            typer.Option("--as-of", metavar="MOMENT", help="Begin then, with the facts of then; now if absent."),
        ] = None,
        customer: Annotated[str | None, typer.Option("--customer", help="Only this customer.")] = None,
        responses: Annotated[
            Path | None, typer.Option("--responses", metavar="FILE", help="How people answer; see docs/simulate.md.")
        ] = None,
        team: Annotated[
            Path | None,
            typer.Option("--team", metavar="FILE", help="Managers with their weekly_tasks; else as stored."),
        ] = None,
        directory: Annotated[
            Path, typer.Option("--playbooks", metavar="DIR", help="Playbooks to simulate, such as an edited copy.")
        ] = DIRECTORY,
        activate: Annotated[
            bool, typer.Option("--activate", help="As if imported customers could be contacted.")
        ] = False,
        html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots.")] = None,
        processes: Annotated[int | None, typer.Option("--processes", min=1, max=64, hidden=True)] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Live through the days to come with the engine's own interpreter and contact rules; nothing is touched."""
        templates = Templates.load()
        playbooks = Catalog.load(directory, templates).all()
        said = read_responses(responses, playbooks) if responses is not None else Responses()
        hired = read_team(team) if team is not None else None

        async def run() -> Simulation:
            async with open_context() as context:
                now = context.now()
                begins = _moment(as_of) if as_of is not None else now
                book = await stored(context, playbooks, begins, customer)
                if responses is not None and customer is None:
                    check_customers(said, {one.id for one in book.customers}, responses)
                house = house_of(context.settings)
            managers = managers_of(book, hired)
            world = world_of(house, templates, playbooks, managers, said, begins=begins, days=days, only=playbook)
            accounts = accounts_of(book, house, activate=activate, present=abs(now - begins) <= RECENT)
            with _bar(len(accounts)) as told:
                tally = live_through(world, accounts, processes=processes, progress=told)
            return summarise(world, accounts, tally)

        done = asyncio.run(run())
        if html is not None:
            from rendering.simulation_page import page  # the plots' library takes a second to load

            _write(html, page(done))
        if as_json:
            print_json(done)
            return
        print_simulation(done)
        if html is not None:
            say(f"Page: {html}")

    return simulate


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a day or a moment such as 2026-03-01T09:00:00Z", field="--as-of", value=text) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", field="--html", value=str(path)) from None


@contextmanager
def _bar(total: int) -> Iterator[Told]:
    """A bar on a terminal's stderr; nothing in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("customers", total=total)
        yield lambda more: progress.advance(task, more)
