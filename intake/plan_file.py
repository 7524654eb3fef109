"""A success plan in a YAML file: what it says, without the customer, the status and the moments, which are ours."""

from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from models.base import Value
from models.errors import BadInput
from models.success_plan import (
    BusinessContext,
    Cadence,
    Initiative,
    PlanMilestone,
    Stakeholder,
    SuccessCriterion,
    SuccessPlan,
)

_LARGEST = 1_000_000


class PlanFile(Value):
    """The file."""

    business_context: BusinessContext | None = None
    success_criteria: tuple[SuccessCriterion, ...] = ()
    initiatives: tuple[Initiative, ...] = ()
    milestones: tuple[PlanMilestone, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    review_cadence: Cadence | None = None
    next_review: date | None = None


def read(path: Path, customer: str, now: datetime) -> SuccessPlan:
    """The plan of the file, a draft of that customer.

    Raises:
        BadInput: no such file, too large, not YAML, or wrong; the first problem is named with its place.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise BadInput("no such file, or too large for a plan", field="FILE", value=str(path))
    try:
        said = PlanFile.model_validate(YAML(typ="safe").load(path) or {})
        return SuccessPlan.model_validate(
            {**said.model_dump(exclude_unset=True), "customer": customer, "created_at": now, "updated_at": now}
        )
    except (YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"not YAML: {str(error).splitlines()[0]}", field=str(path)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        why, given = first["msg"].removeprefix("Value error, "), None if first["type"] == "missing" else first["input"]
        raise BadInput(why, field=f"{path}: {where}", value=given) from None
