"""The end of a run, written once."""

from temporalio import activity

from activities.ports import Store
from models.enums import RunStatus
from models.moved import PlayMoved
from models.people import InterventionStatus
from models.play import RunRecord


class RunActivities:
    """Local activities about runs."""

    def __init__(self, store: Store) -> None:
        """``store``: where transactions come from."""
        self._store = store

    @activity.defn
    async def moved(self, told: PlayMoved) -> None:
        """The run follows another content of its playbook; steps that are no more are no longer shown."""
        async with self._store.begin() as tx:
            await tx.runs.forget_steps(told.record.workflow_id)
            await tx.runs.open(told.record)

    @activity.defn
    async def close_run(self, record: RunRecord) -> None:
        """Write how the run and each of its steps ended; nothing is awaited any more."""
        async with self._store.begin() as tx:
            await tx.runs.close(record)
            ended = record.ended or record.started
            await tx.entries.unpause(record.workflow_id)
            await tx.interventions.close(record.workflow_id, _counted_as(record.status), record.reason, ended)
            if record.status is not RunStatus.COMPLETED:
                await tx.tasks.cancel_of(record.workflow_id, record.reason, ended)
                await tx.approvals.withdraw_of(record.workflow_id, record.reason, ended)


def _counted_as(status: RunStatus) -> InterventionStatus:
    """How an intervention counts whose run ended so (section 7.3): only a goal is a success."""
    match status:
        case RunStatus.GOAL_MET:
            return InterventionStatus.SUCCEEDED
        case RunStatus.SUPERSEDED:
            return InterventionStatus.SUPERSEDED
        case RunStatus.CANCELLED:
            return InterventionStatus.CANCELLED
        case _:
            return InterventionStatus.FAILED
