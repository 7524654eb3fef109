"""``starter.py plan``: a customer's success plan, from its file to its reviews (section 10 of the domain)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from activities import plans
from cli.context import open_context
from cli.output import print_json, print_table, say
from cli.said import person
from intake.plan_file import read
from models.errors import BadInput
from models.success_plan import CriterionStatus, InitiativeStatus, SuccessPlan
from persistence.store import SqlTransaction
from rules.success_plan import view

app = typer.Typer(help="Success plans: criteria, initiatives, milestones, reviews.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Customer = Annotated[str, typer.Argument(help="The customer's id.")]
By = Annotated[str, typer.Option(callback=person, help="Who says so.")]
Act = Callable[[SqlTransaction, date, datetime], Awaitable[SuccessPlan]]


@app.command()
def show(customer: Customer, as_json: Json = False) -> None:
    """The plan, and where each criterion stands today."""
    _do(lambda tx, today, now: plans.plan_of(tx, customer), as_json)


@app.command()
def load(
    customer: Customer, file: Annotated[Path, typer.Argument(help="A YAML file; see samples/success-plan.yaml.")],
    as_json: Json = False,
) -> None:  # fmt: skip
    """Put the plan of a file in the place of the present one."""
    _do(lambda tx, today, now: plans.load(tx, read(file, customer, now)), as_json)


@app.command()
def activate(customer: Customer, as_json: Json = False) -> None:
    """The draft becomes active; refused, with all that it lacks."""
    _do(lambda tx, today, now: plans.activate(tx, customer, today, now), as_json)


@app.command()
def update(
    customer: Customer,
    criterion: Annotated[str | None, typer.Argument(help="Its id; without one, all are read from the facts.")] = None,
    value: Annotated[float | None, typer.Option(help="Its present value.")] = None,
    as_json: Json = False,
) -> None:
    """A criterion's present value, or those of all that are facts."""
    if (criterion is None) is not (value is None):
        raise BadInput("a criterion and its --value go together", field="CRITERION" if value is not None else "--value")

    if value is not None and not isfinite(value):
        raise BadInput("expected a number", field="--value", value=str(value))

    def act(tx: SqlTransaction, today: date, now: datetime) -> Awaitable[SuccessPlan]:
        if criterion is None or value is None:
            return plans.refresh(tx, customer, today, now)
        return plans.measure(tx, customer, criterion, value, today, now)

    _do(act, as_json)


@app.command()
def override(
    customer: Customer,
    criterion: Annotated[str, typer.Argument(help="Its id.")],
    by: By,
    status: Annotated[CriterionStatus | None, typer.Argument(help="What to show; without one the rule counts.")] = None,
    reason: Annotated[str, typer.Option(help="Why the rule is wrong.")] = "",
    as_json: Json = False,
) -> None:
    """A status stated by a person; it wins over the rule and is shown as such."""
    if status is not None and not reason.strip():
        raise BadInput("an override says why", field="--reason", value=reason)
    _do(lambda tx, today, now: plans.override(tx, customer, criterion, status, by, reason, today, now), as_json)


@app.command()
def initiative(
    customer: Customer,
    initiative_id: Annotated[str, typer.Argument(metavar="INITIATIVE", help="Its id.")],
    status: Annotated[InitiativeStatus | None, typer.Option(help="Where it stands.")] = None,
    done: Annotated[list[str] | None, typer.Option(help="A task that is done; may be given more than once.")] = None,
    as_json: Json = False,
) -> None:
    """Where an initiative stands, and which of its tasks are done."""
    tasks = tuple(done or ())
    _do(lambda tx, today, now: plans.initiative(tx, customer, initiative_id, status, tasks, today, now), as_json)


@app.command()
def milestone(
    customer: Customer,
    milestone_id: Annotated[str, typer.Argument(metavar="MILESTONE", help="Its id.")],
    as_json: Json = False,
) -> None:
    """A milestone without criteria is reached."""
    _do(lambda tx, today, now: plans.milestone(tx, customer, milestone_id, today, now), as_json)


@app.command()
def review(
    customer: Customer,
    by: By,
    notes: Annotated[str, typer.Option(help="What was said.")] = "",
    as_json: Json = False,
) -> None:
    """The review was held; the next one follows the cadence."""
    _do(lambda tx, today, now: plans.review(tx, customer, by, notes, today, now), as_json)


def _do(act: Act, as_json: bool) -> None:
    async def run() -> tuple[SuccessPlan, date]:
        async with open_context() as context:
            now = context.now()
            today = now.astimezone(ZoneInfo(context.settings.business_zone)).date()
            async with context.store.begin() as tx:
                return await act(tx, today, now), today

    plan, today = asyncio.run(run())
    views = [view(one, today, plans.CONFIG) for one in plan.success_criteria]
    if as_json:
        print_json({**plan.model_dump(mode="json"), "criteria_today": [one.model_dump(mode="json") for one in views]})
        return
    say(f"{plan.customer}: {plan.status}, next review {plan.next_review or 'not set'}")
    criteria = [
        (one.id, one.name, one.baseline_value, one.current_value, one.target_value, one.deadline, seen.status,
         seen.overridden_by and f"stated by {seen.overridden_by}; the rule says {seen.computed}")
        for one, seen in zip(plan.success_criteria, views, strict=True)
    ]  # fmt: skip
    print_table("Criteria", ("id", "name", "from", "now", "to", "by", "status", "remark"), criteria)
    print_table(
        "Initiatives",
        ("id", "name", "status", "until", "tasks done"),
        [
            (one.id, one.name, one.status, one.end_date, f"{sum(t.completed for t in one.tasks)}/{len(one.tasks)}")
            for one in plan.initiatives
        ],
    )
    print_table(
        "Milestones",
        ("id", "name", "by", "reached"),
        [(one.id, one.name, one.target_date, one.achieved_date) for one in plan.milestones],
    )
