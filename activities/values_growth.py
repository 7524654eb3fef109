"""Values of surveys, of advocacy, of the plan's limits and of what is new (sections 9 and 13)."""

from datetime import timedelta

from activities.house import House
from activities.ports import Transaction
from activities.ports_deals import ApprovedList
from activities.ports_surveys import SurveyLinks
from activities.values_source import Asked, Values
from models.advocacy_program import ADVOCACY_PROGRAM
from models.ids import Process, parse_workflow_id, survey_id
from models.nps import NpsConfig

CLOSES_AFTER: timedelta = NpsConfig().close_after


class GrowthValues:
    """From the approved list, the round of the run, and the limits last reported."""

    NAMES = frozenset(
        {
            *("recent_features", "survey_url", "closes_on", "activities"),
            *("usage_vs_limit", "limit_name", "used", "allowed", "usage_url"),
        }
    )

    def __init__(self, house: House, approved: ApprovedList, surveys: SurveyLinks) -> None:
        """Collaborators: addresses in the product, what may be told, links to the survey page."""
        self._house = house
        self._approved = approved
        self._surveys = surveys

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """A survey's link only in its own round."""
        language = asked.language
        values: Values = {
            "usage_url": self._house.link("usage"),
            "recent_features": [
                {"name": one.name.text(language), "text": one.text.text(language)}
                for one in self._approved.news_by(asked.now.date())
            ],
            "activities": [{"name": one.label[language], "points": one.points} for one in ADVOCACY_PROGRAM.activities],
        }
        if parse_workflow_id(asked.workflow_id).process is Process.NPS:
            survey = survey_id(asked.workflow_id)
            values["survey_url"] = self._surveys.link(asked.customer.id, survey, language.value)
            sent = await tx.surveys.get(survey)
            values["closes_on"] = ((sent.sent_at if sent else asked.now) + CLOSES_AFTER).date()
        limit = await tx.evidence.tightest_limit(asked.customer.id, asked.now)
        if limit is not None:
            values |= {
                "usage_vs_limit": limit.share,
                "limit_name": limit.name,
                "used": limit.used,
                "allowed": limit.allowed,
            }
        return values
