"""Requests for approval as JSON: what waits, and a named person's answer (section 16 of the domain)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import JsonValue, ValidationError

from activities.approvals import decide
from console.body import TooLarge, read_body
from console.deps import Given
from models.approval import ApprovalStatus, Verdict
from models.errors import BadInput

router = APIRouter()

_LARGEST = 10_000


@router.get("/api/approvals")
async def approvals(
    deps: Given, status: Annotated[ApprovalStatus | None, Query()] = ApprovalStatus.PENDING
) -> dict[str, JsonValue]:
    """``{"approvals": [...]}``, by number."""
    async with deps.store.read() as tx:
        found = await tx.approvals.requests(status=status)
    return {"approvals": [one.model_dump(mode="json") for one in found]}


@router.post("/api/approvals/{number}")
async def answer(deps: Given, request: Request, number: int) -> dict[str, JsonValue]:
    """``{"approved": true, "by": "lena", "reason": ""}``; 404 no such request, 409 decided already, 422 malformed."""
    # A form of another site cannot send this type without asking first (CORS), and nobody answers yes to that.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadInput("expected application/json", field="content-type")
    try:
        verdict = Verdict.model_validate_json(await read_body(request, most=_LARGEST), strict=True)
    except TooLarge:
        raise BadInput(f"at most {_LARGEST} bytes", field="body") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadInput(first["msg"], field=".".join(str(part) for part in first["loc"]) or "body") from None
    now = deps.now()
    async with deps.store.begin() as tx:
        decided = await decide(tx, number, verdict, now)
    shown: dict[str, JsonValue] = decided.model_dump(mode="json")
    return shown
