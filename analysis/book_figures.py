"""Every figure of customers of a period, and what became of it since the period before (sections 11.3, 17 and 18)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis import intervals, onboarding_figures, survey_figures, usage_figures, work_figures
from analysis.mrr_live import plain, with_events
from analysis.telling import Source, Telling
from models.figure import Documented, Figure, Reference
from models.figure_change import Change, change
from models.metric_rows import BookRows, EngagementRow, HealthRow
from models.nps import NpsConfig
from models.nps_figures import NpsMetrics

_SHARES = (
    "nps_response_rate", "activation", "onboarding_completion", "retention_d7", "retention_d30", "low_engagement",
    "outreach_response_rate", "meetings_attended", "playbook_completion", "action_completion",
)  # fmt: skip
Scored = EngagementRow | HealthRow
_LOWER = frozenset({"low_engagement"})


class Told(NamedTuple):
    """The figures by name, and the domain's NPS record they rest on."""

    figures: dict[str, Figure]
    nps: NpsMetrics


class Making:
    """What the figures need besides rows: the registered queries, the durations of programs, the rules of NPS."""

    def __init__(
        self, queries: Mapping[str, Documented], durations: Mapping[str, timedelta], zone: ZoneInfo, nps: NpsConfig
    ) -> None:
        self._queries, self._durations, self.zone, self.config = queries, durations, zone, nps

    def figures(self, rows: BookRows) -> Told:
        """All of them; what cannot be told says why."""
        telling = Telling(rows.period, rows.as_of, rows.sources, self.zone)
        nps = survey_figures.nps_metrics(rows.answers, rows.sends, telling, self.config)
        starts = first_starts(rows, self.zone)
        days = {day: usage_figures.retained(starts, rows.active, telling, day) for day in (7, 30)}
        of = self._source
        found = [
            survey_figures.nps_figure(nps, telling, of("nps_answers", "surveys"), self.config),
            survey_figures.response_rate(nps, telling, of("nps_sends", "surveys")),
            survey_figures.csat(rows.csat, telling, of("csat_scores", "tickets")),
            onboarding_figures.activation(rows.onboardings, telling, of("onboardings_started", "application")),
            onboarding_figures.time_to_first_value(rows.onboardings, telling, of("onboardings_started", "application")),
            onboarding_figures.completion(
                rows.onboardings, self._durations, telling, of("onboardings_started", "application")
            ),
            *(usage_figures.retention(days[day], telling, day, of("active_days", "application")) for day in (7, 30)),
            usage_figures.engagement(rows.engagement, telling, of("engagement_scores", "application")),
            usage_figures.low_engagement(rows.engagement, telling, of("engagement_scores", "application")),
            usage_figures.health(rows.health, telling, of("health_scores", "application")),
            work_figures.playbook_completion(rows.saves, telling, of("saves_closed", "steadfast")),
            work_figures.action_completion(rows.actions, telling, of("save_actions_due", "steadfast")),
            survey_figures.outreach_rate(rows.outreach, telling, of("outreach", "crm")),
            survey_figures.attendance(rows.meetings, telling, of("meetings_scheduled", "crm")),
        ]
        return Told({one.name: one for one in found}, nps)

    def changes(self, before: BookRows, after: BookRows) -> dict[str, Change]:
        """Whether each is better than in the period before, by a test that suits it."""
        old, new = self.figures(before).figures, self.figures(after).figures
        found = {}
        for name in _SHARES:
            p_value = _shares(old[name], new[name])
            found[name] = change(old[name], new[name], p_value, "Fisher's exact test", lower=name in _LOWER)
        tellings = [Telling(each.period, each.as_of, each.sources, self.zone) for each in (before, after)]
        samples = [
            survey_figures.within(each.answers, telling, self.config)
            for each, telling in zip((before, after), tellings, strict=True)
        ]
        found["nps"] = survey_figures.nps_change(old["nps"], new["nps"], (samples[0], samples[1]), self.config)
        found["csat"] = survey_figures.csat_change(old["csat"], new["csat"], (before.csat, after.csat))
        seen = [
            onboarding_figures.watched(each.onboardings, telling)
            for each, telling in zip((before, after), tellings, strict=True)
        ]
        name = "time_to_first_value"
        found[name] = onboarding_figures.ttfv_change(old[name], new[name], (seen[0], seen[1]))
        found["engagement"] = change(
            old["engagement"], new["engagement"], _scores(before.engagement, after.engagement), "Welch's t test"
        )
        found["health_portfolio"] = change(
            old["health_portfolio"], new["health_portfolio"], _scores(before.health, after.health), "Welch's t test"
        )
        return found

    def query(self, name: str) -> Reference:
        """The registered query of that name."""
        return self._queries[name].ref

    def _source(self, query: str, system: str) -> Source:
        return Source(self.query(query), system)


def first_starts(rows: BookRows, zone: ZoneInfo) -> dict[str, date]:
    """First day of the first paid subscription of each account that ever had one."""
    found: dict[str, date] = {}
    for row in with_events(rows.spans, rows.statements, zone):
        span = plain(row)
        if not span.trial and span.mrr != 0:
            found[span.account] = min(found.get(span.account, span.started), span.started)
    return found


def _shares(before: Figure, after: Figure) -> float | None:
    counts = []
    for one in (before, after):
        if one.numerator is None or one.denominator is None:
            return None
        counts.append((int(one.numerator), int(one.denominator)))
    return intervals.shares_differ(counts[0], counts[1])


def _scores(before: Sequence[Scored], after: Sequence[Scored]) -> float | None:
    """Customers are the same in both periods more often than not, which makes this test hard to pass, not easy."""
    old, new = ([float(row.score) for row in rows if row.score is not None] for rows in (before, after))
    return intervals.means_differ(old, new)
