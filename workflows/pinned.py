"""The finite readings of the whole book, for workers with a build: each ends on the build that it began with.

A sweep, a reading of a source and a validation last minutes and tell one story; lifecycles and plays last years and
follow the current build. A server refuses a behaviour from a worker without a build, so it is said here and not on
the workflows themselves: a worker without a build runs those, one with a build runs these, under the same names.
"""

from temporalio import workflow
from temporalio.common import VersioningBehavior

from models.pull import PulledPage, PullInput
from models.sweep import SweepInput, SweepSummary
from models.validating import ValidationInput, ValidationVerdict
from workflows.metrics_validation import MetricsValidation
from workflows.pull import SourcePull
from workflows.sweep import PortfolioSweep


@workflow.defn(name="PortfolioSweep", versioning_behavior=VersioningBehavior.PINNED)
class PinnedSweep(PortfolioSweep):
    """One day of the book."""

    @workflow.run
    async def run(self, asked: SweepInput) -> SweepSummary:
        """As without a build."""
        return await super().run(asked)


@workflow.defn(name="SourcePull", versioning_behavior=VersioningBehavior.PINNED)
class PinnedPull(SourcePull):
    """One reading of a source."""

    @workflow.run
    async def run(self, asked: PullInput) -> PulledPage:
        """As without a build."""
        return await super().run(asked)


@workflow.defn(name="MetricsValidation", versioning_behavior=VersioningBehavior.PINNED)
class PinnedValidation(MetricsValidation):
    """One validation."""

    @workflow.run
    async def run(self, asked: ValidationInput) -> ValidationVerdict:
        """As without a build."""
        return await super().run(asked)


PINNED: dict[type, type] = {
    PortfolioSweep: PinnedSweep,
    SourcePull: PinnedPull,
    MetricsValidation: PinnedValidation,
}
"""What takes whose place on a worker with a build."""
