"""Asking customers: where a survey is answered. Answers come back as events, or are read as such."""

from typing import Protocol


class SurveyLinks(Protocol):
    """Makes the address at which one customer answers one survey."""

    def link(self, customer: str, survey: str, language: str) -> str:
        """The same for the same customer and survey."""
        ...
