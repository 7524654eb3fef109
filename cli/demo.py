"""``starter.py demo``: the use cases of section 15 on made data, labelled as such everywhere, and never evidence (V9).

The book lives in a database of its own that is gone afterwards; nothing of it can be attested, approved or published.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analysis.made_book import LAST, SCENARIOS, MadeBook, Scenario
from analysis.made_book import make as make_book
from analysis.mrr_definitions import RECOMMENDED, definition
from cli.context import Context
from cli.metrics import revenue
from cli.output import json_text, print_json, say
from cli.report_portfolio import contents, put, write
from models.clock import REAL
from models.figure import Figure
from models.portfolio_book import Demonstration, Planted
from models.portfolio_page import PortfolioPage
from models.report import ReportContent
from persistence import migrate
from persistence.book import BookLoader
from persistence.store import SqlStore
from rendering.portfolio_page import page as render
from rendering.portfolio_tables import tables
from settings import load

AS_OF = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
AUTHOR = "made data"


class UseCase(StrEnum):
    """Which."""

    CHURN = "churn"
    NRR = "nrr"


class Still(Context):
    """A context of a book that was made as of one moment."""

    def now(self) -> datetime:
        """That moment."""
        return AS_OF


def demo(
    case: Annotated[UseCase, typer.Argument(help="Monthly churn, or net revenue retention.")],
    folder: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write page, tables and JSON here.")],
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed makes the same book.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """A demonstration on made data, not a result: the real metrics on a book whose changes were put in by hand."""
    page = asyncio.run(_made(SCENARIOS[case.value], seed))
    written = write(page, None, folder, render, tables)
    written.append(put(folder / f"demonstration-{case.value}.html", render(page), "--out"))
    written.append(put(folder / f"demonstration-{case.value}.json", json_text(page), "--out"))
    if as_json:
        print_json(page)
        return
    assert page.demonstration is not None
    say(f"{page.demonstration.label}; seed {seed}, {page.demonstration.accounts} made accounts")
    for one in page.demonstration.planted:
        say(f"- {one.month:%Y-%m}: put in: {one.planted}; found: {one.found:short}")
    for path in written:
        say(f"written: {path}")


async def _made(scenario: Scenario, seed: int) -> PortfolioPage:
    made = make_book(scenario, seed)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/made.db"
        await asyncio.to_thread(migrate.upgrade, url)
        store = SqlStore.open(url)
        try:
            loader = BookLoader(store.database)
            await loader.accounts(made.accounts, as_of=AS_OF)
            await loader.subscriptions(made.subscriptions)
            return await _page(Still(load(), store, REAL), scenario, made, seed)
        finally:
            await store.close()


async def _page(context: Context, scenario: Scenario, made: MadeBook, seed: int) -> PortfolioPage:
    first = made.months[scenario.months][0]
    content = await contents(context, first, LAST, RECOMMENDED.name, AUTHOR)
    found = (await revenue(context, [definition(RECOMMENDED.name)], made.months[0][0], LAST))[0].figures()
    told = [one.logo_churn if scenario.name == UseCase.CHURN else one.nrr for one in found]
    demonstration = Demonstration(
        name=scenario.name, title=scenario.title, situation=scenario.situation, seed=seed, accounts=len(made.accounts),
        planted=tuple(
            Planted(month=month, planted=rates.words, found=figure)
            for (month, rates), figure in zip(made.months, told, strict=True)
        ),
    )  # fmt: skip
    content = _labelled(content, scenario.title, demonstration.label)
    return PortfolioPage(id="", content=content, sha256=content.sha256, demonstration=demonstration)


def _labelled(content: ReportContent, title: str, label: str) -> ReportContent:
    """Every figure carries the label as its first note, wherever it is copied to."""
    figures: dict[str, Figure] = {
        name: one.model_copy(update={"notes": (label, *one.notes)}) for name, one in content.figures.items()
    }
    return content.model_copy(
        update={"title": title, "figures": figures, "notes": f"{label[0].upper()}{label[1:]}. Nothing was measured."}
    )
