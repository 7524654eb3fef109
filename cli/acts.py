"""``starter.py step`` and ``starter.py outcome``: a person says what is done, and what was found."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from cli.context import Context, open_context
from cli.output import print_json, say
from models.errors import BadInput, NotFound, Refused, Retryable, SteadfastError
from models.ids import new_id, onboarding_id
from models.play import OnboardingRecord, OutcomeRequest, StepDone
from models.records import RunRow
from workflows.onboarding import OnboardingProgram
from workflows.play import Play

_ANSWER_IN = timedelta(seconds=30)


def step(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    step_id: Annotated[str, typer.Argument(metavar="STEP", help="The step's id, or its criterion.")],
    by: Annotated[str, typer.Option(help="Who says so.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """An onboarding step is done; doing it twice is doing it once."""
    record = asyncio.run(_step(customer, step_id, by))
    if as_json:
        print_json(record)
    else:
        say(f"{record.progress} % done, {record.status}; next: {record.current_step or 'nothing'}")


def outcome(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    play: Annotated[str, typer.Argument(help="The playbook's id, or the run's workflow id.")],
    found: Annotated[str, typer.Argument(metavar="OUTCOME", help="What was found.")],
    by: Annotated[str, typer.Option(help="Who answers.")] = "operator",
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """What a person found; an outcome that is not open is refused, with those that are."""
    request = OutcomeRequest(outcome=found, by=by, note=note, request_id=new_id("outcome"))
    answer = asyncio.run(_outcome(customer, play, request))
    if as_json:
        print_json({"customer": customer, "play": play, "outcome": found, "answer": answer})
    else:
        say(answer)


async def _step(customer: str, step_id: str, by: str) -> OnboardingRecord:
    async with open_context() as context:
        async with context.store.read() as tx:
            known = await tx.customers.get(customer)
            record = await tx.onboardings.latest(customer)
        if known is None:
            raise NotFound("no such customer", field="CUSTOMER", value=customer)
        if record is None:
            raise Refused("this customer has no onboarding", field="CUSTOMER", value=customer)
        handle = (await context.temporal()).get_workflow_handle(onboarding_id(customer, record.cycle))
        # One name for both: whichever of id and criterion the program knows.
        asked = StepDone(step_id=step_id, criterion=step_id, by=by)
        try:
            return await handle.execute_update(OnboardingProgram.complete_step, asked, rpc_timeout=_ANSWER_IN)
        except (WorkflowUpdateFailedError, RPCError) as error:
            raise _refusal(error) from None


async def _outcome(customer: str, play: str, request: OutcomeRequest) -> str:
    async with open_context() as context:
        run = await _find(context, customer, play)
        handle = (await context.temporal()).get_workflow_handle(run.workflow_id)
        try:
            return await handle.execute_update(Play.answer, request, id=request.request_id, rpc_timeout=_ANSWER_IN)
        except (WorkflowUpdateFailedError, RPCError) as error:
            raise _refusal(error) from None


async def _find(context: Context, customer: str, play: str) -> RunRow:
    async with context.store.read() as tx:
        runs = [run for run in await tx.runs.of(customer) if run.ended is None]
    for run in runs:
        if play in (run.workflow_id, run.playbook):
            return run
    known = ", ".join(run.playbook for run in runs) or "none"
    raise NotFound(f"no such play runs for {customer}; running: {known}", field="PLAY", value=play)


def _refusal(error: WorkflowUpdateFailedError | RPCError) -> SteadfastError:
    """The validator's own words."""
    if isinstance(error, WorkflowUpdateFailedError):
        cause = error.cause
        if isinstance(cause, ApplicationError):
            return BadInput(cause.message) if cause.type == "BadInput" else Refused(cause.message)
        return Refused(str(cause))
    if error.status is RPCStatusCode.NOT_FOUND:
        return Refused("that run has ended")
    return Retryable(f"Temporal does not answer: {error.message[:200]}")
