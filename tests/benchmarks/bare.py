"""The least a workflow can do: one activity, or one wait with a time-out."""

import contextlib
from datetime import timedelta

from temporalio import workflow

from activities.messages import MessageActivities
from models.play import StepInput
from workflows import policies


@workflow.defn
class BareAct:
    """One activity."""

    @workflow.run
    async def run(self, asked: StepInput) -> str:
        """Do it."""
        return (await workflow.execute_activity_method(MessageActivities.send_message, asked, **policies.STEP)).status


@workflow.defn
class BareWait:
    """Parked on a wait with a time-out; a signal wakes it, and it parks again."""

    def __init__(self) -> None:
        """Not woken yet."""
        self.woken = False

    @workflow.signal
    def happened(self) -> None:
        """Wake up."""
        self.woken = True

    @workflow.run
    async def run(self, asked: StepInput) -> None:
        """Wait 30 days, over and over."""
        while True:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.woken, timeout=timedelta(days=30))
            self.woken = False
