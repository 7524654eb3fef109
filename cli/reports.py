"""``starter.py report``: drafts, what is open, the request for approval, publication (sections 18.2, 18.3 and 18.5)."""

import asyncio
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import JsonValue

from activities import reporting
from analysis.cohorts import COHORTS
from analysis.mrr_definitions import DEFINITIONS, RECOMMENDED
from analysis.portfolio_book import GROUPS, LISTS
from cli.context import Context, open_context
from cli.output import print_json, print_table, say
from cli.report_draft import draft as draft_report
from cli.report_draft import read
from cli.report_portfolio import check_places, make, page_of, write
from cli.validate import validated
from models.errors import BadInput
from models.figure import Reference
from models.portfolio_page import PortfolioPage
from models.report import Published, Report, Verdict
from models.report_checklist import ItemState
from persistence.queries import queries
from persistence.spans import MRR_ROWS
from rendering.portfolio_page import page as render
from rendering.portfolio_tables import tables
from rules.report_checklist import open_gates, states

app = typer.Typer(help="Reports whose claims carry their evidence.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Id = Annotated[str, typer.Argument(metavar="REPORT", help="The report's id.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="The person who does it.")]


def known() -> frozenset[Reference]:
    """Every definition and query whose text can be printed today."""
    return frozenset(
        one.ref for one in (*COHORTS.values(), *DEFINITIONS.values(), *queries().values(), MRR_ROWS, GROUPS, LISTS)
    )


class Checked(NamedTuple):
    """A report, its checklist, and what becomes of its claims."""

    report: Report
    items: tuple[ItemState, ...]
    claims: tuple[Verdict, ...]

    def payload(self) -> dict[str, JsonValue]:
        """As JSON."""
        return {
            "report": self.report.id,
            "title": self.report.content.title,
            "sha256": self.report.sha256,
            "published_at": self.report.published_at.isoformat() if self.report.published_at else None,
            "may_be_published": not open_gates(self.items),
            "items": [
                state.item.model_dump(mode="json")
                | {"gates": state.item.gates, "done": state.done, "detail": state.detail}
                for state in self.items
            ],
            "claims": [one.model_dump(mode="json") for one in self.claims],
        }  # fmt: skip


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Title, author, months, claims, words, in YAML.")],
    as_json: Json = False,
) -> None:
    """Make the figures of a report and keep it; nothing is published."""
    made = asyncio.run(_draft(file))
    if as_json:
        print_json(made)
        return
    say(f"{made.id}  {made.content.title}: {len(made.content.figures)} figures, {len(made.content.claims)} claims")
    say(f"What is open: starter.py report check {made.id}")


async def _draft(file: Path) -> Report:
    async with open_context() as context:
        return await draft_report(context, read(file))


@app.command()
def portfolio(
    start: Annotated[str | None, typer.Option("--from", metavar="MONTH", help="First month, such as 2026-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="Last month; the last one over.")] = None,
    by_definition: Annotated[
        str, typer.Option("--definition", metavar="NAME", help="How MRR is counted.")
    ] = RECOMMENDED.name,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page that needs nothing.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="DIR", help="Write one CSV file for each table.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Keep it as this person's draft, to be published.")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--report", metavar="REPORT", help="One that was kept, as it was made.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The whole book in a period, against the period before: figures, plots, groups, KPIs, exceptions, gates."""
    if of is not None and (start or until or by):
        raise BadInput("a kept report has its months and its author", field="--report", value=of)
    check_places(html, csv)
    page = asyncio.run(_portfolio(start, until, by_definition, by, of))
    written = write(page, html, csv, render, tables)
    if as_json:
        print_json(page)
        return
    content = page.content
    waiting = len(page.open_items)
    say(f"{page.id or 'kept nowhere'}  {content.title}: {len(content.figures)} figures, {waiting} items open")
    for one in content.figures.values():
        say(f"- {one}")
    for path in written:
        say(f"written: {path}")


async def _portfolio(start: str | None, until: str | None, rule: str, by: str | None, of: str | None) -> PortfolioPage:
    async with open_context() as context:
        if of is None:
            report, _ = await make(context, start, until, rule, by)
        else:
            async with context.store.read() as tx:
                report = await tx.reports.get(of)
        return await page_of(context, report, known())


@app.command("list")
def list_(as_json: Json = False) -> None:
    """The newest reports."""
    found = asyncio.run(_list())
    if as_json:
        print_json([{"id": one.id, "title": one.content.title, "author": one.content.author,
                     "created_at": one.created_at, "published_at": one.published_at} for one in found])  # fmt: skip
        return
    rows = [(one.id, one.content.title, one.content.author, one.published_at or "draft") for one in found]
    print_table("Reports", ("id", "title", "author", "published"), rows)


async def _list() -> list[Report]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.reports.all()


@app.command()
def check(report: Id, as_json: Json = False) -> None:
    """The checklist, and what becomes of each claim. Exit 1 while something gates publication."""
    found = asyncio.run(_check(report))
    if as_json:
        print_json(found.payload())
    else:
        _show(found)
    if open_gates(found.items):
        raise typer.Exit(1)


async def _check(report: str) -> Checked:
    async with open_context() as context:
        return await _checked(context, report)


async def _checked(context: Context, report: str) -> Checked:
    async with context.store.read() as tx:
        standing = await reporting.standing(tx, report, known(), context.now())
    return Checked(standing.report, states(standing), reporting.verdicts(standing))


def _show(found: Checked) -> None:
    waiting = open_gates(found.items)
    say(f"{found.report.id}  {found.report.content.title}, content {found.report.sha256[:12]}")
    say("published" if found.report.published_at else f"{len(waiting)} items open" if waiting else "may be published")
    print_table(
        "Checklist",
        ("phase", "item", "what", "by", "state", "detail"),
        [
            (
                state.item.phase, state.item.id, state.item.text, state.item.how,
                "done" if state.done else "open" if state.item.gates else "after", state.detail,
            )
            for state in found.items
        ],
    )  # fmt: skip
    if found.claims:
        rows = [(one.claim, one.kind, "yes" if one.allowed else "refused", one.text) for one in found.claims]
        print_table("Claims", ("claim", "kind", "allowed", "what is published"), rows)


@app.command()
def submit(report: Id, by: By) -> None:
    """Ask somebody else for a yes to this content."""
    asked = asyncio.run(_submit(report, by))
    say(f"approval {asked} is asked for; to decide: starter.py approvals approve {asked} --by NAME")


async def _submit(report: str, by: str) -> int:
    async with open_context() as context:
        return (await reporting.submit(context.store, report, by, context.now())).number


@app.command()
def publish(
    report: Id,
    by: By,
    file: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it here as text.")] = None,
    as_json: Json = False,
) -> None:
    """Validate, and publish if nothing is open; claims without their evidence are replaced by what is missing."""
    published = asyncio.run(_publish(report, by))
    text = told(published)
    if file is not None:
        file.write_text(text, encoding="utf-8")
    if as_json:
        print_json(published)
    elif file is None:
        say(text)


async def _publish(report: str, by: str) -> Published:
    async with open_context() as context:
        async with context.store.read() as tx:
            before = (await tx.reports.get(report)).published
        if before is not None:
            return before
        validation = await validated(context, "before_publishing")
        made = await reporting.publish(context.store, report, by, context.now(), known(), validation)
    assert made.published is not None
    return made.published


@app.command()
def show(report: Id, as_json: Json = False) -> None:
    """What was published; of a draft, its figures."""
    found = asyncio.run(_get(report))
    if as_json:
        print_json(found)
    elif found.published is not None:
        say(told(found.published))
    else:
        say(f"{found.content.title}: a draft")
        for one in found.content.figures.values():
            say(f"- {one}")


async def _get(report: str) -> Report:
    async with open_context() as context, context.store.read() as tx:
        return await tx.reports.get(report)


def told(published: Published) -> str:
    """The publication as text."""
    parts = [published.title, f"{published.period}, compared with {published.compared_with}", ""]
    parts += [f"- {one.text}" for one in published.claims]
    parts += ["", *published.commentary, "", "Figures", *(f"- {one}" for one in published.figures)]
    parts += ["", f"Notes on anomalies and method: {published.notes}", "", "Definitions and queries"]
    parts += [f"- {one}" for one in published.method]
    parts += ["", f"Validated: {published.validation}", f"Approved by: {published.approved_by}", "Checked"]
    return "\n".join((*parts, *(f"- {one}" for one in published.attested), ""))
