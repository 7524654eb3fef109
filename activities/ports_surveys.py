"""Asking customers: where a survey is answered. Answers come back as events, or are read by a cursor."""

from datetime import datetime
from typing import Protocol

from models.outside import OutsideAnswer, Page


class SurveyLinks(Protocol):
    """Makes the address at which one customer answers one survey."""

    def link(self, customer: str, survey: str, language: str) -> str:
        """The same for the same customer and survey."""
        ...


class AnswerReader(Protocol):
    """Lists answers."""

    async def answers(self, since: datetime, cursor: str | None = None) -> Page[OutsideAnswer]:
        """Answers since then, a page at a time."""
        ...
