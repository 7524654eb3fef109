"""A calibration for a person's eyes: every number with its n and interval."""

from collections.abc import Iterable

from cli.output import print_table, say
from models.calibration import AtHorizon, CalibrationReport, Judged, StoredCalibration


def print_report(id_: str, report: CalibrationReport) -> None:
    """Figures by horizon, reliability, segments, the proposal."""
    kept = f", kept as {id_}" if id_ else ""
    say(f"Health configuration {report.config_name} ({report.config_version}) against {report.source}{kept}")
    say(f"{report.accounts} accounts, as of {report.as_of:%Y-%m-%d}. Out of time: figures are of the later rows only.")
    unknown = [name for name, share in report.known.items() if share == 0]
    if unknown:
        say(f"Never known: {', '.join(unknown)}.")
    told = [one for one in report.horizons if one.whole.auc.known]
    if told:
        print_table(
            "Who left",
            ("days", "AUC", "Brier", "skill", "base rate"),
            [(one.horizon, *_cells(one.whole)) for one in told],
        )
    for one in report.horizons:
        if one not in told:
            say(f"{one.horizon} days: {one.whole.auc.short()}.")
        say(f"{one.horizon} days: {_rows(one)}")
        if one.whole.reliability:
            print_table(
                f"Reliability, {one.horizon} days",
                ("foretold", "left"),
                [(f"{bin_.foretold:.1%}", bin_.observed.short()) for bin_ in one.whole.reliability],
            )
        if len(one.segments) > 1:
            print_table(
                f"By segment, {one.horizon} days",
                ("segment", "AUC", "skill"),
                [(name, judged.auc.short(), judged.skill.short()) for name, judged in one.segments.items()],
            )
    _print_proposal(report)


def print_stored(found: Iterable[StoredCalibration]) -> None:
    """One line each."""
    print_table(
        "Calibrations",
        ("id", "made", "configuration", "version", "told", "signed by", "on"),
        [
            (
                one.id,
                f"{one.at:%Y-%m-%d}",
                one.config_name,
                one.config_version,
                "yes" if one.report.told else "cannot tell",
                one.signed_by,
                f"{one.signed_at:%Y-%m-%d}" if one.signed_at else "",
            )
            for one in found
        ],
    )


def _rows(one: AtHorizon) -> str:
    return f"{one.rows} rows; left out: {one.unscored} without a score that counts, {one.not_followed} not followed."


def _cells(judged: Judged) -> tuple[str, ...]:
    return (judged.auc.short(), judged.brier.short(), judged.skill.short(), judged.base_rate.short())


def _print_proposal(report: CalibrationReport) -> None:
    wanted = report.proposal
    if wanted.weights:
        rows = [
            (name, f"{wanted.present[name]:.2f}", f"{weight:.2f}", wanted.notes.get(name, ""))
            for name, weight in wanted.weights.items()
        ]
        print_table("Weights", ("component", "now", "the past would have wanted", ""), rows)
    if wanted.gain is not None:
        say(str(wanted.gain))
    say(f"Proposed as version {wanted.version}." if wanted.version else f"Nothing proposed: {wanted.reason}.")
