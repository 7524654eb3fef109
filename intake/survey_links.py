"""The signed link of a survey mail: it proves whose answer it is, and needs no login."""

from pydantic import SecretStr

from intake.links import survey_url


class OwnSurveyLinks:
    """Makes links that the survey page honours."""

    def __init__(self, base: str, secret: SecretStr) -> None:
        """``base``: the console's address as recipients see it."""
        self._base = base
        self._secret = secret

    def link(self, customer: str, survey: str, language: str) -> str:
        """The same for the same survey; the page opens in that language."""
        return survey_url(self._base, self._secret, customer=customer, survey=survey) + f"?lang={language}"
