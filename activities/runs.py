"""The end of a run, written once."""

from temporalio import activity

from activities.ports import Store
from models.play import RunRecord


class RunActivities:
    """Local activities about runs."""

    def __init__(self, store: Store) -> None:
        """``store``: where transactions come from."""
        self._store = store

    @activity.defn
    async def close_run(self, record: RunRecord) -> None:
        """Write how the run and each of its steps ended; nothing is awaited any more."""
        async with self._store.begin() as tx:
            await tx.runs.close(record)
