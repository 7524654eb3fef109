"""The process of a worker for benchmarks: ``python -m tests.benchmarks.worker_main ADDRESS NAMESPACE QUEUE``."""

import asyncio
import sys

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import telemetry_metrics
import worker
from activities.interceptor import ActivityFrame
from tests.benchmarks import doubles
from tests.benchmarks.bare import BareAct, BareWait
from tests.benchmarks.handwritten import HandWritten

WORKFLOWS = (*worker.WORKFLOWS, HandWritten, BareAct, BareWait)


def runner() -> SandboxedWorkflowRunner:
    """The product's sandbox; the benchmark's own value passes through like the product's values."""
    restrictions = worker.runner().restrictions.with_passthrough_modules("tests.benchmarks.values")
    return SandboxedWorkflowRunner(restrictions=restrictions)


async def main(address: str, namespace: str, queue: str, sandbox: str = "sandboxed") -> None:
    """Work until killed."""
    client = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    chosen: WorkflowRunner = runner() if sandbox == "sandboxed" else UnsandboxedWorkflowRunner()
    async with Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=doubles.all_of_them(),
        workflow_runner=chosen,
        interceptors=[ActivityFrame(), telemetry_metrics.StepMetrics()],
        max_concurrent_workflow_tasks=8,
        max_cached_workflows=5000,
    ):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
