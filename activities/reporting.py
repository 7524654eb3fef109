"""A report on its way out: drafted, attested, submitted, checked, published once (sections 16, 18.2, 18.3 and 18.5).

Publication reads and writes in one transaction, so that what was checked is what goes out.
"""

from collections.abc import Collection
from datetime import datetime

from activities.ports import Store, Transaction
from models.approval import Approval, ApprovalKind
from models.errors import BadInput, Refused
from models.evidence_record import Attestation, EvidenceRecord
from models.figure import Reference
from models.report import Published, Report, Verdict
from models.report_checklist import BY_ID, ItemState
from models.report_standing import ReportStanding
from models.validation import ValidationResult
from rules import claims, report_checklist


def approval_key(report: Report) -> str:
    """The request of this content: another content needs another yes."""
    return f"report:{report.id}:{report.sha256}"


async def standing(
    tx: Transaction, id_: str, known: Collection[Reference], now: datetime, validation: ValidationResult | None = None
) -> ReportStanding:
    """Everything recorded of a report; with the latest validation, if none is given."""
    report = await tx.reports.get(id_)
    latest = await tx.validations.latest(as_of=now)
    return ReportStanding(
        report=report,
        evidence=await tx.reports.evidence(id_),
        attestations=await tx.reports.attestations(id_),
        validation=validation or (latest[0] if latest else None),
        approval=await tx.approvals.by_key(approval_key(report)),
        known=known,
        now=now,
    )


def verdicts(found: ReportStanding) -> tuple[Verdict, ...]:
    """What becomes of each claim."""
    report = found.report
    return tuple(
        claims.judge(claim, report.content, report.id, found.evidence, found.known) for claim in report.content.claims
    )


async def attest(store: Store, said: Attestation) -> Attestation:
    """Keep an attestation of the report as it is.

    Raises:
        BadInput: no such item; or it would not count, and why.
        Refused: the report is published.
    """
    item = BY_ID.get(said.item)
    if item is None:
        raise BadInput(f"expected one of {', '.join(BY_ID)}", field="ITEM", value=said.item)
    async with store.begin() as tx:
        report = await tx.reports.get(said.report)
        if report.published_at is not None and item.gates:
            raise Refused("it is published; what went out is not attested afterwards", field="REPORT", value=report.id)
        said = said.model_copy(update={"sha256": report.sha256})
        reason = report_checklist.refusal(item, said, report.content.author)
        if reason:
            raise BadInput(reason, field="ITEM", value=said.item)
        await tx.reports.attest(said)
    return said


async def add_evidence(store: Store, record: EvidenceRecord) -> None:
    """Keep a record.

    Raises:
        NotFound: there is no such report.
        BadInput: it has no such claim; or the author is nobody.
    """
    if not report_checklist.is_person(record.author):
        raise BadInput("a person gives evidence, by name (V11)", field="--by", value=record.author)
    async with store.begin() as tx:
        id_, _, claim = record.subject.partition("/")
        report = await tx.reports.get(id_)
        if claim and claim not in {one.id for one in report.content.claims}:
            raise BadInput("the report has no such claim", field="SUBJECT", value=record.subject)
        await tx.reports.add_evidence(record)


async def submit(store: Store, id_: str, by: str, now: datetime) -> Approval:
    """Ask a person other than ``by`` for a yes to this content; the same request however often it is asked."""
    if not report_checklist.is_person(by):
        raise BadInput("a person asks, by name (V11)", field="--by", value=by)
    async with store.begin() as tx:
        report = await tx.reports.get(id_)
        return await tx.approvals.ask(
            Approval(
                key=approval_key(report),
                kind=ApprovalKind.REPORT,
                subject=report.id,
                title=f"Publish '{report.content.title}'",
                detail={"sha256": report.sha256, "author": report.content.author},
                requested_by=by,
                requested_at=now,
            )
        )


async def publish(
    store: Store, id_: str, by: str, now: datetime, known: Collection[Reference], validation: ValidationResult
) -> Report:
    """Publish it, once; the stored publication if it was before.

    Raises:
        Refused: something gates it; names each open item.
        BadInput: ``by`` is nobody.
    """
    if not report_checklist.is_person(by):
        raise BadInput("a person publishes, by name (V11)", field="--by", value=by)
    async with store.begin() as tx:
        found = await standing(tx, id_, known, now, validation)
        if found.report.published_at is None:
            items = report_checklist.states(found)
            waiting = report_checklist.open_gates(items)
            if waiting:
                told = "; ".join(f"{state.item.id} ({state.detail})" for state in waiting)
                raise Refused(f"{len(waiting)} items are open: {told}", field="report", value=id_)
            await tx.reports.publish(id_, _published(found, items), by=by, at=now)
        return await tx.reports.get(id_)


def _published(found: ReportStanding, items: tuple[ItemState, ...]) -> Published:
    content = found.report.content
    used = dict.fromkeys(each for one in content.figures.values() for each in (one.cohort, one.query))
    assert found.validation is not None  # the gate is passed
    return Published(
        title=content.title,
        period=f"{content.first} to {content.last}",
        compared_with=f"{content.compared_first} to {content.compared_last}",
        figures=tuple(
            f"{one}. Against the period before: {content.changes[name]}" if name in content.changes else str(one)
            for name, one in content.figures.items()
        ),
        claims=verdicts(found),
        commentary=content.commentary,
        notes=content.notes,
        method=tuple(str(each) for each in used),
        validation=f"{found.validation.id}, {found.validation.at:%Y-%m-%d %H:%M} UTC: passed, publishable",
        approved_by=found.approval.decided_by if found.approval is not None else "",
        attested=tuple(f"{state.item.text}: {state.detail}" for state in items if state.item.gates),
    )
