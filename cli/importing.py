"""``starter.py import``: a book of customers from CSV files, and the word that they may be contacted."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.context import Context, open_context
from cli.import_report import print_report, progress_bar
from cli.output import print_json, say
from intake.csv.importer import Importer
from intake.csv.lifecycles import TemporalLifecycles
from intake.csv.mapping import Mapping
from intake.csv.mapping_file import currency_refused, load_mapping
from intake.csv.parsed import ParsedBook, directory_of
from intake.csv.portfolio import AsOf, derive_all, report
from intake.csv.portfolio import as_of as as_of_day
from intake.csv.report import ImportReport
from models.clock import utc_now
from models.errors import BadInput
from persistence.book import BookLoader
from settings import Settings, load
from stack import clock_file

PATIENCE = timedelta(seconds=20)
"""Where a worker runs, a first stage is written many times a second."""


def import_(
    directory: Annotated[Path | None, typer.Argument(metavar="DIR", help="The directory of the CSV files.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="What the files and columns mean, in YAML.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The last day to look at; today if absent.")
    ] = None,
    activate: Annotated[bool, typer.Option("--activate", help="Imported customers may be contacted now.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, check and report; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document with every refusal.")] = False,
) -> None:
    """Load customers, subscriptions, usage, tickets and churn events; nobody is contacted before --activate."""
    if directory is None and not activate:
        raise BadInput("is needed, unless --activate is all that is asked", field="DIR")
    if (directory is None) is not (mapping is None):
        raise BadInput("DIR and --mapping go together", field="--mapping")
    if dry_run and activate:
        raise BadInput("--dry-run changes nothing, so it cannot activate", field="--activate")
    day = _day(as_of)
    if directory is not None and mapping is not None:
        settings = load()
        parsed = ParsedBook(directory_of(directory), _checked(mapping, settings))
        when = as_of_day(day, now=clock_file.read(settings.home).virtual(utc_now()), zone=settings.business_zone)
        done = report(parsed, derive_all(parsed, when), when, dry_run=True) if dry_run else None
        done = done or asyncio.run(_import(parsed, when))
    else:
        done = None
    released = asyncio.run(_activate()) if activate else None
    _show(done, released, as_json)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a day such as 2024-12-31", field="--as-of", value=text) from None


def _checked(path: Path, settings: Settings) -> Mapping:
    mapping = load_mapping(path)
    if mapping.currency != settings.currency:
        raise currency_refused(path, mapping, settings.currency)
    return mapping


async def _importer(context: Context) -> tuple[BookLoader, TemporalLifecycles]:
    """Temporal first: when it does not answer, nothing is loaded either."""
    client = await context.temporal()
    lifecycles = TemporalLifecycles(client, task_queue=context.settings.task_queue, clock=context.clock)
    return BookLoader(context.engine), lifecycles


async def _import(parsed: ParsedBook, when: AsOf) -> ImportReport:
    async with open_context() as context:
        book, lifecycles = await _importer(context)
        with progress_bar(parsed) as progress:
            return await Importer(book, lifecycles, progress, patience=PATIENCE).run(parsed, when)


async def _activate() -> int:
    async with open_context() as context:
        book, lifecycles = await _importer(context)
        now = context.now()

        async def release() -> list[str]:
            async with context.store.begin() as transaction:
                return await transaction.customers.activate_outreach(now)

        return await Importer(book, lifecycles).activate(release, now)


def _show(done: ImportReport | None, released: int | None, as_json: bool) -> None:
    if as_json:
        document = {} if done is None else done.model_dump(mode="json")
        print_json(document if released is None else document | {"activated": released})
        return
    if done is not None:
        print_report(done)
    if released is not None:
        say(f"{released} customers were held and may be contacted from now on.")
    elif done is not None and not done.dry_run:
        say("Imported customers are contacted only after: starter.py import --activate")
