"""A person asks for a stage change: a request for approval, one for each customer at a time (section 3.4, rule 1)."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from activities.frame import customer_of
from activities.ports import Transaction
from models.approval import Approval, ApprovalKind, ApprovalStatus
from models.errors import Refused
from rules.manual import read_request


async def ask(tx: Transaction, customer_id: str, asked: Mapping[str, JsonValue], now: datetime) -> Approval:
    """Store the request (``to``, ``actor``, ``reason``); the same one asked again is the same request.

    Raises:
        BadInput: something is missing or no stage.
        NotFound: no such customer.
        Refused: it is in that stage already, or another change of it waits for approval.
    """
    wanted = read_request(asked)
    customer = await customer_of(tx, customer_id)
    if wanted.to is customer.stage:
        raise Refused("the customer is in that stage already", field="to", value=wanted.to.value)
    detail = wanted.model_dump(mode="json")
    for waiting in await tx.approvals.requests(status=ApprovalStatus.PENDING, customer=customer_id):
        if waiting.kind is ApprovalKind.MANUAL_STAGE:
            if waiting.detail == detail:
                return waiting
            raise Refused(f"request {waiting.number} waits already: {waiting.title}", field="customer")
    shown = customer.stage.value if customer.stage else "no stage"
    return await tx.approvals.ask(
        Approval(
            key=f"manual_stage:{customer_id}:{now.isoformat()}",
            kind=ApprovalKind.MANUAL_STAGE,
            customer=customer_id,
            title=f"from {shown} to {wanted.to.value}: {wanted.reason}",
            detail=detail,
            requested_by=wanted.actor,
            requested_at=now,
        )
    )
