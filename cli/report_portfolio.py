"""Makes a portfolio report: the figures and the book of a period, its gates, and the files it is written to."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from activities import exceptions, reporting
from analysis.mrr_definitions import definition
from analysis.portfolio_book import Question, portfolio_book
from analysis.revenue import months_of
from analysis.revenue_change import month_changes
from cli.context import Context
from cli.customer_metrics import customer_figures
from cli.customer_metrics import read as read_rows
from cli.metrics import revenue
from cli.months import last_day, span
from cli.report_draft import REVENUE, before
from cli.validate import validated
from models.errors import BadInput
from models.figure import Reference
from models.ids import new_id
from models.portfolio_page import PortfolioPage
from models.report import Report, ReportContent
from models.report_standing import ReportStanding
from persistence.customer_groups import QUERY, members
from playbooks.catalog import Catalog
from rules.report_checklist import is_person, states

UNSIGNED = "nobody yet"


async def make(
    context: Context, start: str | None, until: str | None, rule_name: str, by: str | None
) -> tuple[Report, bool]:
    """The report of those months; kept as a draft where a person signs it with ``by``.

    Raises:
        BadInput: a month, a definition or a name is wrong.
    """
    if by is not None and not is_person(by):
        raise BadInput("a person signs a report, by name (V11)", field="--by", value=by)
    zone = ZoneInfo(context.settings.business_zone)
    first, last = span(start, until, context.now().astimezone(zone).date(), months=6)
    content = await contents(context, first, last, rule_name, by or UNSIGNED)
    report = Report(
        id="" if by is None else new_id("report"), content=content, created_at=content.as_of, sha256=content.sha256
    )
    if by is not None:
        async with context.store.begin() as tx:
            await tx.reports.add(report)
    return report, by is not None


async def contents(context: Context, first: date, last: date, rule_name: str, author: str) -> ReportContent:
    """Figures, changes and the book of the period, each against as many months before."""
    rule = definition(rule_name, field="--definition")
    begun, compared_last = before(first, last), first - timedelta(days=1)
    found = (await revenue(context, [rule], begun, last))[0]
    ends = [flow for flow in found.flows if flow.month in (compared_last.replace(day=1), last)]
    earlier, money = months_of(ends, found.book, found.frame)
    told = await customer_figures(context, first, last)
    rows = await read_rows(context, first, last_day(last))
    now = context.now()
    async with context.store.read() as tx:
        groups = await members(tx.connection)
        today = now.astimezone(ZoneInfo(context.settings.business_zone)).date()
        listed = await exceptions.lists(tx, Catalog.load(), today=today, now=now)
    asked = Question(begun, first, last, found.frame, QUERY.ref)
    own = [getattr(money, name) for name in REVENUE]
    return ReportContent(
        title=f"Portfolio, {first:%Y-%m} to {last:%Y-%m}", author=author, first=first, last=last_day(last),
        compared_first=begun, compared_last=compared_last, as_of=now, definition=rule.name,
        figures={one.name: one for one in own} | told.figures,
        changes=month_changes(found.book, earlier, money) | told.changes,
        book=portfolio_book(found.book, groups, rows.health, listed, asked),
    )  # fmt: skip


async def page_of(context: Context, report: Report, known: frozenset[Reference]) -> PortfolioPage:
    """The report with its gates as they stand now, and a validation of today's figures.

    Raises:
        BadInput: the report has no book.
    """
    if report.content.book is None:
        raise BadInput("it is no portfolio report: it has no book", field="--report", value=report.id)
    validation = await validated(context, "report")
    if report.id:
        async with context.store.read() as tx:
            standing = await reporting.standing(tx, report.id, known, context.now(), validation)
    else:
        standing = ReportStanding(report, (), (), validation, None, known, context.now())
    return PortfolioPage(
        id=report.id, content=report.content, sha256=report.sha256, items=states(standing),
        claims=reporting.verdicts(standing), validation=validation, published=report.published,
    )  # fmt: skip


def write(page: PortfolioPage, html: Path | None, csv: Path | None, render: Callable[[PortfolioPage], str],
          tables: Callable[[PortfolioPage], dict[str, str]]) -> list[Path]:  # fmt: skip
    """Write what was asked for, each file whole or not at all; what was written.

    Raises:
        BadInput: it cannot be written.
    """
    written = []
    if html is not None:
        written.append(put(html, render(page), "--html"))
    if csv is not None:
        try:
            csv.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror}", field="--csv", value=str(csv)) from None
        written += [put(csv / name, text, "--csv") for name, text in tables(page).items()]
    return written


def check_places(html: Path | None, csv: Path | None) -> None:
    """Before anything is made or kept.

    Raises:
        BadInput: a page or a folder cannot be written there.
    """
    if html is not None and (html.is_dir() or not os.access(html.absolute().parent, os.W_OK)):
        raise BadInput("cannot be written: no such folder, or not ours", field="--html", value=str(html))
    if csv is not None and csv.exists() and not (csv.is_dir() and os.access(csv, os.W_OK)):
        raise BadInput("cannot be written: no folder, or not ours", field="--csv", value=str(csv))


def put(path: Path, text: str, field: str) -> Path:
    """Write a file, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror}", field=field, value=str(path)) from None
    finally:
        beside.unlink(missing_ok=True)
    return path
