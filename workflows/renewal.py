"""The renewal of one term: 90, 60 and 30 days before it ends (sections 14 and 20 of the domain)."""

from temporalio import workflow

from models.enums import RunStatus
from models.play import PlayInput
from workflows.play import Play


@workflow.defn
class RenewalSequence(Play):
    """``renewal:<customer>:<term>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play it."""
        return await self.play()
