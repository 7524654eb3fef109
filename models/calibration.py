"""What calibration tells of a health configuration: figures with intervals, or why there are none (section 18.6)."""

from pydantic import Field

from models.base import Instant, Slug, Value
from models.figure import Documented, Figure

METHOD = Documented(
    name="calibration.out_of_time",
    version=1,
    text="""Rows: each paying account at the end of each month, with the health score of the facts known by then.
Outcome: the paid service ended within the horizon (60, 90 or 180 days). A row not seen to the end of its horizon is
left out unless it ended before; a row whose score is provisional is left out.
Out of time: the rows are split at a day so that no horizon of the earlier rows reaches the later ones; of all days the
one with most departures on the side that has fewer. The score becomes a chance by a logistic curve of the earlier rows.
Told of the later rows only: AUC = chance that of two rows, one that left and one that stayed, the one that left had the
lower score. Brier = mean squared distance of chance and outcome. Skill = 1 - Brier / Brier of the earlier base rate.
Intervals: 95 %, percentiles of bootstrap draws of accounts (not of rows). Reliability: fifths of the rows by chance,
observed share with its Wilson interval. Fewer than 20 departures or stays on a side: cannot tell.
Proposal: logistic regression of leaving on what each component lacks to 100, L2, strength by cross-validation over
accounts, no negative weight; made only if it ranks the later rows better beyond chance.""",
)
"""Query and cohort of every figure here."""


class ReliabilityBin(Value):
    """Rows with a like chance: what was foretold, and the share that left."""

    foretold: float
    observed: Figure


class Judged(Value):
    """How a score did on the later rows of a group."""

    auc: Figure
    brier: Figure
    skill: Figure
    base_rate: Figure
    reliability: tuple[ReliabilityBin, ...] = ()


class AtHorizon(Value):
    """One configuration at one horizon, in days."""

    horizon: int
    rows: int
    unscored: int = Field(description="Rows left out: no score, or a provisional one.")
    not_followed: int = Field(description="Rows left out: their horizon reaches beyond what is known.")
    whole: Judged
    segments: dict[str, Judged]


class WeightProposal(Value):
    """Weights the past would have wanted. ``version``: of the configuration proposed; None: nothing is proposed."""

    version: str | None
    weights: dict[str, float]
    present: dict[str, float]
    notes: dict[str, str]
    gain: Figure | None
    reason: str


class CalibrationReport(Value):
    """All of one configuration. ``source``: our own book, or the name and hash of a file."""

    config_name: Slug
    config_version: str
    source: str
    as_of: Instant
    accounts: int
    known: dict[str, float] = Field(
        default_factory=dict, description="Share of the rows in which each metric is known."
    )
    horizons: tuple[AtHorizon, ...]
    proposal: WeightProposal

    @property
    def told(self) -> bool:
        """Whether anything could be told at any horizon."""
        return any(one.whole.auc.known for one in self.horizons)


class StoredCalibration(Value):
    """A comparison that was kept; it counts as a calibration once a named person signed it (V11, check 6)."""

    id: str
    at: Instant
    config_name: Slug
    config_version: str
    report: CalibrationReport
    signed_by: str | None = None
    signed_at: Instant | None = None
