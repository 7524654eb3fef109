"""NPS, CSAT and response rates as figures (sections 11.3, 18.3 and 18.6, N1 to N13)."""

from collections.abc import Sequence

from analysis import cohorts, intervals
from analysis.telling import Source, Telling
from models.figure import Figure, Unit
from models.figure_change import Change, change
from models.metric_rows import CsatScore, MeetingRow, MessageRow
from models.nps import NpsConfig, NpsResponse, SurveySend
from models.nps_figures import NpsMetrics, NpsSample
from rules.nps_figures import figures, improvement, latest, sample, standard_error

RATED = "answers"


def nps_metrics(
    answers: Sequence[NpsResponse], sends: Sequence[SurveySend], telling: Telling, config: NpsConfig
) -> NpsMetrics:
    """The domain's record of the period."""
    return figures(answers, sends, telling.period, as_of=telling.as_of, config=config)


def within(answers: Sequence[NpsResponse], telling: Telling, config: NpsConfig) -> NpsSample:
    """Respondents of the period."""
    period = telling.period
    return sample(latest(one for one in answers if period.start <= one.submitted_at < period.end), config)


def nps_figure(found: NpsMetrics, telling: Telling, source: Source, config: NpsConfig) -> Figure:
    """NPS with the interval of section 11.3; never told below 30 respondents."""
    name, label, cohort = "nps", "NPS", cohorts.NPS_RESPONDENTS
    if found.nps is None or not found.reportable:
        reason = (
            "no answers"
            if found.total_responses == 0
            else f"only {found.total_responses} respondents, at least {config.reportable_from} needed"
        )
        return telling.cannot(name, label, Unit.NPS, reason, found.total_responses, "respondents", cohort, source)
    taken = NpsSample(
        n=found.total_responses, promoters=found.promoters.count, passives=found.passives.count,
        detractors=found.detractors.count,
    )  # fmt: skip
    told = intervals.around(
        found.nps,
        standard_error(taken) or 0.0,
        least=-100,
        most=100,
        method="normal, variance of promoters - detractors",
    )
    notes = [] if found.representative else ["response rate of 20 % or less: not representative (N10)"]
    if found.surveys_open:
        notes.append(f"{found.surveys_open} surveys of the period are still open")
    return telling.value(
        name, label, Unit.NPS, found.nps, taken.n, "respondents", cohort, source, told, tuple(notes)
    )  # fmt: skip


def nps_change(before: Figure, after: Figure, samples: tuple[NpsSample, NpsSample], config: NpsConfig) -> Change:
    """Whether NPS improved, by the test of section 11.3."""
    tested = improvement(*samples, config)
    if tested.improved is None or tested.p_value is None:
        return change(before, after, None, "").model_copy(
            update={"reason": tested.reason.removeprefix("cannot tell: ")}
        )
    made = change(before, after, tested.p_value, "z test of section 11.3")
    worse = (tested.difference or 0) < 0 and tested.p_value < config.significance
    return made.model_copy(update={"improved": tested.improved, "worsened": worse})


def response_rate(found: NpsMetrics, telling: Telling, source: Source) -> Figure:
    """Answered share of the surveys sent in the period (N4)."""
    note = f"{found.surveys_open} are still open" if found.surveys_open else ""
    return telling.share(
        "nps_response_rate", "NPS response rate", found.surveys_answered, found.surveys_sent, "surveys sent",
        cohorts.SURVEYED, source, note=note,
    )  # fmt: skip


def csat(scores: Sequence[CsatScore], telling: Telling, source: Source) -> Figure:
    """Mean satisfaction."""
    values = [one.score for one in scores]
    return telling.mean("csat", "CSAT", Unit.CSAT, values, RATED, cohorts.CSAT_TOLD, source)


def csat_change(before: Figure, after: Figure, scores: tuple[Sequence[CsatScore], Sequence[CsatScore]]) -> Change:
    """Whether it improved."""
    old, new = ([float(one.score) for one in each] for each in scores)
    return change(before, after, intervals.means_differ(old, new), "Welch's t test")


def outreach_rate(sent: Sequence[MessageRow], telling: Telling, source: Source) -> Figure:
    """Share of personal messages that were answered."""
    answered = sum(one.answered_at is not None and one.answered_at <= telling.as_of for one in sent)
    return telling.share(
        "outreach_response_rate", "Responses to outreach", answered, len(sent), "messages sent", cohorts.WRITTEN_TO,
        source,
    )  # fmt: skip


def attendance(meetings: Sequence[MeetingRow], telling: Telling, source: Source) -> Figure:
    """Share of meetings attended, of those of which it was told."""
    told = [one for one in meetings if one.attended is not None]
    untold = len(meetings) - len(told)
    return telling.share(
        "meetings_attended", "Meetings attended", sum(bool(one.attended) for one in told), len(told), "meetings",
        cohorts.INVITED, source, note=f"of {untold} more nobody told" if untold else "",
    )  # fmt: skip
