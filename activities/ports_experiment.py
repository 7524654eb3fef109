"""What activities need to keep of experiments: one row for each account and experiment."""

from typing import Protocol

from models.experiment import Assignment


class Assignments(Protocol):
    """Arms of experiments, as logged before exposure."""

    async def assign(self, drawn: Assignment) -> Assignment:
        """Log the draw, or find the row that is there already: that one counts, whatever was drawn now."""
        ...

    async def of(self, customer: str) -> list[Assignment]:
        """The account's experiments, by name."""
        ...
