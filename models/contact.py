"""The answer to: may this message go now? (section 9.2 of the domain, M7)"""

from datetime import datetime
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Value

Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Permission(NamedTuple):
    """Allowed; or not before ``until``; or never, and why."""

    allowed: bool
    reason: str = ""
    until: datetime | None = None


class SendWindow(Value):
    """Between which hours a message may go, on the recipient's clock; outside them it waits."""

    opens: Hour = Field(alias="from")
    closes: Hour = Field(alias="until")
    working_days_only: bool = False

    @model_validator(mode="after")
    def _open_at_all(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("a window opens before it closes, on the same day")
        return self
