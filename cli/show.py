"""``starter.py show CUSTOMER``: where a customer stands, what runs, what comes next, what was said."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import JsonValue
from temporalio.service import RPCError

from activities.explain import explain
from cli.context import Context, open_context
from cli.output import cell_text, out, print_json, print_table, say
from cli.show_why import print_why
from models.errors import NotFound, OutsideError
from models.explanation import Explanation, NextStep
from models.ids import Process
from models.play import RunView
from models.records import RunRow
from playbooks.catalog import Catalog
from workflows.kinds import PLAYS
from workflows.play import Play

# A worker that is up answers a query in milliseconds; one that is not must not hold up the page.
_ANSWER_IN = timedelta(seconds=5)


def show(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Stage and why, onboarding, what runs and what it waits for, messages, tasks."""
    asyncio.run(_show(customer, as_json))


async def _show(customer: str, as_json: bool) -> None:
    async with open_context() as context:
        document = await gather(context, customer)
    if as_json:
        print_json(document)
    else:
        _print(document)


async def gather(context: Context, customer: str) -> dict[str, JsonValue]:
    """Everything there is to show.

    Raises:
        NotFound: no such customer.
    """
    async with context.store.read() as tx:
        found = await tx.customers.get(customer)
        if found is None:
            raise NotFound("no such customer", field="CUSTOMER", value=customer)
        history = await tx.lifecycles.history(customer)
        onboarding = await tx.onboardings.latest(customer)
        runs = await tx.runs.of(customer)
        steps = {run.workflow_id: await tx.runs.steps(run.workflow_id) for run in runs}
        said = await tx.communications.of(customer)
        tasks = await tx.work.tasks(customer)
        notices = await tx.work.notices(customer)
        feed = await tx.work.in_app(customer)
        blockers = await tx.work.blockers(customer)
        deliveries = await tx.outbox.of(customer)
        why = await explain(tx, customer, context.now(), Catalog.load())
    running = [await _running(context, run) for run in runs if run.ended is None]
    explained = why.model_copy(update={"next_steps": _with_steps(why.next_steps, running)})
    return {
        "customer": found.model_dump(mode="json"),
        "stage": found.stage,
        "stage_since": found.stage_since.isoformat() if found.stage_since else None,
        "stage_history": [one.model_dump(mode="json") for one in history],
        "onboarding": onboarding.model_dump(mode="json") if onboarding else None,
        "blockers": list(dict.fromkeys((*(one.name for one in blockers), *why.blockers))),
        **{name: value for name, value in explained.model_dump(mode="json").items() if name != "blockers"},
        "running": list(running),
        "ended": [
            {**run.model_dump(mode="json"), "steps": [s.model_dump(mode="json") for s in steps[run.workflow_id]]}
            for run in runs
            if run.ended is not None
        ],
        "communications": [one.model_dump(mode="json", exclude={"text", "html"}) for one in said],
        "tasks": [one.model_dump(mode="json") for one in tasks],
        "notices": [one.model_dump(mode="json") for one in notices],
        "in_app": [one.model_dump(mode="json") for one in feed],
        "webhooks": [one.model_dump(mode="json", exclude={"payload"}) for one in deliveries],
    }


async def _running(context: Context, run: RunRow) -> dict[str, JsonValue]:
    """The run as its workflow tells it; as last recorded, with unknown waits, when the worker does not answer."""
    shown: dict[str, JsonValue] = {
        "workflow_id": run.workflow_id,
        "type": PLAYS[Process(run.process)].__name__,
        "playbook": run.playbook,
        "version": run.version,
        "fingerprint": run.fingerprint,
        "status": run.status,
        "waiting_for": None,
        "until": None,
        "reason": "the worker does not answer",
        "steps": [],
    }
    try:
        client = await context.temporal()
        handle = client.get_workflow_handle(run.workflow_id)
        view: RunView = await handle.query(Play.view, rpc_timeout=_ANSWER_IN)
    except (RPCError, OutsideError):
        return shown
    return {**shown, **view.model_dump(mode="json")}


def _with_steps(known: Sequence[NextStep], running: Sequence[dict[str, JsonValue]]) -> tuple[NextStep, ...]:
    """With what each run says is due; a step that is not done yet may stand nowhere but there."""
    found = list(known)
    named = {(one.of, one.what) for one in known}
    for run in running:
        for step in _rows(run, "steps"):
            if (
                step["status"] in ("pending", "held")
                and step["due"]
                and (run["playbook"], step["step_id"]) not in named
            ):
                found.append(
                    NextStep.model_validate(
                        {"due": step["due"], "what": step["step_id"], "of": run["playbook"], "status": step["status"]}
                    )
                )
    return tuple(sorted(found, key=lambda one: (str(one.due), one.of, one.what)))


def _print(shown: dict[str, JsonValue]) -> None:
    customer = shown["customer"]
    assert isinstance(customer, dict)
    pays = "MRR unknown" if customer["mrr"] is None else f"{customer['mrr']} a month"
    looked_after = f"manager {customer['csm_id']}" if customer["csm_id"] else "no manager: the team queue"
    named = customer["name"] or "(name unknown)"
    say(f"{customer['id']}  {named}  plan {customer['plan'] or 'unknown'}, {pays}; {looked_after}")
    say(f"Stage {shown['stage'] or 'unknown'} since {cell_text(shown['stage_since']) or 'unknown'}")
    print_why(Explanation.model_validate({name: shown[name] for name in Explanation.model_fields}))
    out.print()
    _table(shown, "stage_history", "Stages", ("at", "from_stage", "to_stage", "reason"))
    onboarding = shown["onboarding"]
    if isinstance(onboarding, dict):
        done = onboarding["completed_steps"]
        assert isinstance(done, list)
        print_table(
            f"Onboarding {onboarding['program']}",
            ("status", "progress", "current step", "done", "milestones"),
            [
                (
                    onboarding["status"],
                    f"{onboarding['progress']} %",
                    onboarding["current_step"],
                    ", ".join(str(one) for one in done),
                    ", ".join(_names(onboarding["milestones"])),
                )
            ],
        )
    _table(shown, "running", "Running", ("workflow_id", "playbook", "version", "waiting_for", "until", "reason"))
    _table(shown, "ended", "Ended", ("workflow_id", "status", "reason", "ended"))
    _table(shown, "communications", "Messages", ("created_at", "template", "subject", "status"))
    _table(shown, "tasks", "Tasks", ("due", "title", "assignee", "status"))
    _table(shown, "notices", "Notices", ("at", "recipient", "message"))


def _names(found: JsonValue) -> list[str]:
    return list(found) if isinstance(found, dict) else []


def _table(shown: dict[str, JsonValue], key: str, title: str, columns: tuple[str, ...]) -> None:
    rows = _rows(shown, key)
    if rows:
        names = tuple(column.replace("_", " ") for column in columns)
        print_table(title, names, ([row.get(column) for column in columns] for row in rows))


def _rows(shown: dict[str, JsonValue], key: str) -> list[dict[str, JsonValue]]:
    found = shown[key]
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]
