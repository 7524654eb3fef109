"""NPS and retention once more, another way: no helper, no type and no order shared with the first (section 18.4)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from models.metric_rows import ActiveDay
from models.nps import NpsResponse, SurveySend


def nps(answers: Iterable[NpsResponse], start: datetime, stop: datetime) -> tuple[int | None, int]:
    """NPS, in whole numbers throughout, and the number of respondents."""
    last: dict[tuple[str, str], tuple[datetime, str, int]] = {}
    for one in answers:
        if start <= one.submitted_at < stop:
            who = (one.customer, one.respondent or "")
            told = (one.submitted_at, one.id, one.score)
            last[who] = max(told, last.get(who, told))
    n = len(last)
    if n == 0:
        return None, 0
    net = sum((score >= 9) - (score <= 6) for _, _, score in last.values())
    return (200 * net + n) // (2 * n), n


def response_rate(
    answers: Iterable[NpsResponse], sends: Sequence[SurveySend], start: datetime, stop: datetime
) -> tuple[int, int]:
    """Surveys answered, of those sent."""
    told = {one.survey for one in answers}
    sent = [one.survey for one in sends if start <= one.sent_at < stop]
    return sum(survey in told for survey in set(sent)), len(set(sent))


def retained(
    starts: Mapping[str, date], active: Iterable[ActiveDay], first: date, last: date, today: date, day: int
) -> tuple[int, int]:
    """Retained accounts, of those whose window is over: account by account, day by day."""
    seen: dict[str, set[date]] = {}
    for one in active:
        seen.setdefault(one.customer, set()).add(one.day)
    kept = due = 0
    for account, start in starts.items():
        window = {start + timedelta(days=offset) for offset in range(day, day + 7)}
        if first <= start <= last and max(window) < today:
            due += 1
            kept += bool(window & seen.get(account, set()))
    return kept, due
