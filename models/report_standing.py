"""Everything that a report's checklist is worked out from (sections 18.2 and 18.5)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from models.approval import Approval
from models.evidence_record import Attestation, EvidenceRecord
from models.figure import Reference
from models.report import Report
from models.validation import ValidationResult


class ReportStanding(NamedTuple):
    """A report with what is recorded of it. ``known``: definitions and queries whose text can be printed today."""

    report: Report
    evidence: Sequence[EvidenceRecord]
    attestations: Sequence[Attestation]
    validation: ValidationResult | None
    approval: Approval | None
    known: Collection[Reference]
    now: datetime
