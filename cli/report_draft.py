"""Drafts a report from what an author wrote: figures are made here, claims and words are the author's."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from analysis.mrr import Balances
from analysis.mrr_definitions import definition
from analysis.revenue import MonthFigures, months_of
from analysis.revenue_change import month_changes
from cli.context import Context
from cli.customer_metrics import customer_figures
from cli.metrics import revenue
from cli.months import last_day, span
from models.errors import BadInput
from models.figure import Figure
from models.ids import new_id
from models.mrr import MrrDefinition
from models.report import Report, ReportContent, ReportFile

MAX_BYTES = 65_536
REVENUE = ("ending_mrr", "grr", "nrr", "revenue_churn", "logo_churn", "grr_12", "nrr_12", "logo_churn_12")


def read(path: Path) -> ReportFile:
    """What the author wrote, in YAML.

    Raises:
        BadInput: it cannot be read, or a field is wrong.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
        if len(raw) > MAX_BYTES:
            raise BadInput(f"{len(raw)} bytes; at most {MAX_BYTES}", field=str(path))
        yaml = YAML(typ="safe", pure=True)
        if any(isinstance(event, AliasEvent) for event in yaml.parse(text)):
            raise BadInput("aliases are not allowed; write the value out", field=str(path))
        return ReportFile.model_validate(YAML(typ="safe", pure=True).load(text))
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", field=str(path)) from None
    except (UnicodeDecodeError, YAMLError):
        raise BadInput("not YAML in UTF-8", field=str(path)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInput(f"{place}: {first['msg']}", field=str(path)) from None


async def draft(context: Context, file: ReportFile) -> Report:
    """The report, kept.

    Raises:
        BadInput: a month or a definition is wrong; or a claim names no figure of the report.
    """
    today = context.now().astimezone(ZoneInfo(context.settings.business_zone)).date()
    first, last = span(file.first_month, file.last_month, today)
    rule = definition(file.definition, field="definition")
    compared_last = first - timedelta(days=1)
    book, months = await _revenue(context, rule, compared_last.replace(day=1), last)
    earlier, money = months[0], months[-1]
    found = await customer_figures(context, first, last)
    told: list[Figure] = [getattr(money, name) for name in REVENUE]
    figures = {one.name: one for one in told} | found.figures
    for claim in file.claims:
        if claim.figure is not None and claim.figure not in figures:
            raise BadInput(f"expected one of {', '.join(figures)}", field=f"claims.{claim.id}", value=claim.figure)
    if len({claim.id for claim in file.claims}) != len(file.claims):
        raise BadInput("two claims have the same id", field="claims")
    content = ReportContent(
        title=file.title, author=file.author, first=first, last=last_day(last),
        compared_first=before(first, last), compared_last=compared_last, as_of=context.now(), definition=rule.name,
        figures=figures, changes=month_changes(book, earlier, money) | found.changes, claims=file.claims,
        commentary=file.commentary, notes=file.notes,
    )  # fmt: skip
    made = Report(id=new_id("report"), content=content, created_at=context.now(), sha256=content.sha256)
    async with context.store.begin() as tx:
        await tx.reports.add(made)
    return made


async def _revenue(
    context: Context, rule: MrrDefinition, before: date, last: date
) -> tuple[Balances, list[MonthFigures]]:
    """The last month of the period before, and that of the period."""
    found = (await revenue(context, [rule], before, last))[0]
    ends = [flow for flow in found.flows if flow.month in (before, last)]
    return found.book, months_of(ends, found.book, found.frame)


def before(first: date, last: date) -> date:
    """First day of the first of as many months before."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
