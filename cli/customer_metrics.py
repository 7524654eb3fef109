"""The figures of customers for the command line: NPS to action completion, beside the period before."""

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cli.context import Context
from cli.months import last_day
from cli.output import print_json, print_table, say
from composition.judging import making
from models.figure import Figure
from models.figure_change import Change
from models.metric_rows import BookRows
from models.nps_figures import NpsMetrics
from rules.nps_figures import days


class Found(NamedTuple):
    """Figures of a period, and their changes since the period of the same length before it."""

    figures: dict[str, Figure]
    changes: dict[str, Change]
    nps: NpsMetrics


async def customer_figures(context: Context, first: date, last: date) -> Found:
    """``first`` and ``last`` are first days of months."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    number = first.year * 12 + first.month - 1 - months
    before = date(number // 12, number % 12 + 1, 1)
    maker = making(context.settings.business_zone)
    earlier = await read(context, before, first - timedelta(days=1))
    rows = await read(context, first, last_day(last))
    told = maker.figures(rows)
    return Found(told.figures, maker.changes(earlier, rows), told.nps)


async def read(context: Context, first: date, last: date) -> BookRows:
    """The rows of a period of whole days."""
    zone = ZoneInfo(context.settings.business_zone)
    async with context.store.read() as tx:
        return await tx.metrics.read(days(first, last, zone), first=first, last=last, as_of=context.now())


def show(found: Found, as_json: bool) -> None:
    """Print them."""
    if as_json:
        print_json(
            {
                "figures": {name: one.model_dump(mode="json") for name, one in found.figures.items()},
                "changes": {
                    name: one.model_dump(mode="json", exclude={"before", "after"}) | {"before": str(one.before)}
                    for name, one in found.changes.items()
                },
                "nps": found.nps.payload(),
            }
        )
        return
    period = found.nps.period
    say(f"{period.start:%Y-%m-%d %H:%M} until {period.end:%Y-%m-%d %H:%M} UTC, against as long a time before")
    print_table(
        "Figures of customers",
        ("figure", "value (n; 95 % interval)", "against the period before", "notes"),
        [
            (one.label, one.short(), str(found.changes[name]) if name in found.changes else "", "; ".join(one.notes))
            for name, one in found.figures.items()
        ],
    )
