"""Worker Versioning: which build a worker is, and what becomes of runs when the current build changes."""

from collections.abc import Sequence
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from workflows.pinned import PINNED

DEPLOYMENT = "steadfast"

_ANSWER_IN = timedelta(seconds=5)


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


async def idle_because(client: Client, build_id: str) -> str | None:
    """Why a worker of this build gets no work, with the command that mends it; None: it gets work, or nobody can tell.

    A server that knows no deployments has nothing to say, and one that does not answer is not worth a failed start.
    """
    if not build_id:
        return None
    asked = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
    try:
        found = await client.workflow_service.describe_worker_deployment(asked, timeout=_ANSWER_IN)
        current = found.worker_deployment_info.routing_config.current_deployment_version.build_id
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            return None
        current = ""  # its first worker: the server has not heard of the deployment yet
    if current == build_id:
        return None
    why = f"build {current} is the current one" if current else "no build is current yet"
    mend = (
        f"temporal worker deployment set-current-version --namespace {client.namespace} "
        f"--deployment-name {DEPLOYMENT} --build-id {build_id}"
    )
    return f"no work for build {build_id}: {why}; to give it all new work: {mend}"
