"""``starter.py validate``: are the figures right, are the sources fresh and at one, and may anything be published?"""

import asyncio
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from activities.validation import validate as validate_figures
from cli.context import Context, open_context
from cli.output import out, print_json, print_table, say
from composition.judging import judge
from models.errors import BadInput, Refused
from models.ids import new_id
from models.validating import ValidationAsked
from models.validation import ValidationResult


def validate(
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day; 90 days before today if absent.")
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="Show the last one made, without making one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Eight checks, KPIs with bands, mandatory metrics. Exit 1 when nothing may be published."""
    if last and start is not None:
        raise BadInput("--last makes no validation, so it has no first day", field="--from", value=start)
    found = asyncio.run(_last() if last else _validate(start))
    if as_json:
        print_json(found.payload())
    else:
        show(found)
    if not found.publishable:
        raise typer.Exit(1)


async def validated(context: Context, cause: str, first: date | None = None) -> ValidationResult:
    """A validation as of now, kept."""
    asked = ValidationAsked(id=new_id("validation"), cause=cause, as_of=context.now())
    judged_by = judge(context.settings.business_zone, context.settings.health_file)
    return await validate_figures(context.store, judged_by, asked, first)


async def _validate(start: str | None) -> ValidationResult:
    async with open_context() as context:
        today = context.now().astimezone(ZoneInfo(context.settings.business_zone)).date()
        return await validated(context, "by_hand", _day(start, today))


async def _last() -> ValidationResult:
    async with open_context() as context, context.store.read() as tx:
        found = await tx.validations.latest(as_of=context.now())
    if not found:
        raise Refused("nothing was validated yet", field="--last")
    return found[0]


def _day(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput("expected a day such as 2024-12-31", field="--from", value=text) from None
    if not date(1970, 1, 1) <= day <= today:
        raise BadInput(f"expected a day from 1970 to today, {today}", field="--from", value=text)
    return day


def show(found: ValidationResult) -> None:
    """As tables."""
    say(f"{found.id}, {found.cause}, as of {found.at:%Y-%m-%d %H:%M} UTC, from {found.period.start:%Y-%m-%d %H:%M}")
    say(f"passed: {'yes' if found.passed else 'no'}; publishable: {'yes' if found.publishable else 'no'}")
    for reason in found.blocking:
        say(f"  in the way: {reason}")
    out.print()
    print_table(
        "Checks", ("#", "check", "status", "details"),
        [(number, one.name, one.status, one.details) for number, one in enumerate(found.checks, 1)],
    )  # fmt: skip
    print_table(
        "KPIs", ("KPI", "target", "warning", "critical", "band", "value"),
        [
            (
                one.rule.label, one.rule.target_text, one.rule.warning_text, one.rule.critical_text,
                one.band or "cannot tell", "; ".join(part for part in (one.figure.short(), one.remark) if part),
            )
            for one in found.kpis
        ],
    )  # fmt: skip
    print_table(
        "Mandatory metrics", ("metric", "required", "met", "value"),
        [
            (
                one.name, one.required, {True: "yes", False: "no", None: "cannot tell"}[one.met],
                "; ".join((one.figure.short(), *one.figure.notes)),
            )
            for one in found.mandatory
        ],
    )  # fmt: skip
    print_table(
        "Sources", ("source", "last heard of", "hours"),
        [
            (one.source, one.reported_at or "never", "" if one.hours is None else f"{one.hours:.1f}")
            for one in found.sources
        ],
    )  # fmt: skip
    if found.discrepancies:
        print_table(
            f"Discrepancies: the first {min(10, found.discrepancy_count)} of {found.discrepancy_count}",
            ("source", "what", "customer", "ours", "theirs"),
            [(one.source, one.kind, one.customer, one.ours, one.theirs) for one in found.discrepancies[:10]],
        )
