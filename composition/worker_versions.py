"""Worker Versioning: which build a worker is, and what becomes of runs when the current build changes."""

from collections.abc import Sequence

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from workflows.pinned import PINNED

DEPLOYMENT = "steadfast"


def deployment(build_id: str) -> WorkerDeploymentConfig | None:
    """How a worker of this build takes part; None without a build: it is unversioned.

    Runs follow the current build at their next task, unless :mod:`workflows.pinned` says that they end on their own.
    """
    if not build_id:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def of_build(workflows: Sequence[type], build_id: str) -> list[type]:
    """The workflow types that a worker of this build runs; the names are the same with and without a build."""
    return [PINNED.get(one, one) if build_id else one for one in workflows]
