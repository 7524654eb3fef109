"""A stage change that a person asks for (section 3.4 of the domain, rule 1; approval by section 16, G20)."""

from collections.abc import Mapping

from pydantic import JsonValue, ValidationError

from models.enums import LifecycleStage
from models.errors import BadInput, Refused
from models.lifecycle import StageVerdict
from models.stages import AtRiskCause, ManualTransition

RULE = "manual"


def read_request(asked: Mapping[str, JsonValue]) -> ManualTransition:
    """The request as it came from outside: ``to``, ``actor`` and ``reason``, all of them said.

    Raises:
        BadInput: something is missing, blank, too long, or no stage; ``field`` names it.
    """
    try:
        return ManualTransition.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(first["msg"], field=".".join(str(part) for part in first["loc"]), value=first["input"]) from None


def manual_verdict(stage: LifecycleStage | None, request: ManualTransition, *, approved_by: str) -> StageVerdict:
    """The transition that the request asks for.

    Entering ``at_risk`` by hand keeps the cause ``manual``, which only another hand clears: else the next automatic
    pass would undo what a person decided.

    Raises:
        Refused: nobody approved it, or the customer is in that stage already.
    """
    if not approved_by.strip():
        raise Refused("a manual stage change needs approval", field="approved_by")
    if request.to is stage:
        raise Refused("the customer is in that stage already", field="to", value=request.to.value)
    facts: dict[str, JsonValue] = {
        "actor": request.actor,
        "stated_reason": request.reason,
        "approved_by": approved_by.strip(),
    }
    if request.to is LifecycleStage.AT_RISK:
        facts["at_risk_causes"] = [AtRiskCause.MANUAL.value]
    return StageVerdict(rule=RULE, to=request.to, facts=facts)
