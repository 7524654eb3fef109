"""``starter.py playbooks``: check, list, show, and the schema for editors."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli import playbook_page, releases
from models.enums import Segment
from models.errors import BadInput, Refused
from models.playbook import Playbook
from playbooks import schema as playbook_schema
from playbooks.catalog import DIRECTORY, Catalog, clashes
from playbooks.check import check_file, files
from playbooks.problem import errors
from playbooks.vocabulary import TemplateIndex

Segments = Annotated[Segment | None, typer.Option("--segment", help="The variant for this segment.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Directory = Annotated[Path, typer.Option("--directory", help="Where the playbooks are.", show_default=False)]


def make(templates: Callable[[], TemplateIndex | None] = lambda: None) -> typer.Typer:
    """The commands. ``templates`` gives the texts to check messages against, when a command needs them."""
    app = typer.Typer(help="Check and read the playbooks.", no_args_is_help=True)

    @app.command()
    def check(
        paths: Annotated[list[Path] | None, typer.Argument(help="Files or directories; none: our own.")] = None,
    ) -> None:
        """Check playbooks; print a line for each problem. Exit 2 if any is an error."""
        texts = templates()
        checked = [check_file(path, texts) for path in files(paths or [DIRECTORY])]
        found = sorted([*(problem for one in checked for problem in one.problems), *clashes(checked)])
        for problem in found:
            typer.echo(_beside(str(problem)))
        if not checked:
            typer.echo("paths: no *.yaml files there", err=True)
        if errors(found) or not checked:
            raise typer.Exit(2)
        steps = sum(len(one.playbook.steps) for one in checked if one.playbook is not None)
        warned = f", {len(found)} warnings" if found else ""
        typer.echo(f"{len(checked)} playbooks with {steps} steps are in order{warned}")

    @app.command("list")
    def list_(
        as_json: AsJson = False,
        markdown: Annotated[bool, typer.Option("--markdown", help="Print a page that explains each.")] = False,
        directory: Directory = DIRECTORY,
    ) -> None:
        """Every playbook: id, version, fingerprint, whom it is for, what starts it."""
        if markdown:
            typer.echo(playbook_page.page(_load(directory, templates).entries()), nl=False)
            return
        rows: list[dict[str, JsonValue]] = [
            {
                "id": entry.playbook.id,
                "version": entry.playbook.version,
                "fingerprint": entry.fingerprint,
                "process": entry.playbook.process,
                "trigger": entry.playbook.trigger,
                "segments": [segment.value for segment in entry.playbook.segments],
                "steps": len(entry.playbook.steps),
                "title": entry.playbook.title,
                "file": _beside(entry.file),
            }
            for entry in _load(directory, templates).entries()
        ]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        else:
            _print_rows(rows)

    @app.command()
    def show(
        playbook: Annotated[str, typer.Argument(help="Id of the playbook.")],
        segment: Segments = None,
        as_json: AsJson = False,
        directory: Directory = DIRECTORY,
    ) -> None:
        """One playbook: when each step comes and what it does."""
        try:
            found = _load(directory, templates).by_id(playbook, segment)
        except Refused as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(1) from None
        if as_json:
            typer.echo(found.model_dump_json(by_alias=True))
        else:
            _print_playbook(found)

    @app.command()
    def schema() -> None:
        """Print the JSON Schema of a playbook's file."""
        typer.echo(playbook_schema.text(), nl=False)

    releases.add_to(app, templates)
    return app


app = make()


def _load(directory: Path, templates: Callable[[], TemplateIndex | None]) -> Catalog:
    try:
        return Catalog.load(directory, templates())
    except BadInput as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def _beside(text: str) -> str:
    """Our own files as they are named in the checkout."""
    return text.replace(f"{DIRECTORY.parent}/", "")


def _print_rows(rows: list[dict[str, JsonValue]]) -> None:
    columns = ["id", "version", "fingerprint", "process", "trigger", "segments", "steps"]
    _print_table(columns, [[_cell(row[name]) for name in columns] for row in rows])


def _print_playbook(playbook: Playbook) -> None:
    segments = _cell([segment.value for segment in playbook.segments])
    typer.echo(f"{playbook.id} version {playbook.version} ({playbook.fingerprint()}): {playbook.title}")
    typer.echo(f"{playbook.process}, starts at {playbook.trigger}, for {segments}")
    rows = []
    for step in playbook.steps:
        when = f"{_span(step.delay)} after {step.after}" if step.delay else step.after
        if step.until is not None:
            when = f"{_span(step.until.offset)} from {step.until.value}, after {step.after}"
        does = getattr(step, "do", step.kind)
        given = getattr(step, "params", {})
        condition = getattr(step, "when", None) or ""
        rows.append([step.id, when, does, json.dumps(given, ensure_ascii=False) if given else "", condition])
    _print_table(["step", "when", "does", "with", "if"], rows)


def _span(delay: timedelta) -> str:
    """A delay as the files write it."""
    seconds = round(delay.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}{'' if abs(seconds // size) == 1 else 's'}"
    raise AssertionError("every whole number is divisible by one")


def _cell(value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "every segment"
    return str(value)


def _print_table(columns: list[str], rows: list[list[str]]) -> None:
    """A table on a terminal, tab-separated lines in a pipe."""
    if not sys.stdout.isatty():
        for row in [columns, *rows]:
            typer.echo("\t".join(row))
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
