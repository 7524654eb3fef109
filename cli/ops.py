"""``starter.py ops``: what is stuck, late, failing, capped or held, and what an operator does about it.

Every act has a person and a reason, which the audit log keeps.
"""

import asyncio
from typing import Annotated

import typer
from temporalio.service import RPCError, RPCStatusCode

from cli.context import open_context
from cli.output import print_json, print_table, say
from intake.operating import Kept, operate, translated
from intake.releasing import Releaser
from models.errors import BadInput, NotFound, Refused, Retryable
from models.events import Occurrence
from models.ids import new_id, parse_workflow_id
from models.operating import Act, OperateRequest
from models.release import MoveOutcome, Pause, Policy
from models.run import RESUMED
from models.trouble import Kind, Trouble
from persistence.trouble import TroubleView

app = typer.Typer(invoke_without_command=True)

_BY = Annotated[str, typer.Option("--by", help="Who does it.")]
_REASON = Annotated[str, typer.Option("--reason", help="Why; the audit log keeps it.")]
_RUN = Annotated[str, typer.Argument(metavar="RUN", help="The run's workflow id.")]
_PLAYBOOK = Annotated[str, typer.Argument(metavar="PLAYBOOK", help="Its id.")]
_STEP = Annotated[str, typer.Argument(metavar="STEP", help="The step's id.")]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_SHOWN = 30


@app.callback()
def look(context: typer.Context, as_json: _JSON = False) -> None:
    """What is stuck, late, failing, capped or held; and acts on playbooks and runs."""
    if context.invoked_subcommand is not None:
        return
    counts, found, pauses = asyncio.run(_look())
    if as_json:
        print_json(
            {
                "counts": {kind.value: n for kind, n in counts.items()},
                "paused": [one.model_dump(mode="json") for one in pauses],
                "found": [one.model_dump(mode="json") for one in found],
            }
        )
        return
    say(", ".join(f"{n} {kind.value}" for kind, n in counts.items()))
    for one in pauses:
        say(f"paused: {one.playbook} since {one.at:%Y-%m-%d %H:%M} by {one.by}: {one.reason}")
    for kind in Kind:
        rows = [one for one in found if one.kind is kind][:_SHOWN]
        if rows:
            _print(kind, rows, counts[kind])


@app.command()
def pause(playbook: _PLAYBOOK, by: _BY, reason: _REASON) -> None:
    """Nothing of the playbook is done until it is resumed; goals and exits still end its runs."""
    done = asyncio.run(_pause(playbook, *_said(by, reason)))
    say(f"{done.playbook} is paused; {_HELD}")


@app.command()
def resume(playbook: _PLAYBOOK, by: _BY, reason: _REASON) -> None:
    """Held steps go on one by one if they are late by at most the playbook's catch-up; older ones are skipped."""
    told = asyncio.run(_resume(playbook, *_said(by, reason)))
    say(f"{playbook} is resumed; {told} runs were told")


@app.command()
def skip(run: _RUN, step: _STEP, by: _BY, reason: _REASON) -> None:
    """A step that has not been done is skipped; what comes after it goes on."""
    asyncio.run(_operate(run, Act.SKIP, step, *_said(by, reason)))
    say(f"{run}: {step} is skipped")


@app.command()
def retry(run: _RUN, step: _STEP, by: _BY, reason: _REASON) -> None:
    """A step that failed is tried once more, under a key of its own: what it may have done is done again."""
    asyncio.run(_operate(run, Act.RETRY, step, *_said(by, reason)))
    say(f"{run}: {step} is tried again")


@app.command()
def move(
    run: _RUN,
    by: _BY,
    reason: _REASON,
    restart: Annotated[bool, typer.Option("--restart", help="From the beginning, instead of at its wait.")] = False,
) -> None:
    """One run goes on with what is in force for its playbook."""
    outcome = asyncio.run(_move(run, Policy.RESTART if restart else Policy.MOVE, *_said(by, reason)))
    say(f"{run}: {outcome}")


@app.command()
def cancel(run: _RUN, by: _BY, reason: _REASON) -> None:
    """End a run; what is left of it is recorded as skipped."""
    asyncio.run(_cancel(run, *_said(by, reason)))
    say(f"{run} is being cancelled")


_HELD = "its runs hold what is due, and new ones begin held"


async def _look() -> tuple[dict[Kind, int], list[Trouble], list[Pause]]:
    async with open_context() as context, context.store.read() as tx:
        view = TroubleView(tx.connection)
        now = context.now()
        return await view.counts(now), await view.look(now), await tx.pauses.open()


async def _pause(playbook: str, by: str, reason: str) -> Pause:
    async with open_context() as context, context.store.begin() as tx:
        known = {one.playbook for one in await tx.releases.all(playbook)}
        if not known:
            raise NotFound("no such playbook was ever in force", field="playbook", value=playbook)
        done = await tx.pauses.pause(playbook, by=by, reason=reason, at=context.now())
        await tx.audit.add(context.now(), by, "playbook_paused", playbook, {"reason": reason})
        return done


async def _resume(playbook: str, by: str, reason: str) -> int:
    async with open_context() as context:
        now = context.now()
        client = await context.temporal()
        async with context.store.begin() as tx:
            ended = await tx.pauses.resume(playbook, by=by, at=now)
            runs = await tx.runs.open_of(playbook)
            await tx.audit.add(now, by, "playbook_resumed", playbook, {"reason": reason})
        for run in runs:
            # Told again after a crash here, a run recognises the key.
            told = Occurrence(kind=RESUMED, key=f"resumed:{ended.number}", at=now)
            try:
                await client.get_workflow_handle(run).signal("happened", told)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise Retryable(f"not every run was told ({error}); resume it again") from None
        return len(runs)


async def _operate(run: str, act: Act, step: str, by: str, reason: str) -> None:
    parse_workflow_id(run)
    request = OperateRequest(act=act, step=step, by=by, reason=reason, request_id=new_id("op"))
    async with open_context() as context:
        await operate(context.store, await context.temporal(), run, request, context.now)


async def _move(run: str, policy: Policy, by: str, reason: str) -> str:
    ref = parse_workflow_id(run)
    async with open_context() as context:
        async with context.store.read() as tx:
            row = next((one for one in await tx.runs.of(ref.customer) if one.workflow_id == run), None)
            releases = await tx.releases.all(row.playbook if row is not None else "")
        if row is None:
            raise NotFound("no such run", field="run", value=run)
        releaser = Releaser(context.store, await context.temporal(), now=context.now)
        for release in releases:
            wanted = release.model_copy(update={"policy": policy})
            previewed = await releaser.preview(release.document, policy, release.mapping, [run])
            if not previewed:
                continue  # a release for customers of another segment
            kept = Kept(context.store, context.now, by=by, action="run_move", run=run)
            await kept.begin(release=release.id, running=policy.value, reason=reason)
            done = await anext(releaser.carry_out(wanted, previewed))
            if done.outcome not in (MoveOutcome.MOVES, MoveOutcome.RESTARTS, MoveOutcome.ALREADY):
                why = "; ".join(done.notes) or done.outcome.value
                await kept.end("refused", release=release.id, why=why)
                raise Refused(why, field="run", value=run)
            await kept.end("done", release=release.id, became=done.outcome.value)
            now = f"version {release.version} ({release.fingerprint})"
            return f"on {now} already" if done.outcome is MoveOutcome.ALREADY else f"{done.outcome.value} to {now}"
        raise Refused("nothing was released for its customers", field="run", value=run)


async def _cancel(run: str, by: str, reason: str) -> None:
    parse_workflow_id(run)
    async with open_context() as context:
        client = await context.temporal()
        kept = Kept(context.store, context.now, by=by, action="run_cancel", run=run)
        await kept.begin(reason=reason)
        try:
            await client.get_workflow_handle(run).cancel()
        except RPCError as error:
            refused = translated(run, error)
            await kept.end("refused" if isinstance(refused, NotFound) else "unanswered", why=str(refused))
            raise refused from None
        await kept.end("done")


def _said(by: str, reason: str) -> tuple[str, str]:
    for option, text in (("--by", by), ("--reason", reason)):
        if not text.strip() or len(text) > 500:
            raise BadInput("expected 1 to 500 characters", field=option, value=text[:40])
    return by.strip(), reason.strip()


def _print(kind: Kind, rows: list[Trouble], of: int) -> None:
    columns = ("customer", "playbook or run", "what", "since", "why")
    print_table(
        kind.value if of <= len(rows) else f"{kind.value}: the first {len(rows)} of {of}",
        columns,
        [
            (
                one.customer,
                one.workflow_id or one.playbook,
                one.what,
                f"{one.since:%Y-%m-%d %H:%M}" if one.since else "",
                one.detail,
            )
            for one in rows
        ],
    )
