"""A mail of which nobody can say whether it arrived: held, and told to our own people (section 9.2, M8)."""

from activities.colleagues import TEAM
from activities.ports import Transaction
from models.enums import CommunicationStatus, Role, Severity
from models.play import StepInput
from models.records import Communication, Notice
from models.run import StepResult


async def hold(tx: Transaction, step: StepInput, message: Communication) -> StepResult:
    """Mark it unknown and tell the team; it is never sent again by itself."""
    await tx.communications.mark(message.key, CommunicationStatus.UNKNOWN, at=step.now)
    notice = Notice(
        key=f"{message.key}>unknown",
        customer=message.customer,
        workflow_id=message.workflow_id,
        role=Role.SUPPORT,
        recipient=TEAM,
        message=f"Mail '{message.template}' may or may not have arrived; ask the mail server for {message.message_id}",
        severity=Severity.HIGH,
        at=step.now,
    )
    await tx.work.add_notice(notice)
    return StepResult(status="failed", reason="outcome unknown: held for operations")
