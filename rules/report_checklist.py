"""Which items of a report's checklist are done, and why the others are not (sections 18.2 and 18.5, V11)."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from models.approval import ApprovalStatus
from models.evidence_record import Attestation
from models.nps_figures import KpiBand
from models.report_checklist import ITEMS, How, Item, ItemState
from models.report_standing import ReportStanding
from models.validation import CheckStatus
from rules.claim_words import hidden_claims

FRESH = timedelta(hours=24)
"""A validation older than this is not one before publishing."""

NOT_PEOPLE = frozenset(
    ("admin", "auto", "automatic", "bot", "nobody", "operator", "root", "steadfast", "system", "team", "worker")
)


def is_person(name: str) -> bool:
    """Whether this can be the name of somebody: what a machine calls itself attests nothing."""
    letters = [part for part in name.split() if any(char.isalpha() for char in part)]
    return bool(letters) and len(name.strip()) > 1 and name.strip().lower() not in NOT_PEOPLE


def states(standing: ReportStanding) -> tuple[ItemState, ...]:
    """Every item, in the order of the phases."""
    return tuple(_state(item, standing) for item in ITEMS)


def open_gates(found: Sequence[ItemState]) -> list[ItemState]:
    """What publication waits for."""
    return [state for state in found if state.item.gates and not state.done]


def _state(item: Item, standing: ReportStanding) -> ItemState:
    match item.how:
        case How.COMPUTED:
            reason = _COMPUTED[item.id](standing)
            return ItemState(item=item, done=not reason, detail=reason or "computed")
        case How.ATTESTED:
            return _attested(item, standing)
        case How.EVIDENCE:
            records = [one for one in standing.evidence if one.kind is item.kind]
            detail = ", ".join(f"{one.reference} ({one.sha256[:12]}, {one.author})" for one in records)
            return ItemState(item=item, done=bool(records), detail=detail or f"no evidence of kind {item.kind}")
        case _:
            return _approved(item, standing)


def _attested(item: Item, standing: ReportStanding) -> ItemState:
    report = standing.report
    said = [one for one in standing.attestations if one.item == item.id and one.sha256 == report.sha256]
    reasons = []
    for one in said:
        reason = refusal(item, one, report.content.author)
        if not reason:
            records = f", {len(one.records)} records" if one.records else ""
            return ItemState(item=item, done=True, detail=f"{one.by}, {one.at:%Y-%m-%d %H:%M}{records}")
        reasons.append(reason)
    if not reasons and any(one.item == item.id for one in standing.attestations):
        reasons.append("attested of another content")
    return ItemState(item=item, done=False, detail=reasons[0] if reasons else "not attested")


def refusal(item: Item, said: Attestation, author: str) -> str:
    """Why an attestation does not count; empty when it does."""
    if item.how is not How.ATTESTED:
        return f"{item.id} is {item.how}, not attested"
    if not is_person(said.by):
        return f"{said.by!r} is nobody's name: a person attests (V11)"
    if item.by_another and _same(said.by, author):
        return "the author cannot review their own queries"
    if len(set(said.records)) < item.records:
        return f"{len(set(said.records))} records named, at least {item.records} needed"
    return ""


def _approved(item: Item, standing: ReportStanding) -> ItemState:
    found = standing.approval
    if found is None:
        return ItemState(item=item, done=False, detail="nobody was asked: starter.py report submit")
    if found.status is ApprovalStatus.APPROVED:
        return ItemState(item=item, done=True, detail=f"{found.decided_by}, {found.decided_at:%Y-%m-%d %H:%M}")
    return ItemState(item=item, done=False, detail=f"approval {found.number} is {found.status}")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


Reason = Callable[[ReportStanding], str]


def _check(name: str) -> Reason:
    def of(standing: ReportStanding) -> str:
        found = standing.validation
        if found is None:
            return "not validated yet"
        check = next(one for one in found.checks if one.name == name)
        return check.details if check.status is CheckStatus.FAIL else ""

    return of


def _kpi(name: str) -> Reason:
    def of(standing: ReportStanding) -> str:
        found = standing.validation
        if found is None:
            return "not validated yet"
        kpi = next(one for one in found.kpis if one.rule.name == name)
        return f"{kpi.rule.label}: {kpi.figure.short()}" if kpi.band is KpiBand.CRITICAL else ""

    return of


def _validated(standing: ReportStanding) -> str:
    found = standing.validation
    if found is None:
        return "not validated yet"
    if standing.now - found.at > FRESH:
        return f"validated {found.at:%Y-%m-%d %H:%M}, more than a day ago"
    return "; ".join(found.blocking)


def _claims(standing: ReportStanding) -> str:
    content = standing.report.content
    free = (content.title, *content.commentary, content.notes)
    found = [f"'{text[:60]}' claims {', '.join(hidden_claims(text))}" for text in free if hidden_claims(text)]
    return "; ".join(found)


def _compared(standing: ReportStanding) -> str:
    return "" if standing.report.content.changes else "no figure of the period before"


def _like(standing: ReportStanding) -> str:
    content = standing.report.content
    mixed = [
        name
        for name, change in content.changes.items()
        if change.before.cohort != change.after.cohort or change.before.query != change.after.query
    ]
    if mixed:
        return f"another definition or query before: {', '.join(mixed)}"
    return "" if content.compared_last < content.first else "the periods overlap"


def _intervals(standing: ReportStanding) -> str:
    bare = [
        name
        for name, one in standing.report.content.figures.items()
        if one.known and one.interval is None and not one.no_interval
    ]
    return f"no interval: {', '.join(bare)}" if bare else ""


def _queries(standing: ReportStanding) -> str:
    used = {each for one in standing.report.content.figures.values() for each in (one.query, one.cohort)}
    unknown = sorted(str(each) for each in used if each not in standing.known)
    return f"changed or gone since: {', '.join(unknown)}" if unknown else ""


_COMPUTED: dict[str, Reason] = {
    "data_sources_validated": _kpi("data_freshness"),
    "cohorts_documented": _check("Cohort Definitions"),
    "baselines_set": _compared,
    "reconciled": _kpi("discrepancies"),
    "like_with_like": _like,
    "intervals": _intervals,
    "cohort_math": _check("Retention Calculation"),
    "date_alignment": _check("Cohort Definitions"),
    "claims": _claims,
    "unchanged": lambda standing: (
        ""
        if standing.report.content.sha256 == standing.report.sha256
        else "the content was changed after it was drafted"
    ),
    "validated": _validated,
    "period_defined": lambda standing: (
        "" if standing.report.content.first <= standing.report.content.last else "ends before it begins"
    ),
    "compared": _compared,
    "notes": lambda standing: "" if standing.report.content.notes else "write notes, or 'none'",
    "queries": _queries,
}
