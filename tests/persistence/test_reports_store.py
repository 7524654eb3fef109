"""Reports, evidence and attestations are kept as they were, on both databases; what is published is published once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.errors import NotFound
from models.evidence_record import Attestation, EvidenceKind, EvidenceRecord
from models.figure import Documented, Figure, Unit
from models.report import Claim, ClaimKind, Published, Report, ReportContent
from persistence.store import SqlStore

AT = datetime(2025, 1, 2, 12, tzinfo=UTC)
REF = Documented(name="mrr", version=1, text="all").ref
FIGURE = Figure(
    name="ending_mrr", label="MRR", unit=Unit.MONEY, currency="EUR", value=10, n=1, of="accounts", no_interval="census",
    period=None, as_of=AT, cohort=REF, query=REF,
)  # fmt: skip
CONTENT = ReportContent(
    title="Año nuevo", author="Ana Ruiz", first=date(2024, 10, 1), last=date(2024, 12, 31),
    compared_first=date(2024, 7, 1), compared_last=date(2024, 9, 30), as_of=AT, definition="running_sum",
    figures={"ending_mrr": FIGURE}, changes={},
    claims=(Claim(id="c", kind=ClaimKind.FIGURE_IS, text="It is {figure}", figure="ending_mrr"),),
)  # fmt: skip
REPORT = Report(id="report_1", content=CONTENT, created_at=AT, sha256=CONTENT.sha256)
PUBLISHED = Published(
    title="t", period="p", compared_with="q", figures=(), claims=(), commentary=(), notes="", method=(), validation="v",
    approved_by="Eva", attested=(),
)  # fmt: skip


def evidence(key: str, subject: str) -> EvidenceRecord:
    return EvidenceRecord(
        id=key, kind=EvidenceKind.QUERY, subject=subject, reference="r", sha256="a" * 64, author="Ana", at=AT
    )


async def test_a_report_is_kept_and_published_once(store: SqlStore) -> None:
    async with store.begin() as tx:
        await tx.reports.add(REPORT)
        await tx.reports.add(REPORT.model_copy(update={"sha256": "0" * 64}))
    async with store.begin() as tx:
        found = await tx.reports.get("report_1")
        assert found == REPORT
        assert found.content.sha256 == REPORT.sha256
        assert await tx.reports.publish("report_1", PUBLISHED, by="Ana", at=AT)
        assert not await tx.reports.publish("report_1", PUBLISHED, by="Luis", at=AT + timedelta(days=1))
    async with store.read() as tx:
        again = await tx.reports.get("report_1")
        assert (again.published_by, again.published_at, again.published) == ("Ana", AT, PUBLISHED)
        assert await tx.reports.all() == [again]
        with pytest.raises(NotFound):
            await tx.reports.get("report_2")


async def test_the_latest_word_on_an_item_of_one_content_counts(store: SqlStore) -> None:
    said = Attestation(report="report_1", item="outliers", sha256="a" * 64, by="Ana", at=AT, records=("7", "8"))
    later = said.model_copy(update={"by": "Luis", "at": AT + timedelta(hours=1), "records": ()})
    other = said.model_copy(update={"sha256": "b" * 64})
    async with store.begin() as tx:
        await tx.reports.add(REPORT)
        for one in (said, later, other):
            await tx.reports.attest(one)
        assert await tx.reports.attestations("report_1") == [other, later]


async def test_evidence_is_of_a_report_or_of_one_of_its_claims(store: SqlStore) -> None:
    records = [evidence("e1", "report_1"), evidence("e2", "report_1/c"), evidence("e3", "report_12")]
    async with store.begin() as tx:
        for one in (*records, *records):
            await tx.reports.add_evidence(one)
        assert await tx.reports.evidence("report_1") == records[:2]
        assert await tx.reports.evidence() == records
