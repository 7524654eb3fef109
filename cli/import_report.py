"""The report of an import for people, and its progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from cli.output import print_table, say
from intake.csv.parsed import ParsedBook
from intake.csv.report import ImportReport

REFUSALS_SHOWN = 20
"""On a terminal; ``--json`` has all of them."""


@contextmanager
def progress_bar(parsed: ParsedBook) -> Iterator[Callable[[str, int], None]]:
    """A bar per file on a terminal's stderr; nothing in a pipe."""
    totals = {tally.file: tally.valid for tally in parsed.tallies} | {"lifecycles": len(parsed.accounts)}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:

        def advance(what: str, more: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=totals.get(what))
            progress.advance(tasks[what], more)

        yield advance


def print_report(report: ImportReport) -> None:
    """Files, refusals, what was odd, what was assumed, and where the customers stand."""
    title = f"{report.source}, as of {report.as_of:%Y-%m-%d %H:%M} UTC" + (" (dry run)" if report.dry_run else "")
    files = report.files
    print_table(
        title,
        ("file", "read", "loaded", "new", "updated", "same", "repeated", "refused"),
        ((f.file, f.read, f.loaded, f.inserted, f.updated, f.unchanged, f.repeated, len(f.refused)) for f in files),
    )
    refusals = [refusal for file in files for refusal in file.refused]
    if refusals:
        say("Refused:")
        for refusal in refusals[:REFUSALS_SHOWN]:
            say(f"  {refusal}")
        if len(refusals) > REFUSALS_SHOWN:
            say(f"  and {len(refusals) - REFUSALS_SHOWN} more; --json lists all")
    notes = [f"  {file.file}: {note.rows} rows {note.text}" for file in files for note in file.notes]
    ignored = [f"  {file.file}: {', '.join(file.ignored_columns)}" for file in files if file.ignored_columns]
    for heading, lines in (
        ("Odd, and loaded:", notes),
        ("Columns that the mapping does not name, not loaded:", ignored),
        ("Taken to be so:", [f"  {text}" for text in report.assumptions]),
        ("Accounts:", _accounts(report)),
    ):
        if lines:
            say("\n".join((heading, *lines)))


def _accounts(report: ImportReport) -> list[str]:
    began = report.started
    lines = [f"  {count} begin in stage {stage}" for stage, count in began.stages.items()]
    lines += [
        f"  {count} {text}"
        for count, text in (
            (began.lifecycles - began.waiting, "lifecycles run"),
            (began.waiting, "lifecycles wait for a worker and have no stage yet: scan once they have one"),
            (began.onboarding_programs, "are in an onboarding program (where their plan chooses one)"),
            (began.not_yet, "signed up after the as-of day: their rows are kept, nothing is started"),
            (began.unknown, "have no row that tells how they stand: no stage yet"),
            (began.live, "were customers before: brought up to date, neither held nor started again"),
            (began.disputed, "pay though their last churn event says they left: taken as paying"),
            (began.without_email, "have no e-mail address: steps that need one are skipped"),
            (began.without_zone, "have no time zone"),
        )
        if count
    ]
    return lines
