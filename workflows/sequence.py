"""An automation of section 14 of the domain: steps at their delays, until the last, the goal or an exit."""

from temporalio import workflow

from models.enums import RunStatus
from models.play import PlayInput
from workflows.play import Play


@workflow.defn
class Sequence(Play):
    """``sequence:<customer>:<playbook>:<n>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play it."""
        return await self.play()
