"""The numbers of a calibration as figures (section 18.6)."""

from datetime import UTC, datetime, timedelta

from scipy.stats import binomtest

from analysis.calibrate import Calibrated, Held
from analysis.calibration import LEVEL, Bin, Estimate, Skill
from analysis.calibration_sample import Sample
from models.calibration import METHOD, AtHorizon, CalibrationReport, Judged, ReliabilityBin, WeightProposal
from models.figure import Figure, Interval, Unit
from models.nps_figures import Period

_DRAWN = "bootstrap of accounts"
_OF = "account-months"


def report(found: Calibrated, sample: Sample, *, source: str, as_of: datetime) -> CalibrationReport:
    """Everything found of one configuration."""
    return CalibrationReport(
        config_name=found.config.name,
        config_version=found.config.version(),
        source=source,
        as_of=as_of,
        accounts=len(set(sample.customer.tolist())),
        known=dict(found.known),
        horizons=tuple(_at(one, as_of) for one in found.held),
        proposal=_proposal(found, as_of),
    )


def _at(held: Held, as_of: datetime) -> AtHorizon:
    return AtHorizon(
        horizon=held.horizon,
        rows=held.rows,
        unscored=held.unscored,
        not_followed=held.not_followed,
        whole=_judged(held.skill, held, held.reason, as_of),
        segments={
            name or "unknown": _judged(
                None if isinstance(one, str) else one, held, one if isinstance(one, str) else "", as_of
            )
            for name, one in held.segments.items()
        },
    )


def _judged(skill: Skill | None, held: Held, reason: str, as_of: datetime) -> Judged:
    period = _period(held, as_of)

    def figure(name: str, label: str, unit: Unit, told: Estimate | None, events: bool = False) -> Figure:
        return Figure(
            name=f"calibration.{name}",
            label=f"{label}, {held.horizon} days",
            unit=unit,
            value=told.value if told else None,
            reason="" if told else reason,
            n=skill.rows if skill else held.rows,
            of=_OF,
            numerator=skill.events if skill and events else None,
            denominator=skill.rows if skill and events else None,
            interval=Interval(low=told.low, high=told.high, level=LEVEL, method=_DRAWN) if told else None,
            period=period,
            as_of=as_of,
            cohort=METHOD.ref,
            query=METHOD.ref,
        )

    base = None if skill is None else Estimate(skill.base_rate, *_wilson(held.trained_events, held.trained_on))
    told_base = figure("base_rate", "left among the earlier rows", Unit.FRACTION, base)
    if base is not None and told_base.interval is not None:
        told_base = told_base.model_copy(
            update={
                "n": held.trained_on,
                "numerator": held.trained_events,
                "denominator": held.trained_on,
                "interval": told_base.interval.model_copy(update={"method": "Wilson"}),
                "period": None,
            }
        )
    return Judged(
        auc=figure("auc", "AUC", Unit.INDEX, skill.auc if skill else None, events=True),
        brier=figure("brier", "Brier score", Unit.INDEX, skill.brier if skill else None),
        skill=figure("skill", "skill against the base rate", Unit.INDEX, skill.skill if skill else None),
        base_rate=told_base,
        reliability=tuple(_bin(one, held, period, as_of) for one in skill.bins) if skill else (),
    )


def _bin(one: Bin, held: Held, period: Period | None, as_of: datetime) -> ReliabilityBin:
    observed = Figure(
        name="calibration.observed",
        label=f"left within {held.horizon} days",
        unit=Unit.FRACTION,
        value=one.observed.value,
        n=one.n,
        of=_OF,
        numerator=one.events,
        denominator=one.n,
        interval=Interval(low=one.observed.low, high=one.observed.high, level=LEVEL, method="Wilson"),
        period=period,
        as_of=as_of,
        cohort=METHOD.ref,
        query=METHOD.ref,
    )
    return ReliabilityBin(foretold=one.foretold, observed=observed)


def _proposal(found: Calibrated, as_of: datetime) -> WeightProposal:
    wanted = found.proposed
    gain = None
    if wanted.gain is not None:
        gain = Figure(
            name="calibration.gain",
            label="AUC gained by the proposed weights",
            unit=Unit.INDEX,
            value=wanted.gain.value,
            n=wanted.rows,
            of=_OF,
            interval=Interval(low=wanted.gain.low, high=wanted.gain.high, level=LEVEL, method=_DRAWN),
            period=None,
            as_of=as_of,
            cohort=METHOD.ref,
            query=METHOD.ref,
        )
    return WeightProposal(
        version=wanted.config.version() if wanted.config else None,
        weights=dict(wanted.weights),
        present={part.name: part.weight for part in found.config.components},
        notes={name: note for name, note in wanted.notes.items() if note},
        gain=gain,
        reason=wanted.reason,
    )


def _period(held: Held, as_of: datetime) -> Period | None:
    """Of the later rows."""
    if held.from_day is None:
        return None
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=held.from_day)
    return Period(start=start, end=as_of) if start < as_of else None


def _wilson(events: int, n: int) -> tuple[float, float]:
    between = binomtest(events, n).proportion_ci(LEVEL, method="wilson")
    return float(between.low), float(between.high)
