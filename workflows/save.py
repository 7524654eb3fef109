"""A save play of section 7 of the domain: one intervention for one churn signal, until it succeeded or failed."""

from temporalio import workflow

from models.enums import RunStatus
from models.play import PlayInput
from workflows.play import Play


@workflow.defn
class SavePlay(Play):
    """``save:<customer>:<signal>:<n>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play it."""
        return await self.play()
