"""What an operator does to one run, with a reason that is kept (section 20)."""

from enum import StrEnum

from pydantic import Field

from models.base import Carried


class Act(StrEnum):
    """The acts on a step; moving and restarting are releases' (``models.release``), cancelling is Temporal's."""

    SKIP = "skip"
    RETRY = "retry"


class OperateRequest(Carried):
    """The update: an act on a step, by a named person, once for each ``request_id``."""

    act: Act
    step: str
    by: str
    reason: str = Field(max_length=500)
    request_id: str
