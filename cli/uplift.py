"""``starter.py uplift``: what an experiment has shown so far, or when it could."""

import asyncio
from typing import Annotated

import typer

from analysis.uplift import Followed, Plan
from analysis.uplift import uplift as compared
from cli.context import open_context
from cli.output import print_json, print_table, say
from models.errors import BadInput, NotFound, Refused
from models.experiment import Outcome
from models.playbook import Playbook
from models.uplift import Comparison, Uplift
from persistence.experiment_outcomes import first_outcomes
from playbooks.catalog import Catalog
from rules import holdout


def uplift(
    playbook: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="A playbook with a holdout.")],
    effect: Annotated[
        float | None,
        typer.Option(
            "--effect", help="Plan for this difference of shares, such as 0.02; a quarter of the base if absent."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Compare who got a playbook with who was held out of it by lot, everybody as assigned."""
    if effect is not None and not 0 < effect < 1:
        raise BadInput("expected a difference of shares between 0 and 1", field="--effect", value=effect)
    found = _with_holdout(playbook)
    done = asyncio.run(_run(found, effect))
    if as_json:
        print_json(done)
    else:
        _print(done)


def _with_holdout(name: str) -> Playbook:
    named = [one for one in Catalog.load().all() if one.id == name]
    if not named:
        ids = ", ".join(dict.fromkeys(one.id for one in Catalog.load().all()))
        raise NotFound(f"no such playbook; known: {ids}", field="PLAYBOOK", value=name)
    found = next((one for one in named if one.holdout is not None), None)
    if found is not None:
        return found
    reason = holdout.refusal(named[0])
    why = f"nobody may be held out of it: {reason}" if reason else "its file has no holdout"
    raise Refused(f"{why}, so there is nobody to compare with", field="PLAYBOOK", value=name)


async def _run(playbook: Playbook, effect: float | None) -> Uplift:
    assert playbook.holdout is not None
    experiment = holdout.experiment(playbook)
    async with open_context() as context:
        now = context.now()
        async with context.store.read() as tx:
            assigned = await tx.assignments.all(experiment)
            outcomes: list[tuple[Outcome, list[Followed]]] = []
            for outcome in playbook.holdout.outcomes:
                events = await first_outcomes(tx.connection, outcome, assigned, as_of=now)
                outcomes.append((outcome, [Followed(one.arm, one.at, events.get(one.customer)) for one in assigned]))
    fractions = {one.fraction for one in assigned}
    notes = ["decide before looking when the experiment is over: looked at again and again, chance is found in the end"]
    if fractions - {playbook.holdout.fraction}:
        shown = ", ".join(f"{one:g}" for one in sorted(fractions))
        notes.append(f"the held-out fraction was changed on the way ({shown}): arms differ in when they were assigned")
    plan = Plan(playbook.id, experiment, playbook.holdout.fraction, playbook.holdout.within, effect, now)
    return compared(plan, outcomes, notes)


def _print(done: Uplift) -> None:
    say(
        f"{done.playbook}, experiment {done.experiment}: {done.fraction:.0%} held out, {done.within_days} days followed"
    )
    if done.first_assigned is None:
        say("Nobody has been assigned yet: the first eligible account will be.")
        return
    rate = "unknown" if done.per_week is None else f"{done.per_week:.1f}"
    say(f"First assigned {done.first_assigned:%Y-%m-%d}, {rate} accounts a week.")
    for one in done.comparisons:
        arms = [(arm.arm, arm.assigned, arm.followed, arm.share.short()) for arm in one.arms]
        print_table(one.outcome.capitalize(), ("arm", "assigned", "followed to the end", "share"), arms)
        say(f"Difference: {one.difference.short()}" + (f", p = {one.p:.3g}" if one.p is not None else ""))
        say(f"Smallest difference that would be seen by now: {one.smallest_visible.short()}")
        say(f"Verdict: {one.verdict}")
        say(_plan(one))
    for note in done.notes:
        say(f"Note: {note}.")


def _plan(one: Comparison) -> str:
    if one.needed is None or one.wanted is None:
        return "When it could tell: cannot tell before some accounts have been followed to the end."
    when = f"on {one.tell_on}" if one.tell_on is not None else "not at the present rate"
    return f"When it could tell: a difference of {one.wanted:.1%} takes {one.needed} followed accounts, {when}."
