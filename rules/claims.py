"""What a claim needs before it may be published, and what stands in its place when it has not (section 18.3)."""

import re
from collections.abc import Collection, Sequence

from models.evidence_record import EvidenceKind, EvidenceRecord
from models.figure import Figure, Reference
from models.report import Claim, ClaimKind, ReportContent, Verdict

CHURN = ("logo_churn_monthly", "logo_churn_12_months", "revenue_churn_monthly")
RETENTION = ("retention_d7", "retention_d30", "grr_monthly", "grr_12_months", "nrr_monthly", "nrr_12_months")
HAPPINESS = ("csat", "nps")
LEAST_NPS = 30

_SAYS = {
    ClaimKind.CHURN_IS: "what churn is",
    ClaimKind.NPS_IMPROVED: "that NPS improved",
    ClaimKind.COHORT_RETENTION_IS: "what the retention of a cohort is",
    ClaimKind.USERS_ARE_HAPPY: "that users are happy",
    ClaimKind.IMPROVED: "that something improved",
    ClaimKind.FIGURE_IS: "what a figure is",
    ClaimKind.WILL_ACHIEVE: "that a result will be achieved",
}
_ONLY = {ClaimKind.CHURN_IS: CHURN, ClaimKind.COHORT_RETENTION_IS: RETENTION, ClaimKind.USERS_ARE_HAPPY: HAPPINESS}


def judge(
    claim: Claim, content: ReportContent, report: str, evidence: Sequence[EvidenceRecord], known: Collection[Reference]
) -> Verdict:
    """The claim's text with its figure, or the notice that takes its place.

    Args:
        claim: of that report.
        content: its content.
        report: its id; evidence may be of the whole report or of ``report/claim``.
        evidence: what is recorded.
        known: definitions and queries whose text can be printed today.
    """
    missing = _missing(claim, content, report, evidence, known)
    if missing:
        notice = f"[Refused: a claim {_SAYS[claim.kind]}. Missing: {'; '.join(missing)}.]"
        return Verdict(claim=claim.id, kind=claim.kind, allowed=False, text=notice, missing=tuple(missing))
    return Verdict(claim=claim.id, kind=claim.kind, allowed=True, text=_text(claim, content))


def _missing(
    claim: Claim, content: ReportContent, report: str, evidence: Sequence[EvidenceRecord], known: Collection[Reference]
) -> list[str]:
    said = claim.text.replace("{figure}", "")
    missing = []
    if re.search(r"\d", said):
        missing.append("numbers come from the figure: write {figure} in their place")
    if "{" in said or "}" in said:
        missing.append("no placeholder but {figure}")
    if claim.kind is ClaimKind.WILL_ACHIEVE:
        if not _has(EvidenceKind.EXPERIMENT, claim, report, evidence):
            missing.append("a promise needs the record of an experiment for this claim")
        return missing
    figure = content.figures.get(claim.figure or "")
    if figure is None:
        return [*missing, "a figure of this report"]
    allowed = _ONLY.get(claim.kind)
    if allowed is not None and figure.name not in allowed:
        missing.append(f"one of the figures {', '.join(allowed)}, not {figure.name}")
    if not figure.known:
        missing.append(f"the figure: {figure.reason}")
    missing += [f"the text of {each} as it was" for each in (figure.cohort, figure.query) if each not in known]
    return missing + _by_kind(claim, content, figure, report, evidence)


def _by_kind(
    claim: Claim, content: ReportContent, figure: Figure, report: str, evidence: Sequence[EvidenceRecord]
) -> list[str]:
    match claim.kind:
        case ClaimKind.CHURN_IS if not _has(EvidenceKind.METHODOLOGY, claim, report, evidence):
            return ["a methodology document (evidence of kind methodology)"]
        case ClaimKind.NPS_IMPROVED | ClaimKind.IMPROVED:
            if claim.kind is ClaimKind.NPS_IMPROVED and figure.name != "nps":
                return ["the figure nps"]
            change = content.changes.get(figure.name)
            if change is None:
                return ["a test against the period before"]
            if not change.improved:
                return [f"a significant improvement: {change}"]
        case ClaimKind.USERS_ARE_HAPPY if figure.name == "nps" and (figure.n or 0) < LEAST_NPS:
            return [f"at least {LEAST_NPS} answers"]
        case _:
            pass
    return []


def _has(kind: EvidenceKind, claim: Claim, report: str, evidence: Sequence[EvidenceRecord]) -> bool:
    """A promise's evidence must be of the claim itself; other evidence may be of the whole report."""
    subjects = {f"{report}/{claim.id}"} if kind is EvidenceKind.EXPERIMENT else {report, f"{report}/{claim.id}"}
    return any(one.kind is kind and one.subject in subjects for one in evidence)


def _text(claim: Claim, content: ReportContent) -> str:
    """In one pass and literally: what a figure says is never read again as a template."""
    figure = content.figures.get(claim.figure or "")
    if figure is None:
        return claim.text
    told = str(figure)
    change = content.changes.get(figure.name)
    if claim.kind in (ClaimKind.IMPROVED, ClaimKind.NPS_IMPROVED) and change is not None:
        told = f"{told}; {change}"
    return claim.text.replace("{figure}", told) if "{figure}" in claim.text else f"{claim.text} {told}"
