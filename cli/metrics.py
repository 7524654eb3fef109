"""``starter.py metrics``: figures with their evidence. Revenue by month, in one named definition or two compared."""

import asyncio
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer
from pydantic import JsonValue

from analysis.mrr import Balances, balances, columns, waterfall
from analysis.mrr_definitions import DEFINITIONS, RECOMMENDED, definition
from analysis.mrr_live import with_events
from analysis.portfolio_book import GROUPS, LISTS
from analysis.revenue import Frame, MonthFigures, months_of
from cli.context import Context, open_context
from cli.customer_metrics import Found, customer_figures, show
from cli.months import last_day, span
from cli.output import out, print_json, print_table, say
from models.errors import BadInput
from models.mrr import MonthFlow, MrrDefinition
from persistence.metric_sources import freshness
from persistence.queries import queries
from persistence.spans import MRR_ROWS, SpanReader


class Revenue(NamedTuple):
    """What was found by one definition."""

    book: Balances
    flows: list[MonthFlow]
    frame: Frame

    def figures(self) -> list[MonthFigures]:
        """With intervals; slower than the flows."""
        return months_of(self.flows, self.book, self.frame)


class What(StrEnum):
    """What to tell."""

    REVENUE = "revenue"
    CUSTOMERS = "customers"


def metrics(
    what: Annotated[What, typer.Argument(help="Revenue by month, or the figures of customers.")] = What.REVENUE,
    by: Annotated[str, typer.Option("--definition", metavar="NAME", help="How MRR is counted.")] = RECOMMENDED.name,
    start: Annotated[str | None, typer.Option("--from", metavar="MONTH", help="First month, such as 2023-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="Last month; the last one over.")] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option("--compare", metavar="A B", help="Two definitions side by side.")
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="With --json: figures with n, interval, query ...")
    ] = False,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="NAME", help="Print a definition's or query's text; 'all'.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """MRR waterfall, GRR, NRR and churn by month; or NPS, CSAT, activation, retention ... of a period."""
    if explain is not None:
        _explain(explain, as_json)
        return
    if what is What.CUSTOMERS:
        if compare is not None or figures or by != RECOMMENDED.name:
            raise BadInput("--definition, --compare and --figures are of revenue", field="WHAT", value=what.value)
        show(asyncio.run(_customers(start, until)), as_json)
        return
    if figures and not as_json:
        raise BadInput("goes with --json; the tables show n and intervals anyway", field="--figures")
    rules = [definition(each, field="--compare") for each in compare] if compare else [definition(by)]
    found = asyncio.run(_read(rules, start, until))
    if compare:
        _compare(found, as_json)
    elif as_json:
        print_json(_documents(found[0]) if figures else [flow.comparable() for flow in found[0].flows])
    else:
        _print(found[0])


async def _customers(start: str | None, until: str | None) -> Found:
    async with open_context() as context:
        today = context.now().astimezone(ZoneInfo(context.settings.business_zone)).date()
        return await customer_figures(context, *span(start, until, today, months=3))


async def _read(rules: Sequence[MrrDefinition], start: str | None, until: str | None) -> list[Revenue]:
    async with open_context() as context:
        zone = ZoneInfo(context.settings.business_zone)
        first, last = span(start, until, context.now().astimezone(zone).date())
        return await revenue(context, rules, first, last)


async def revenue(context: Context, rules: Sequence[MrrDefinition], first: date, last: date) -> list[Revenue]:
    """The flows of those months by each definition, all from one reading."""
    zone, now = ZoneInfo(context.settings.business_zone), context.now()
    async with context.store.read() as tx:
        reader = SpanReader(tx.connection)
        rows = with_events(await reader.spans(), await reader.statements(), zone)
        sources = await freshness(tx.connection, now)
    spans = columns(rows)
    found = []
    for rule in rules:
        book = balances(spans, rule, last_day(last))
        frame = Frame(rule, MRR_ROWS.ref, sources, now, context.settings.currency, zone)
        found.append(Revenue(book, waterfall(book, first, last), frame))
    return found


def _documents(found: Revenue) -> list[JsonValue]:
    return [
        {
            **flow.model_dump(mode="json"),
            **{
                name: one.model_dump(mode="json")
                for name, one in figures._asdict().items()
                if name not in ("month", "ending_mrr")
            },
            "ending_mrr_figure": figures.ending_mrr.model_dump(mode="json"),
        }
        for flow, figures in zip(found.flows, found.figures(), strict=True)
    ]


def _print(found: Revenue) -> None:
    frame = found.frame
    say(f"{frame.definition.ref}; query {frame.query}; as of {frame.as_of:%Y-%m-%d %H:%M} UTC")
    for source in frame.sources:
        if source.source == "billing":
            age = "never reported" if source.hours is None else f"last heard of {source.hours:.0f} h before"
            say(f"source: billing, {age}")
    for note in {note for month in found.figures() for note in month.ending_mrr.notes}:
        say(f"note: {note}")
    out.print()
    print_table(
        f"MRR by month, {frame.currency}: every account is counted, n = paying accounts at start and end",
        ("month", "starting", "new", "reactivation", "expansion", "contraction", "churned", "ending", "n"),
        [
            (
                f"{flow.month:%Y-%m}",
                *(
                    f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
                    for amount in (
                        flow.starting_mrr, flow.new_mrr, flow.reactivation_mrr, flow.expansion_mrr,
                        flow.contraction_mrr, flow.churned_mrr, flow.ending_mrr,
                    )
                ),
                f"{flow.customers_start} to {flow.customers_end}",
            )
            for flow in found.flows
        ],
    )  # fmt: skip
    names = ("grr", "nrr", "revenue_churn", "logo_churn")
    year = ("grr_12", "nrr_12", "logo_churn_12")
    for title, wanted in (("Retention and churn of the month", names), ("... of the twelve months", year)):
        out.print()
        print_table(
            f"{title}: value (n accounts at the start; 95 % interval), {frame.definition.name}",
            ("month", *(name.removesuffix("_12").replace("_", " ") for name in wanted)),
            [(f"{month.month:%Y-%m}", *(getattr(month, name).short() for name in wanted)) for month in found.figures()],
        )


def _compare(found: list[Revenue], as_json: bool) -> None:
    one, other = found
    names = (one.frame.definition.name, other.frame.definition.name)
    rows = [(a.comparable(), b.comparable()) for a, b in zip(one.flows, other.flows, strict=True)]
    if as_json:
        print_json([{"month": a["month"], names[0]: a, names[1]: b} for a, b in rows])
        return
    say(f"{one.frame.definition.ref} and {other.frame.definition.ref}; n: paying accounts at the end of the month")
    print_table(
        f"{names[0]} / {names[1]}",
        ("month", "ending MRR", "difference", "n", "GRR", "NRR", "logo churn"),
        [
            (
                a["month"],
                f"{a['ending_mrr']:,} / {b['ending_mrr']:,}",
                _apart(a["ending_mrr"], b["ending_mrr"]),
                f"{a['customers_end']} / {b['customers_end']}",
                *(f"{_percent(a[name])} / {_percent(b[name])}" for name in ("grr", "nrr", "logo_churn")),
            )
            for a, b in rows
        ],
    )
    say("Intervals of each: starter.py metrics --definition NAME. The definitions: starter.py metrics --explain NAME")


def _apart(one: JsonValue, other: JsonValue) -> str:
    assert isinstance(one, int | float)
    assert isinstance(other, int | float)
    return "none to compare" if not one else f"{(other - one) / one * 100:+.1f} %"


def _percent(value: JsonValue) -> str:
    return f"{value * 100:.1f} %" if isinstance(value, int | float) else "cannot tell"


def _explain(name: str, as_json: bool) -> None:
    known = {**DEFINITIONS, **queries(), **{one.name: one for one in (MRR_ROWS, GROUPS, LISTS)}}
    if name != "all" and name not in known:
        raise BadInput(f"expected 'all' or one of {', '.join(known)}", field="--explain", value=name)
    wanted = list(known.values()) if name == "all" else [known[name]]
    if as_json:
        print_json([{**one.ref.model_dump(mode="json"), "text": one.text} for one in wanted])
        return
    for one in wanted:
        say(f"== {one.ref}")
        say(one.text)
        out.print()
