"""``starter.py replay``: recorded histories against this code."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, WorkflowRunner

from cli.output import print_json, print_table
from codec import data_converter
from models.errors import BadInput, Refused
from persistence.keys import CustomerKeyStore
from persistence.store import SqlStore
from settings import load

HISTORIES = Path(__file__).resolve().parent.parent / "tests" / "replay" / "histories"


Composed = Callable[[], tuple[Sequence[type], WorkflowRunner]]


def make(composed: Composed) -> Callable[..., None]:
    """The command; ``composed`` gives the workflows and the sandbox that the worker runs."""

    def replay(
        files: Annotated[list[Path] | None, typer.Argument(help="Histories as JSON; default: the recorded.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Replay histories; exit 1 if this code would not have done the same."""
        _report(asyncio.run(_replay(files or sorted(HISTORIES.glob("*.json")), composed)), as_json)

    return replay


def _report(results: list[tuple[Path, str | None]], as_json: bool) -> None:
    if as_json:
        print_json([{"file": str(path), "same": problem is None, "problem": problem} for path, problem in results])
    else:
        print_table("Replayed", ("history", "result"), [(path.name, problem or "same") for path, problem in results])
    if any(problem for _, problem in results):
        raise Refused("this code would not have done the same; guard the change with workflow.patched")


async def _replay(files: list[Path], composed: Composed) -> list[tuple[Path, str | None]]:
    settings = load()
    store = SqlStore.open(settings.database)
    workflows, runner = composed()
    replayer = Replayer(
        workflows=workflows,
        workflow_runner=runner,
        data_converter=data_converter(settings, CustomerKeyStore(store.database)),
    )
    results: list[tuple[Path, str | None]] = []
    try:
        for path in files:
            if not path.is_file():
                raise BadInput("no such file", field="FILE", value=str(path))
            history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
            outcome = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            failure = outcome.replay_failure
            results.append((path, None if failure is None else str(failure)[:500]))
    finally:
        await store.close()
    return results
