"""What people are asked and answer, as JSON, for whoever proves itself with the events secret.

``GET /api/tasks``, ``POST /api/outcomes``, ``POST /api/tasks/done|snooze|tick``. 401 without the secret, 404 no such
play or task, 409 refused with what is open, 422 malformed, 503 Temporal does not answer.
"""

import hmac
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import Field, JsonValue
from starlette.responses import JSONResponse

from console.deps import Given
from intake.answers import DONE, Answers
from models.base import Instant, Value
from models.errors import NotFound
from models.ids import new_id
from models.play import OutcomeRequest

Words = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=2000)]


class Unproved(Exception):
    """The caller did not prove itself."""


class Told(Value):
    """What a person found."""

    customer: Words
    play: Words = Field(description="The playbook's id, or the run's workflow id.")
    outcome: Words
    by: Words
    note: Note = ""
    step: Annotated[str, Field(max_length=80)] = ""
    request_id: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Unique per answer; the same one again changes nothing."
    )


class Finished(Value):
    """A task is done."""

    key: Words
    by: Words
    outcome: Words = DONE
    note: Note = ""


class Snoozed(Value):
    """A task is put off."""

    key: Words
    by: Words
    until: Instant
    reason: Note


class Ticked(Value):
    """An item of a task's list, from 1."""

    key: Words
    item: int
    done: bool = True


def proved(deps: Given, authorization: Annotated[str, Header()] = "") -> Answers:
    """Who takes answers, for a caller that knows the secret."""
    if deps.secret is None or deps.answers is None:
        raise NotFound("no events secret is configured")
    scheme, _, token = authorization.partition(" ")
    expected = deps.secret.get_secret_value().encode()
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode("utf-8", "replace"), expected):
        raise Unproved
    return deps.answers


Proved = Annotated[Answers, Depends(proved)]
router = APIRouter(prefix="/api")


@router.get("/tasks")
async def tasks(
    deps: Given, _answers: Proved, assignee: Annotated[str | None, Query(max_length=200)] = None
) -> dict[str, JsonValue]:
    """Open tasks by due time."""
    async with deps.store.read() as transaction:
        found = await transaction.tasks.open_of(assignee)
    return {"tasks": [one.model_dump(mode="json") for one in found]}


@router.post("/outcomes")
async def outcome(told: Told, answers: Proved) -> dict[str, JsonValue]:
    """An outcome for an open play."""
    request = OutcomeRequest(
        outcome=told.outcome,
        by=told.by,
        note=told.note,
        step=told.step,
        request_id=told.request_id or new_id("api"),
    )
    return {"answer": await answers.tell(told.customer, told.play, request), "request_id": request.request_id}


@router.post("/tasks/done")
async def finish(deps: Given, told: Finished, answers: Proved) -> dict[str, JsonValue]:
    """A task is done."""
    task = await answers.finish(told.key, outcome=told.outcome, by=told.by, note=told.note, now=deps.now())
    shown: dict[str, JsonValue] = task.model_dump(mode="json")
    return shown


@router.post("/tasks/snooze")
async def snooze(deps: Given, told: Snoozed, answers: Proved) -> dict[str, JsonValue]:
    """A task is put off."""
    task = await answers.snooze(told.key, until=told.until, reason=told.reason, by=told.by, now=deps.now())
    shown: dict[str, JsonValue] = task.model_dump(mode="json")
    return shown


@router.post("/tasks/tick")
async def tick(told: Ticked, answers: Proved) -> dict[str, JsonValue]:
    """An item of a task's list."""
    task = await answers.tick(told.key, item=told.item, done=told.done)
    shown: dict[str, JsonValue] = task.model_dump(mode="json")
    return shown


async def on_unproved(_request: Request, _error: Exception) -> JSONResponse:
    """The answer to whoever did not prove itself."""
    reason = "expected Authorization: Bearer and the events secret"
    return JSONResponse({"error": "unauthorized", "reason": reason}, status_code=HTTPStatus.UNAUTHORIZED)
