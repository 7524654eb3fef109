"""What each claim needs before it may be published, and what an item of the checklist needs before it is done."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.approval import Approval, ApprovalKind, ApprovalStatus
from models.evidence_record import Attestation, EvidenceKind, EvidenceRecord
from models.figure import Documented, Figure, Interval, Unit
from models.figure_change import Change, change
from models.nps_figures import Period
from models.report import Claim, ClaimKind, Report, ReportContent
from models.report_checklist import BY_ID, ITEMS, How, Phase
from models.report_standing import ReportStanding
from rules.claims import judge
from rules.report_checklist import is_person, open_gates, refusal, states

AT = datetime(2025, 1, 2, 12, tzinfo=UTC)
REF = Documented(name="cohort", version=1, text="who is counted").ref
PERIOD = Period(start=datetime(2024, 10, 1, tzinfo=UTC), end=datetime(2025, 1, 1, tzinfo=UTC))


def figure(name: str, value: float | None = 0.5, *, n: int = 100, unit: Unit = Unit.FRACTION) -> Figure:
    return Figure(
        name=name, label=name, unit=unit, value=value, reason="" if value is not None else "too few", n=n, of="rows",
        interval=Interval(low=0.4, high=0.6, method="Wilson") if value is not None else None, period=PERIOD, as_of=AT,
        cohort=REF, query=REF,
    )  # fmt: skip


def changed(name: str, p_value: float) -> Change:
    return change(figure(name, 0.4), figure(name, 0.5), p_value, "test")


FIGURES = {
    name: figure(name)
    for name in ("logo_churn_monthly", "retention_d7", "csat", "nps", "activation", "grr_12_months")
} | {"few": figure("few", None)}  # fmt: skip


def content(*claims: Claim, **more: Any) -> ReportContent:
    given: dict[str, Any] = {
        "title": "Quarter", "author": "Ana Ruiz", "first": date(2024, 10, 1), "last": date(2024, 12, 31),
        "compared_first": date(2024, 7, 1), "compared_last": date(2024, 9, 30), "as_of": AT,
        "definition": "running_sum", "figures": FIGURES,
        "changes": {
            "nps": changed("nps", 0.01), "csat": changed("csat", 0.4), "activation": changed("activation", 0.01),
        },
        "claims": claims, "notes": "none",
    }  # fmt: skip
    return ReportContent(**(given | more))


def claim(kind: ClaimKind, name: str | None, text: str = "It is {figure}") -> Claim:
    return Claim(id="c", kind=kind, text=text, figure=name)


def evidence(kind: EvidenceKind, subject: str = "R") -> EvidenceRecord:
    return EvidenceRecord(
        id=f"E-{kind}", kind=kind, subject=subject, reference="file", sha256="0" * 64, author="Ana Ruiz", at=AT
    )


METHOD, TRIAL = evidence(EvidenceKind.METHODOLOGY), evidence(EvidenceKind.EXPERIMENT, "R/c")


@pytest.mark.parametrize(
    ("one", "records", "missing"),
    [
        (claim(ClaimKind.CHURN_IS, "logo_churn_monthly"), [METHOD], ""),
        (claim(ClaimKind.CHURN_IS, "logo_churn_monthly"), [], "methodology document"),
        (claim(ClaimKind.CHURN_IS, "csat"), [METHOD], "one of the figures logo_churn"),
        (claim(ClaimKind.NPS_IMPROVED, "nps"), [], ""),
        (claim(ClaimKind.NPS_IMPROVED, "activation"), [], "the figure nps"),
        (claim(ClaimKind.IMPROVED, "csat"), [], "significant improvement"),
        (claim(ClaimKind.IMPROVED, "activation"), [], ""),
        (claim(ClaimKind.IMPROVED, "retention_d7"), [], "a test against the period before"),
        (claim(ClaimKind.COHORT_RETENTION_IS, "retention_d7"), [], ""),
        (claim(ClaimKind.COHORT_RETENTION_IS, "nps"), [], "one of the figures retention"),
        (claim(ClaimKind.USERS_ARE_HAPPY, "csat"), [], ""),
        (claim(ClaimKind.USERS_ARE_HAPPY, "activation"), [], "one of the figures csat"),
        (claim(ClaimKind.FIGURE_IS, "few"), [], "the figure: too few"),
        (claim(ClaimKind.FIGURE_IS, "unknown"), [], "a figure of this report"),
        (claim(ClaimKind.FIGURE_IS, "csat", "It is 42"), [], "numbers come from the figure"),
        (claim(ClaimKind.FIGURE_IS, "csat", "It is {value}"), [], "no placeholder but"),
        (claim(ClaimKind.WILL_ACHIEVE, None, "It will help"), [], "an experiment"),
        (claim(ClaimKind.WILL_ACHIEVE, None, "It will help"), [evidence(EvidenceKind.EXPERIMENT)], "an experiment"),
        (claim(ClaimKind.WILL_ACHIEVE, None, "It will help"), [TRIAL], ""),
    ],
)
def test_claims_and_what_they_miss(one: Claim, records: list[EvidenceRecord], missing: str) -> None:
    found = judge(one, content(one), "R", records, {REF})
    assert found.allowed is not bool(missing)
    if missing:
        assert missing in found.text
        assert found.text.startswith("[Refused: a claim ")
        assert one.text not in found.text, "a refused claim's own words do not go out"
    elif one.figure:
        assert str(FIGURES[one.figure]) in found.text


def test_a_claim_whose_query_has_changed_is_refused() -> None:
    one = claim(ClaimKind.FIGURE_IS, "csat")
    assert "the text of cohort v1" in judge(one, content(one), "R", [], set()).text


def test_a_figures_text_is_inserted_literally() -> None:
    one = claim(ClaimKind.FIGURE_IS, "odd")
    odd = figure("odd").model_copy(update={"label": "{figure} {x}"})
    assert judge(one, content(one, figures={"odd": odd}), "R", [], {REF}).text.count("{figure} {x}") == 1


def standing(made: ReportContent, **more: Any) -> ReportStanding:
    report = Report(id="R", content=made, created_at=AT, sha256=made.sha256)
    given: dict[str, Any] = {
        "report": report, "evidence": (), "attestations": (), "validation": None, "approval": None, "known": {REF},
        "now": AT,
    }  # fmt: skip
    return ReportStanding(**(given | more))


def done(found: ReportStanding) -> dict[str, bool]:
    return {state.item.id: state.done for state in states(found)}


def said(item: str, by: str = "Luis Gil", *, sha: str | None = None, records: int = 0) -> Attestation:
    return Attestation(
        report="R", item=item, sha256=sha or content().sha256, by=by, at=AT, records=tuple(map(str, range(records)))
    )


def test_the_checklist_has_every_phase_tool_and_evidence_of_the_domain() -> None:
    phases = {phase: [item.id for item in ITEMS if item.phase is phase] for phase in Phase}
    assert all(len(items) >= 4 for items in phases.values())
    assert {
        "sql_review",
        "sample_check",
        "cohort_math",
        "date_alignment",
        "visualization_check",
        "trend_verification",
    } <= {*BY_ID}
    assert not any(item.gates for item in ITEMS if item.phase is Phase.AFTER_REPORTING)
    assert all(item.kind is not None for item in ITEMS if item.how is How.EVIDENCE)


def test_human_items_are_never_passed_by_themselves() -> None:
    found = done(standing(content()))
    assert not any(found[item.id] for item in ITEMS if item.how is not How.COMPUTED)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (said("outliers"), True),
        (said("outliers", "Ana Ruiz"), True),
        (said("outliers", "steadfast"), False),
        (said("outliers", sha="0" * 64), False),
        (said("sql_review"), True),
        (said("sql_review", " ana  RUIZ "), False),
        (said("sample_check", records=10), True),
        (said("sample_check", records=9), False),
    ],
)
def test_an_attestation_counts_for_a_person_and_for_what_they_saw(one: Attestation, expected: bool) -> None:
    assert done(standing(content(), attestations=[one]))[one.item] is expected


def test_the_same_record_ten_times_is_one_record() -> None:
    one = said("sample_check").model_copy(update={"records": ("7",) * 10})
    assert "1 records named" in refusal(BY_ID["sample_check"], one, "x")
    assert "not attested" in refusal(BY_ID["compared"], one, "x")


@pytest.mark.parametrize(("name", "person"), [("Ana", True), ("Ana Ruiz", True), ("System", False), ("7", False)])
def test_names_of_machines_attest_nothing(name: str, person: bool) -> None:
    assert is_person(name) is person


@pytest.mark.parametrize(
    ("more", "item"),
    [
        ({"commentary": ("Churn is 3%",)}, "claims"),
        ({"title": "NPS improved"}, "claims"),
        ({"notes": ""}, "notes"),
        ({"changes": {}}, "compared"),
        ({"compared_last": date(2024, 10, 2)}, "like_with_like"),
    ],
)
def test_what_is_computed_from_the_content(more: dict[str, Any], item: str) -> None:
    assert done(standing(content()))[item] is True
    assert done(standing(content(**more)))[item] is False


def test_a_changed_content_and_a_changed_query_are_noticed() -> None:
    found = standing(content())
    other = found.report.model_copy(update={"content": content(notes="other")})
    assert done(found._replace(report=other))["unchanged"] is False
    assert done(found._replace(known=set()))["queries"] is False


def test_evidence_and_approval() -> None:
    records = [evidence(kind) for kind in (EvidenceKind.DATA_SOURCE, EvidenceKind.SCREENSHOT, EvidenceKind.METHODOLOGY)]
    asked = Approval(key="k", kind=ApprovalKind.REPORT, title="t", requested_by="Ana Ruiz", requested_at=AT, number=3)
    yes = asked.model_copy(update={"status": ApprovalStatus.APPROVED, "decided_by": "Eva", "decided_at": AT})
    found = done(standing(content(), evidence=records, approval=yes))
    assert found["source_links"]
    assert found["sample_screenshot"]
    assert found["methodology"]
    assert found["approved"]
    assert not done(standing(content(), approval=asked))["approved"]


def test_without_a_validation_nothing_goes_out() -> None:
    waiting = {state.item.id for state in open_gates(states(standing(content())))}
    assert {"validated", "reconciled", "cohort_math", "data_sources_validated"} <= waiting
    assert "lessons" not in waiting


def test_a_content_has_the_same_hash_after_it_was_stored() -> None:
    made = content(claim(ClaimKind.FIGURE_IS, "csat"))
    again = ReportContent.model_validate(made.model_dump(mode="json"))
    assert again.sha256 == made.sha256
