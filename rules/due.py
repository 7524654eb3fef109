"""What a day makes due: renewals, surveys, reviews, recaps, told once for each term, quarter or month (section 14.1).

Every daily check compares with what was told already, so that a day without a check misses nothing (W7).
"""

from datetime import date, datetime, timedelta
from typing import Protocol

from models.enums import LifecycleStage, Segment
from models.nps import NpsConfig
from models.standing import Calendar, Tell
from rules.nps import may_survey
from rules.predicates import Facts, number

FACTS = ("days_until_renewal", "contract_length", "usage_vs_limit", "conversations_handled")
"""What is read."""

RENEWAL_DAYS = (30, 60, 90)
"""Nearest first: if several are due at once only the nearest to the renewal is told (W7)."""

SHORTEST_TERM = 3
"""Months: shorter contracts have no renewal sequence (section 14.1)."""

LIMIT_NEAR = 0.8
"""Share of the tightest limit; above it the limit is near (signal ``approaching_limit``)."""

_REVIEWED = (Segment.ENTERPRISE, Segment.MID_MARKET)
_NOT_YET = (None, LifecycleStage.TRIAL, LifecycleStage.ONBOARDING, LifecycleStage.CHURNED)
_RECAP_WITHIN = timedelta(days=7)


class Owed(Protocol):
    """A customer to whom a day may owe something: ``models.standing.Standing`` as far as it is read here."""

    @property
    def segment(self) -> Segment | None: ...
    @property
    def renewal_date(self) -> date | None: ...
    @property
    def renewal_completed(self) -> bool | None: ...
    @property
    def renewal_declined(self) -> bool | None: ...
    @property
    def outreach_held(self) -> bool: ...
    @property
    def surveyed_at(self) -> datetime | None: ...


def quarter_of(day: date) -> str:
    """``2026-Q1``."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def calendar(day: date, first_working_day: date) -> Calendar:
    """The day; a month's recap is due from its first working day on, for a week."""
    due = first_working_day <= day < first_working_day + _RECAP_WITHIN
    return Calendar(day, quarter_of(day), f"{day.year}-{day.month:02}" if due else "")


def due(
    one: Owed,
    stage: LifecycleStage | None,
    facts: Facts,
    at: datetime,
    when: Calendar,
    told: dict[str, str],
    nps: NpsConfig,
) -> list[Tell]:
    """What is to be told now of a customer in that stage. ``told`` is brought up to date."""
    if stage is LifecycleStage.CHURNED:
        return []
    found = [*_renewal(one, facts, told), *_limit(facts, when, told)]
    if stage in _NOT_YET:
        return found
    if one.segment in _REVIEWED and told.get("qbr") != when.quarter:
        told["qbr"] = when.quarter
        found.append(Tell("qbr_due", when.quarter, {"quarter": when.quarter}))
    if not one.outreach_held:
        found += _contacts(one, facts, at, when, told, nps)
    return found


def _contacts(
    one: Owed, facts: Facts, at: datetime, when: Calendar, told: dict[str, str], nps: NpsConfig
) -> list[Tell]:
    found = []
    if told.get("survey") != when.quarter and may_survey(one.surveyed_at, at, nps).allowed:
        told["survey"] = when.quarter
        found.append(Tell("survey_due", when.quarter, {"kind": "nps"}))
    if when.recap and told.get("recap") != when.recap and number(facts, "conversations_handled") is not None:
        told["recap"] = when.recap
        found.append(Tell("recap_due", when.recap, {"month": when.recap}))
    return found


def _renewal(one: Owed, facts: Facts, told: dict[str, str]) -> list[Tell]:
    left, months = number(facts, "days_until_renewal"), number(facts, "contract_length")
    if one.renewal_date is None or left is None or months is None or left < 0 or months < SHORTEST_TERM:
        return []
    if one.renewal_completed or one.renewal_declined:
        return []
    nearest = next((days for days in RENEWAL_DAYS if left <= days), None)
    if nearest is None:
        return []
    term = one.renewal_date.isoformat()
    before, _, days_told = told.get("renewal", "").partition(":")
    if before == term and int(days_told) <= nearest:
        return []
    told["renewal"] = f"{term}:{nearest}"
    return [Tell("renewal_due", f"{term}:{nearest}", {"days": nearest, "term": term})]


def _limit(facts: Facts, when: Calendar, told: dict[str, str]) -> list[Tell]:
    used = number(facts, "usage_vs_limit")
    if used is None:
        return []
    if used <= LIMIT_NEAR:
        told.pop("limit", None)
        return []
    if "limit" in told:
        return []
    told["limit"] = when.day.isoformat()
    return [Tell("limit_near", when.day.isoformat(), {"used": round(used, 4)})]
