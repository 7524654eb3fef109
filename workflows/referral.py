"""One referral: invited, converted, rewarded, or expired (section 13 of the domain)."""

from temporalio import workflow

from models.enums import RunStatus
from models.play import PlayInput
from workflows.play import Play


@workflow.defn
class Referral(Play):
    """``referral:<customer>:<referral>``."""

    @workflow.init
    def __init__(self, asked: PlayInput) -> None:
        """Set up before any handler can run."""
        super().__init__(asked)

    @workflow.run
    async def run(self, asked: PlayInput) -> RunStatus:
        """Play it."""
        return await self.play()
