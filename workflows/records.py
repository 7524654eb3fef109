"""What a run leaves behind: its record, and word of its end to the customer's lifecycle."""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.events import Occurrence
from models.ids import lifecycle_id
from models.play import PlayStart, RunRecord, StepRecord
from models.run import RESUMED, RunState


def of_steps(state: RunState) -> tuple[StepRecord, ...]:
    """Every step as the read model keeps it."""
    return tuple(
        StepRecord(
            step_id=step_id,
            status=one.status,
            result=one.result,
            reason=one.reason,
            due=one.due,
            ended=one.ended,
        )
        for step_id, one in state.steps.items()
    )


def running(start: PlayStart, generation: int, state: RunState) -> RunRecord:
    """The run as it stands."""
    return RunRecord(
        workflow_id=start.workflow_id,
        customer=start.customer,
        process=start.playbook.process,
        playbook=start.playbook.id,
        version=start.playbook.version,
        fingerprint=start.fingerprint,
        generation=generation,
        status=state.status,
        started=state.started,
        steps=of_steps(state),
        wants=start.wants,
    )


def ended(start: PlayStart, generation: int, state: RunState, now: datetime) -> RunRecord:
    """The run as it ended."""
    return RunRecord(
        workflow_id=start.workflow_id,
        customer=start.customer,
        process=start.playbook.process,
        playbook=start.playbook.id,
        version=start.playbook.version,
        fingerprint=start.fingerprint,
        generation=generation,
        status=state.status,
        reason=state.reason,
        started=state.started,
        ended=state.ended or now,
        steps=of_steps(state),
    )


async def tell_lifecycle(start: PlayStart, state: RunState) -> None:
    """Others gave way to this run: they may go on."""
    told = Occurrence(
        kind=RESUMED,
        key=f"{start.workflow_id}>ended",
        at=state.ended or state.started,
        data={"playbook": start.playbook.id},
    )
    lifecycle = workflow.get_external_workflow_handle(lifecycle_id(start.customer))
    try:
        await lifecycle.signal("happened", told)
    except ApplicationError as error:
        # A lifecycle that an operator ended: nobody decides any more.
        workflow.logger.warning("lifecycle not told of the end: %s", error)
