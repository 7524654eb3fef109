"""A named person decides: the request, what follows from it in our rows, and the word to waiting plays, all at once.

Used by the command line and the console; a play asks for an approval with ``request_approval`` and waits for
``approval_decided:<kind>``.
"""

from datetime import datetime

from activities.advocacy import settle_reward
from activities.ports import Transaction
from models.approval import Approval, ApprovalKind, ApprovalStatus, Verdict
from models.errors import NotFound, Refused
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from rules import approving


async def decide(tx: Transaction, number: int, verdict: Verdict, now: datetime) -> Approval:
    """Decide a request. The same answer twice is one answer.

    Raises:
        NotFound: no such request.
        Refused: it was decided otherwise, a no without a reason, by the one who asked, or by somebody whose role it is
            not.
    """
    asked = await tx.approvals.get(number)
    if asked is None:
        raise NotFound("no such request for approval", field="number", value=number)
    status = ApprovalStatus.APPROVED if verdict.approved else ApprovalStatus.REFUSED
    if not verdict.approved and not verdict.reason:
        raise Refused("a refusal says why", field="reason")
    reason = approving.refusal(asked, verdict.by, await tx.customers.csms())
    if reason:
        raise Refused(reason, field="by", value=verdict.by)
    decided = asked.model_copy(
        update={"status": status, "decided_by": verdict.by, "decided_at": now, "reason": verdict.reason}
    )
    if not await tx.approvals.settle(decided):
        if asked.status is status:
            return asked
        if asked.status is ApprovalStatus.WITHDRAWN:
            raise Refused(f"nothing is left to decide: {asked.reason}", field="number", value=number)
        raise Refused(f"{asked.decided_by} decided already: {asked.status}", field="number", value=number)
    if decided.kind is ApprovalKind.CREDIT_REWARD:
        await settle_reward(tx, decided, now)
    if asked.customer:
        await _tell(tx, decided, now)
    return decided


async def _tell(tx: Transaction, decided: Approval, now: datetime) -> None:
    approved = decided.status is ApprovalStatus.APPROVED
    event = made(
        EventType.APPROVAL_DECIDED,
        decided.customer,
        now,
        str(decided.number),
        kind=decided.kind.value,
        approval_id=str(decided.number),
        approved=approved,
        subject=decided.subject,
        by=decided.decided_by,
    )
    await tx.inbox.add(STEADFAST, event, now)
