"""One quarter's business review of one customer: drafted, approved, held, noted (section 12 of the domain)."""

from temporalio import workflow

from models.enums import RunStatus
from models.play import PlayInput
from workflows.play import Play


@workflow.defn
class QbrCycle(Play):
    """``qbr:<customer>:<quarter>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play it."""
        return await self.play()
