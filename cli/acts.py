"""``starter.py step`` and ``starter.py outcome``: a person says what is done, and what was found."""

import asyncio
from datetime import timedelta
from typing import Annotated

import typer
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from cli.context import open_context
from cli.output import print_json, say
from cli.said import person
from intake.answers import Answers, chosen, refusal
from models.errors import NotFound, Refused
from models.ids import new_id, onboarding_id
from models.play import OnboardingRecord, OutcomeRequest, StepDone
from workflows.onboarding import OnboardingProgram

_ANSWER_IN = timedelta(seconds=30)


def step(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    step_id: Annotated[str, typer.Argument(metavar="STEP", help="The step's id, or its criterion.")],
    by: Annotated[str, typer.Option(callback=person, help="Who says so.")] = "operator",
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
    by: Annotated[str, typer.Option(callback=person, help="Who answers.")] = "operator",
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    step: Annotated[str, typer.Option(help="The step it is for, where several know the outcome.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """What a person found; an outcome that is not open is refused, with those that are."""
    request = OutcomeRequest(outcome=found, by=by, note=note, step=step, request_id=new_id("outcome"))
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
            raise refusal(error) from None


async def _outcome(customer: str, play: str, request: OutcomeRequest) -> str:
    async with open_context() as context:
        async with context.store.read() as tx:
            # Before Temporal is asked for: whoever misspells a play need not wait to hear it.
            chosen([run for run in await tx.runs.of(customer) if run.ended is None], customer, play)
        return await Answers(context.store, await context.temporal()).tell(customer, play, request)
