"""NPS of a period from its answers and sends (section 11.3 of the domain, N2, N3, N4, N6, N10).

Pure arithmetic over what was known as of a moment: a later row never changes an earlier figure. Days and months are
those of the business calendar; inside, every period is half-open.
"""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import BadInput
from models.nps import NpsClass, NpsConfig, NpsResponse, SurveySend
from models.nps_figures import (
    ClassCount,
    KpiBand,
    KpiBounds,
    MonthNps,
    NpsImprovement,
    NpsMetrics,
    NpsSample,
    Period,
    ThemeCount,
)
from rules.nps import classify, is_closed
from rules.rounding import round_half_up

BUSINESS_ZONE = ZoneInfo("Europe/Madrid")


def days(first: date, last: date, zone: ZoneInfo = BUSINESS_ZONE) -> Period:
    """The period from the beginning of one day to the end of another, both inclusive.

    Raises:
        BadInput: the last day comes before the first.
    """
    if last < first:
        raise BadInput("the last day comes before the first", field="last", value=last.isoformat())
    return Period(start=_midnight(first, zone), end=_midnight(last + timedelta(days=1), zone))


def latest(responses: Iterable[NpsResponse]) -> tuple[NpsResponse, ...]:
    """The latest answer of each respondent of each account (N6), by date and then id; the order given is no matter."""
    kept: dict[tuple[str, str | None], NpsResponse] = {}
    for one in responses:
        key = (one.customer, one.respondent)
        held = kept.get(key)
        if held is None or (held.submitted_at, held.id) < (one.submitted_at, one.id):
            kept[key] = one
    return tuple(sorted(kept.values(), key=lambda one: (one.submitted_at, one.id)))


def sample(responses: Iterable[NpsResponse], config: NpsConfig) -> NpsSample:
    """Respondents by class, each once."""
    counted = Counter(classify(one.score, config) for one in latest(responses))
    return NpsSample(
        n=counted.total(),
        promoters=counted[NpsClass.PROMOTER],
        passives=counted[NpsClass.PASSIVE],
        detractors=counted[NpsClass.DETRACTOR],
    )


def nps(taken: NpsSample) -> int | None:
    """Promoters less detractors per hundred respondents, rounded half up; None of none (N2)."""
    if taken.n == 0:
        return None
    return round_half_up((taken.promoters - taken.detractors) * 100 / taken.n)


def standard_error(taken: NpsSample) -> float | None:
    """Standard error of NPS in points: 100 * sqrt((p + d - (p - d)^2) / n); None of none."""
    return None if taken.n == 0 else 100 * math.sqrt(_variance(taken))


def figures(
    responses: Iterable[NpsResponse],
    sends: Iterable[SurveySend],
    period: Period,
    *,
    as_of: datetime,
    config: NpsConfig,
    zone: ZoneInfo = BUSINESS_ZONE,
) -> NpsMetrics:
    """The figures of the period, from what was known at ``as_of``.

    Args:
        responses: every answer that may bear on the period: those submitted within it and within the months of the
            trend, and those to the surveys sent within it. Others are passed over.
        sends: every survey sent; those outside the period are passed over.
        period: half-open; :func:`days` makes one of days.
        as_of: later answers and sends are passed over.
        config: thresholds.
        zone: zone of the business calendar.
    """
    known = [one for one in responses if one.submitted_at <= as_of]
    within = latest(one for one in known if period.start <= one.submitted_at < period.end)
    taken = sample(within, config)
    cohort = {one.survey: one for one in sends if period.start <= one.sent_at < period.end and one.sent_at <= as_of}
    answered = {one.survey for one in known} & cohort.keys()
    rate = len(answered) / len(cohort) if cohort else None
    still_open = [one for one in cohort.values() if one.survey not in answered and not is_closed(one, as_of, config)]
    return NpsMetrics(
        period=period,
        as_of=as_of,
        total_responses=taken.n,
        nps=nps(taken),
        surveys_sent=len(cohort),
        surveys_answered=len(answered),
        surveys_open=len(still_open),
        response_rate=rate,
        promoters=_share(taken.promoters, taken.n),
        passives=_share(taken.passives, taken.n),
        detractors=_share(taken.detractors, taken.n),
        trend=trend(known, period.end, config=config, zone=zone),
        top_positive_themes=_top(within, NpsClass.PROMOTER, config),
        top_negative_themes=_top(within, NpsClass.DETRACTOR, config),
        reportable=taken.n >= config.reportable_from,
        representative=None if rate is None else rate > config.representative_above,
    )


def trend(
    responses: Iterable[NpsResponse], end: datetime, *, config: NpsConfig, zone: ZoneInfo = BUSINESS_ZONE
) -> tuple[MonthNps, ...]:
    """NPS of the last six calendar months before ``end``, oldest first; the last one ends there, perhaps midway."""
    known = list(responses)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date().replace(day=1)
    found = []
    for back in reversed(range(config.trend_months)):
        month = _months_later(last, -back)
        begins, ends = _midnight(month, zone), min(_midnight(_months_later(month, 1), zone), end)
        taken = sample((one for one in known if begins <= one.submitted_at < ends), config)
        found.append(
            MonthNps(month=month, nps=nps(taken), n=taken.n, sufficient=taken.n >= config.reportable_from),
        )
    return tuple(found)


def improvement(before: NpsSample, after: NpsSample, config: NpsConfig) -> NpsImprovement:
    """Whether NPS improved: a rise that chance alone gives less often than 1 in 20, two-sided, from 30 answers each.

    Where neither sample varies (everybody answered alike in each) the standard error is 0: equal samples are no
    improvement, different ones differ beyond doubt.
    """
    told = nps(before), nps(after)
    if min(before.n, after.n) < config.reportable_from:
        reason = f"cannot tell: {before.n} and {after.n} responses, at least {config.reportable_from} each needed"
        return _improvement(told, None, None, None, None, None, reason)
    difference = 100 * (_net(after) - _net(before))
    error = 100 * math.sqrt(_variance(before) + _variance(after))
    z = difference / error if error > 0 else None
    p_value = two_sided(z) if z is not None else float(difference == 0)
    improved = difference > 0 and p_value < config.significance
    reason = f"{difference:+.1f} points, p = {p_value:.3g}"
    return _improvement(told, difference, error, z, p_value, improved, reason)


def normal_cdf(z: float) -> float:
    """Share of the standard normal distribution at or below z."""
    return (1 + math.erf(z / math.sqrt(2))) / 2


def two_sided(z: float) -> float:
    """Chance of a standard normal value at least as far from 0: 2 * (1 - cdf(|z|)), precise in the tails as well."""
    return math.erfc(abs(z) / math.sqrt(2))


def band(value: float | None, bounds: KpiBounds) -> KpiBand | None:
    """Where a KPI stands: critical is looked at first, then warning, then target (N10, section 18.6)."""
    if value is None:
        return None
    if value < bounds.critical:
        return KpiBand.CRITICAL
    if value < bounds.warning:
        return KpiBand.WARNING
    return KpiBand.TARGET if value > bounds.target else KpiBand.ACCEPTABLE


def _net(taken: NpsSample) -> float:
    return (taken.promoters - taken.detractors) / taken.n


def _variance(taken: NpsSample) -> float:
    """Of NPS / 100. Rounding can leave a hair below 0 where everybody answered alike."""
    spread = (taken.promoters + taken.detractors) / taken.n - _net(taken) ** 2
    return max(spread, 0.0) / taken.n


def _improvement(
    told: tuple[int | None, int | None],
    difference: float | None,
    error: float | None,
    z: float | None,
    p_value: float | None,
    improved: bool | None,
    reason: str,
) -> NpsImprovement:
    return NpsImprovement(
        before=told[0],
        after=told[1],
        difference=difference,
        standard_error=error,
        z=z,
        p_value=p_value,
        improved=improved,
        reason=reason,
    )


def _share(count: int, n: int) -> ClassCount:
    return ClassCount(count=count, share=count / n if n else None)


def _top(within: Iterable[NpsResponse], kind: NpsClass, config: NpsConfig) -> tuple[ThemeCount, ...]:
    counted = Counter(
        theme for one in within if classify(one.score, config) is kind for theme in dict.fromkeys(one.themes)
    )
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ThemeCount(theme=theme, count=count) for theme, count in ranked[: config.top_themes])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _months_later(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
