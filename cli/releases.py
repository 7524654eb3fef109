"""``starter.py playbooks diff`` and ``release``: what changes, for whom, before it does."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from cli.context import Context, open_context
from cli.output import print_json, print_table, say
from intake.releasing import Releaser, check
from models.enums import Segment
from models.errors import BadInput, NotFound, Refused
from models.ids import new_id
from models.playbook import Playbook
from models.release import MoveLine, MoveOutcome, Policy, Release, Standing
from playbooks import diff as differences
from playbooks.catalog import Catalog
from playbooks.check import check_file
from playbooks.live import in_force
from playbooks.problem import errors
from playbooks.vocabulary import TemplateIndex

Texts = Callable[[], TemplateIndex | None]
Previewed = list[tuple[MoveLine, Standing | None]]

_FILE = Annotated[Path, typer.Argument(metavar="FILE", help="The playbook's file, as it shall be.")]
_JSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_MAP = Annotated[
    list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="A step that goes on under another id.")
]
_SETTLE = 5.0  # seconds of real time after which every worker follows a release
_SHOWN = 20


def add_to(app: typer.Typer, templates: Texts) -> None:
    """The commands, in the group of playbooks."""

    @app.command("diff")
    def diff(
        file: _FILE,
        running: Annotated[Policy, typer.Option("--running", help="What would become of runs.")] = Policy.MOVE,
        mapping: _MAP = None,
        as_json: _JSON = False,
    ) -> None:
        """What would change against what is in force, in plain words, and which customers it would touch."""
        asyncio.run(_diff(_read(file, templates()), templates, running, _pairs(mapping), as_json))

    @app.command("release")
    def release(
        file: _FILE,
        by: Annotated[str, typer.Option("--by", help="Who releases it.")],
        reason: Annotated[str, typer.Option("--reason", help="Why; shown with every run that follows it.")],
        running: Annotated[
            Policy, typer.Option("--running", help="Runs under way: finish on the old, move at their wait, restart.")
        ] = Policy.FINISH,
        mapping: _MAP = None,
        preview: Annotated[bool, typer.Option("--preview", help="Only show what would become of each run.")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
        as_json: _JSON = False,
    ) -> None:
        """Put a playbook in force. Runs keep what they started with unless told otherwise here."""
        if not by.strip() or not reason.strip():
            raise BadInput("say who and why", field="--by" if not by.strip() else "--reason")
        asked = _Asked(_read(file, templates()), by.strip(), reason.strip(), running, _pairs(mapping))
        asyncio.run(_release(asked, templates, preview=preview, yes=yes, as_json=as_json))

    @app.command("releases")
    def releases(
        playbook: Annotated[str | None, typer.Argument(help="Of this one.")] = None, as_json: _JSON = False
    ) -> None:
        """What was released, by whom and why."""
        found = asyncio.run(_releases(playbook))
        if as_json:
            print_json([one.model_dump(mode="json", exclude={"document"}) for one in found])
            return
        rows = [
            (f"{one.at:%Y-%m-%d %H:%M}", one.playbook, one.version, one.fingerprint, one.author, one.policy, one.reason)
            for one in found
        ]
        print_table("Releases", ("on", "playbook", "version", "fingerprint", "by", "running", "reason"), rows)


class _Asked:
    def __init__(self, playbook: Playbook, by: str, reason: str, policy: Policy, mapping: dict[str, str]) -> None:
        self.playbook, self.by, self.reason, self.policy, self.mapping = playbook, by, reason, policy, mapping


async def _diff(playbook: Playbook, templates: Texts, policy: Policy, mapping: dict[str, str], as_json: bool) -> None:
    async with open_context() as context:
        old = await _present(context, playbook, templates)
        lines = differences.changes(old, playbook) if old is not None else [f"{playbook.id} is new"]
        releaser = await _releaser(context)
        previewed = await _preview(releaser, playbook, policy, mapping)
    if as_json:
        print_json({"playbook": playbook.id, "changes": lines, "runs": [line.model_dump() for line, _ in previewed]})
        return
    for line in lines or ["nothing changes"]:
        say(line)
    _tell(previewed, policy)


async def _release(asked: _Asked, templates: Texts, *, preview: bool, yes: bool, as_json: bool) -> None:
    async with open_context() as context:
        playbook = asked.playbook
        releaser = await _releaser(context)
        kept = await _kept(context, playbook)
        if kept is None:
            check(await _present(context, playbook, templates), playbook, asked.policy, asked.mapping)
        previewed = await _preview(releaser, playbook, asked.policy, asked.mapping)
        if not as_json:
            _tell(previewed, asked.policy)
        if preview:
            if as_json:
                print_json({"preview": True, "runs": [line.model_dump() for line, _ in previewed]})
            return
        if not yes:
            if not sys.stdin.isatty():
                raise Refused("look at the preview above, then add --yes", field="--yes")
            typer.confirm("Release it?", abort=True)
        release = kept or _new(asked, context)
        async with context.store.begin() as tx:
            await tx.releases.add(release)
            detail = {"release": release.id, "fingerprint": release.fingerprint, "running": release.policy.value}
            await tx.audit.add(
                context.now(), asked.by, "playbook_released", playbook.id, {**detail, "why": asked.reason}
            )
        # Until every worker follows it, a run may still start on the old one: those are found in the second look.
        done = await _carry_out(releaser, release, previewed)
        await asyncio.sleep(_SETTLE)
        seen = {line.workflow_id for line in done}
        late = [one for one in await _preview(releaser, playbook, release.policy, release.mapping)
                if one[0].workflow_id not in seen]  # fmt: skip
        done += await _carry_out(releaser, release, late)
    if as_json:
        print_json({"release": release.id, "runs": [line.model_dump() for line in done]})
        return
    say(f"{playbook.id} version {playbook.version} is in force: release {release.id}.")
    _tell([(line, None) for line in done], release.policy, done=True)


def _new(asked: _Asked, context: Context) -> Release:
    return Release(
        id=new_id("rel"),
        playbook=asked.playbook.id,
        segments=asked.playbook.segments,
        version=asked.playbook.version,
        fingerprint=asked.playbook.fingerprint(),
        document=asked.playbook,
        author=asked.by,
        reason=asked.reason,
        at=context.now(),
        policy=asked.policy,
        mapping=asked.mapping,
    )


async def _kept(context: Context, playbook: Playbook) -> Release | None:
    """The release of this very content that is in force: done again, it goes on with the runs that have not moved."""
    async with context.store.read() as tx:
        found = await tx.releases.all(playbook.id)
    mine = [one for one in found if set(one.segments) == set(playbook.segments)]
    return mine[0] if mine and mine[0].fingerprint == playbook.fingerprint() else None


async def _present(context: Context, playbook: Playbook, templates: Texts) -> Playbook | None:
    """What is in force for the same customers, other than the file itself; None: the playbook is new."""
    async with context.store.read() as tx:
        releases = await tx.releases.all()
    catalog = in_force(Catalog.load(templates=templates()), releases)
    try:
        found = catalog.by_id(playbook.id, playbook.segments[0] if playbook.segments else Segment.SELF_SERVE)
    except NotFound:
        return None
    return found


async def _releaser(context: Context) -> Releaser:
    return Releaser(context.store, await context.temporal(), now=context.now)


async def _preview(releaser: Releaser, playbook: Playbook, policy: Policy, mapping: dict[str, str]) -> Previewed:
    runs = await releaser.runs(playbook)
    with _bar() as bar:
        task = bar.add_task("looking at runs", total=len(runs))
        return await releaser.preview(playbook, policy, mapping, runs, lambda: bar.advance(task))


async def _carry_out(releaser: Releaser, release: Release, previewed: Previewed) -> list[MoveLine]:
    with _bar() as bar:
        task = bar.add_task("runs", total=len(previewed))
        return [line async for line in releaser.carry_out(release, previewed, lambda: bar.advance(task))]


def _bar() -> Progress:
    return Progress(disable=not sys.stderr.isatty(), console=Console(stderr=True), transient=True)


def _tell(previewed: Previewed, policy: Policy, *, done: bool = False) -> None:
    """How many, and each of them as far as they fit a screen: what would become of them, or what did."""
    lines = [line for line, _ in previewed]
    counted = Counter(line.outcome.value for line in lines)
    said = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in sorted(counted.items())) or "none"
    say(f"{'Done' if done else 'Runs under way'} ({policy.value}): {said}.")
    shown = sorted(lines, key=lambda line: (line.outcome is MoveOutcome.FINISHES, line.workflow_id))[:_SHOWN]
    if shown:
        rows = [
            (line.workflow_id, line.outcome.value, line.waits_at, "; ".join((*line.notes, *_again(line))))
            for line in shown
        ]
        print_table("", ("run", "became" if done else "becomes", "waits at", "notes"), rows)
    if len(lines) > len(shown):
        say(f"and {len(lines) - len(shown)} more; --json has all of them")


def _again(line: MoveLine) -> tuple[str, ...]:
    return (f"sends again: {', '.join(line.again)}",) if line.again else ()


async def _releases(playbook: str | None) -> list[Release]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.releases.all(playbook)


def _read(file: Path, texts: TemplateIndex | None) -> Playbook:
    if not file.is_file():
        raise BadInput("no such file", field="FILE", value=str(file))
    checked = check_file(file, texts)
    wrong = errors(checked.problems)
    if wrong or checked.playbook is None:
        raise BadInput("; ".join(str(problem) for problem in wrong))
    return checked.playbook


def _pairs(given: list[str] | None) -> dict[str, str]:
    found = {}
    for one in given or []:
        old, equals, new = one.partition("=")
        if not equals or not old or not new:
            raise BadInput("expected OLD=NEW", field="--map", value=one)
        found[old] = new
    return found
