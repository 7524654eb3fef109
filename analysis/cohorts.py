"""Who is counted by each figure, named, versioned and written out (section 18.4, check 4; section 18.6).

Every cohort in use is here; a figure refers to one by name, version and hash of its text.
"""

from models.figure import Documented


def _cohort(name: str, text: str, version: int = 1) -> Documented:
    return Documented(name=name, version=version, text=" ".join(text.split()))


NPS_RESPONDENTS = _cohort(
    "nps_respondents",
    """Respondents whose latest answer of the period counts, once each (N6); promoter 9 or 10, passive 7 or 8, detractor
    0 to 6. NPS = promoters less detractors per hundred respondents; told from 30 respondents on.""",
)
SURVEYED = _cohort(
    "nps_surveyed",
    """NPS surveys sent within the period; answered: at least one answer to that survey by the as-of, whenever it came
    (N4). Not yet closed surveys are in it.""",
)
CSAT_TOLD = _cohort(
    "csat_told",
    """Satisfaction 1 to 5 told with a ticket closed within the period or in a CSAT survey answered within it; one value
    each, so an account that tells more often counts more often.""",
)
ONBOARDED = _cohort(
    "onboardings_of_period",
    """Onboardings that started within the period, one of each cycle of a customer. First value: the program's
    first-value criterion (section 4.4).""",
)
ACTIVATED = _cohort(
    "onboardings_14_days_ago",
    """Onboardings that started within the period and at least 14 days before the as-of. Activated: first value within
    14 days of the start.""",
)
TIME_PASSED = _cohort(
    "onboardings_past_duration",
    """Onboardings that started within the period and whose program's duration has passed by the as-of; completed ones
    reached the status completed by then, whenever. An onboarding of a program that is no longer known is left out.""",
)
STARTED_7 = _cohort(
    "starters_7_days",
    """Accounts whose first paid subscription started within the period, if 14 days have passed since. Retained: used a
    feature or logged in on day 7 to 13 after the start (day 0 is the start; days are UTC).""",
)
STARTED_30 = _cohort(
    "starters_30_days",
    """Accounts whose first paid subscription started within the period, if 37 days have passed since. Retained: used a
    feature or logged in on day 30 to 36 after the start.""",
)
START_MONTHS = _cohort(
    "start_months",
    """Every account, by the calendar month in which its first paid subscription started; accounts without one form the
    cohort 'never paid'. Each account is in exactly one.""",
)
SCORED = _cohort(
    "scored_customers",
    """Customers not churned, by their last score within 7 days before the end of the period; provisional health scores
    are left out (section 17).""",
)
WRITTEN_TO = _cohort("written_to", "Personal messages sent within the period; answered: by the as-of.")
INVITED = _cohort(
    "meetings_told",
    """Meetings scheduled within the period, not cancelled, of which it was told whether the customer attended.""",
)
SAVES_CLOSED = _cohort(
    "saves_closed",
    """Save plays that ended within the period. Complete: it came to its end or its goal, and no step of it failed;
    steps that a condition skipped count as done.""",
)
ACTIONS_DUE = _cohort(
    "save_actions_due",
    """Steps of save plays that fell due within the period and at least a day before the as-of. Done in time: done or
    skipped by a condition no later than 24 hours after the due time (an automatic step begins at its due time).""",
)
PREDICTED = _cohort(
    "churn_predicted",
    """Accounts paying on the day the 60-day window began. Predicted to leave: an open churn signal of high severity, or
    stage at_risk, on that day. Left: paid nothing on some day of the window (running_sum).""",
)

COHORTS = {
    one.name: one
    for one in (
        NPS_RESPONDENTS, SURVEYED, CSAT_TOLD, ONBOARDED, ACTIVATED, TIME_PASSED, STARTED_7, STARTED_30, START_MONTHS,
        SCORED, WRITTEN_TO, INVITED, SAVES_CLOSED, ACTIONS_DUE, PREDICTED,
    )
}  # fmt: skip
