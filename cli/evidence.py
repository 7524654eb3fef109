"""``starter.py evidence`` and ``starter.py attest``: what is recorded, and what a named person says (18.2, V11)."""

import asyncio
import hashlib
from pathlib import Path
from typing import Annotated

import typer

from activities import reporting
from cli.context import open_context
from cli.output import print_json, print_table, say
from models.errors import BadInput
from models.evidence_record import Attestation, EvidenceKind, EvidenceRecord
from models.ids import new_id
from persistence.queries import queries
from persistence.spans import MRR_ROWS

app = typer.Typer(help="Records of evidence: what, where, by whom, with a hash.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.command()
def add(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="REPORT, or REPORT/CLAIM.")],
    kind: Annotated[EvidenceKind, typer.Option("--kind", help="What sort of evidence.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="The person who gives it.")],
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Its bytes are hashed.")] = None,
    query: Annotated[str | None, typer.Option("--query", metavar="NAME", help="A registered query.")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="WHERE", help="Where it is; the file's name if absent.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="In your own words.")] = "",
    as_json: Json = False,
) -> None:
    """Record a piece of evidence; give its bytes by --file, or a registered query by --query."""
    where, digest = _hashed(file, query, reference)
    made = asyncio.run(_add(subject, kind, by, where, digest, note))
    if as_json:
        print_json(made)
    else:
        say(f"{made.id}: {made.kind} of {made.subject}, sha256 {made.sha256}")


def _hashed(file: Path | None, query: str | None, reference: str | None) -> tuple[str, str]:
    if (file is None) is (query is None):
        raise BadInput("give exactly one of --file and --query: evidence has bytes to hash", field="--file")
    if file is not None:
        try:
            return reference or file.name, hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise BadInput(f"cannot be read: {error.strerror}", field="--file", value=str(file)) from None
    known = {**queries(), MRR_ROWS.name: MRR_ROWS}
    if query not in known:
        raise BadInput(f"expected one of {', '.join(known)}", field="--query", value=query)
    found = known[query]
    return reference or f"query {found.name} v{found.version}", found.ref.sha256


async def _add(subject: str, kind: EvidenceKind, by: str, where: str, digest: str, note: str) -> EvidenceRecord:
    async with open_context() as context:
        made = EvidenceRecord(
            id=new_id("evidence"), kind=kind, subject=subject, reference=where, sha256=digest, author=by,
            at=context.now(), note=note,
        )  # fmt: skip
        await reporting.add_evidence(context.store, made)
        return made


@app.command("list")
def list_(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="Of this report; all if absent.")] = "",
    as_json: Json = False,
) -> None:
    """What is recorded."""
    found = asyncio.run(_list(report))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.at, one.kind, one.subject, one.reference, one.sha256[:12], one.author) for one in found]
    print_table("Evidence", ("at", "kind", "of", "where", "sha256", "by"), rows)


async def _list(report: str) -> list[EvidenceRecord]:
    async with open_context() as context, context.store.read() as tx:
        return await tx.reports.evidence(report)


def attest(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="The report's id.")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An item of its checklist: starter.py report check.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="The person who did it.")],
    record: Annotated[
        list[str] | None, typer.Option("--record", metavar="ID", help="A record verified by hand; repeat it.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="In your own words.")] = "",
) -> None:
    """Say, by name, that you did what the item asks; it holds for the report as it is now."""
    said = asyncio.run(_attest(report, item, by, tuple(record or ()), note))
    say(f"{said.item} of {said.report}, content {said.sha256[:12]}: attested by {said.by}")


async def _attest(report: str, item: str, by: str, records: tuple[str, ...], note: str) -> Attestation:
    async with open_context() as context:
        said = Attestation(
            report=report, item=item, sha256="0" * 64, by=by, at=context.now(), note=note, records=records
        )
        return await reporting.attest(context.store, said)
