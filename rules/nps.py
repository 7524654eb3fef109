"""When an account is surveyed, and what an answer asks for (sections 11.1 and 11.2 of the domain, N1 to N13).

Every function is given its moment. Effects are values in the order in which they are carried out; whoever does so
stores the response and its effects in one transaction, unique on (survey, respondent), so that an answer counts once.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from pydantic import JsonValue

from models.contact import Permission
from models.enums import Severity
from models.errors import BadInput
from models.nps import (
    AccountScore,
    AddCandidate,
    AskFollowUp,
    NpsClass,
    NpsConfig,
    NpsEffect,
    NpsResponse,
    NpsVerdict,
    RaiseAlert,
    SaveResponse,
    ScheduleOutreach,
    SetScore,
    SurveyAnswer,
    SurveySend,
)
from models.themes import Lexicon
from rules import themes

_EXCERPT = 500


def may_survey(last_sent: datetime | None, now: datetime, config: NpsConfig) -> Permission:
    """Whether a survey may be sent: the last *send*, answered or not, is 90 days old or there was none (N1)."""
    if last_sent is None:
        return Permission(True)
    again = last_sent + config.every
    if now >= again:
        return Permission(True)
    return Permission(False, f"surveyed less than {config.every.days} days ago", again)


def reminder_due(send: SurveySend, answered: bool, now: datetime, config: NpsConfig) -> bool:
    """Whether the one reminder is due: unanswered after 3 days, not reminded yet, and not closed."""
    if answered or send.reminded_at is not None or is_closed(send, now, config):
        return False
    return now >= send.sent_at + config.remind_after


def is_closed(send: SurveySend, at: datetime, config: NpsConfig) -> bool:
    """Whether the survey is closed at that moment: 7 days after it was sent, or when it was closed by hand."""
    closes = send.sent_at + config.close_after
    if send.closed_at is not None:
        closes = min(closes, send.closed_at)
    return at >= closes


def metadata(plan: str | None, mrr: Decimal | None, tenure_days: int | None, config: NpsConfig) -> dict[str, JsonValue]:
    """What a survey provider is told of the account: plan, days as customer and an MRR *band*; unknown is left out."""
    told: dict[str, JsonValue] = {"plan": plan, "mrr_band": mrr_band(mrr, config), "tenure": tenure_days}
    return {name: value for name, value in told.items() if value is not None}


def mrr_band(mrr: Decimal | None, config: NpsConfig) -> str | None:
    """The band of an MRR, such as ``100-500`` (upper edge excluded), ``<100`` or ``10000+``; None if unknown.

    Raises:
        BadInput: a negative amount.
    """
    if mrr is None:
        return None
    if mrr < 0:
        raise BadInput("an amount cannot be negative", field="mrr", value=str(mrr))
    edges = config.mrr_bands
    below = [edge for edge in edges if edge <= mrr]
    above = [edge for edge in edges if edge > mrr]
    if not below:
        return f"<{above[0]}" if above else "any"
    return f"{below[-1]}-{above[0]}" if above else f"{below[-1]}+"


def check_score(value: JsonValue) -> int:
    """The score, a whole number from 0 to 10 (N5); text, fractions and truth values are refused, never read as one.

    Raises:
        BadInput: anything else, with the field and the value.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10:
        raise BadInput("expected a whole number from 0 to 10", field="score", value=value)
    return value


def classify(score: int, config: NpsConfig) -> NpsClass:
    """Promoter from 9, passive 7 and 8, detractor up to 6."""
    if score >= config.promoter_from:
        return NpsClass.PROMOTER
    return NpsClass.PASSIVE if score >= config.passive_from else NpsClass.DETRACTOR


def process(
    answer: SurveyAnswer,
    *,
    send: SurveySend | None,
    earlier: Collection[NpsResponse],
    account: AccountScore,
    candidate_open: bool,
    advocate: bool,
    now: datetime,
    lexicon: Lexicon,
    config: NpsConfig,
) -> NpsVerdict:
    """What an answer asks for.

    Args:
        answer: as it came.
        send: the survey it answers; None if there is none of that id.
        earlier: responses already stored for that survey.
        account: the latest score stored for the account, with its date.
        candidate_open: an advocacy candidate of the account is ``new`` or ``contacted`` (N9).
        advocate: the account was invited to the advocacy program already, whatever it said.
        now: the moment of processing; the follow-up and the outreach count from it.
        lexicon: themes and suspicions for the feedback.
        config: thresholds and delays.

    Raises:
        BadInput: a score out of range, no such survey, or a date before the send or in the future.
    """
    score = check_score(answer.score)
    kind = classify(score, config)
    _check_dates(answer, send, now, config)
    if send is None:
        raise BadInput("no survey of that id was sent", field="survey", value=answer.survey)
    if any(one.id == answer.key or one.respondent == answer.respondent for one in earlier):
        return NpsVerdict(outcome="duplicate", kind=kind)
    response = _response(answer, send, score, lexicon, config)
    effects: list[NpsEffect] = [SaveResponse(response=response)]
    newest = account.at is None or answer.submitted_at > account.at
    if newest:
        effects.append(SetScore(customer=send.customer, score=score, at=answer.submitted_at))
    if kind is NpsClass.DETRACTOR:
        effects += _detractor(response, now, config)
    elif kind is NpsClass.PROMOTER and newest and not candidate_open and not advocate:
        effects.append(AddCandidate(customer=send.customer, score=score))
        effects.append(ScheduleOutreach(customer=send.customer, due=now + config.outreach_after))
    if response.suspected_injection:
        effects.append(_suspect(response))
    return NpsVerdict(outcome="accepted", kind=kind, effects=tuple(effects))


def follow_up(response: NpsResponse, closed_at: datetime, notes: str = "") -> NpsResponse:
    """The response once its follow-up task is closed (N8); one that is followed up already keeps its first date.

    Raises:
        BadInput: the task was closed before the answer was given.
    """
    if response.followed_up:
        return response
    if closed_at < response.submitted_at:
        raise BadInput("before the answer was submitted", field="follow_up_date", value=closed_at.isoformat())
    kept = themes.bounded(notes) or ""
    return response.model_copy(
        update={"followed_up": True, "follow_up_date": closed_at, "follow_up_notes": kept},
    )


def no_followup(response: NpsResponse | None) -> bool | None:
    """The condition of section 14.1: the response is not followed up yet; None if there is no response."""
    return None if response is None else not response.followed_up


def account_score(responses: Iterable[NpsResponse], now: datetime) -> AccountScore:
    """The account's score: its latest answer by whichever respondent (N13), whatever order they came in."""
    known = [one for one in responses if one.submitted_at <= now]
    if not known:
        return AccountScore()
    latest = max(known, key=lambda one: (one.submitted_at, one.id))
    return AccountScore(score=latest.score, at=latest.submitted_at)


def _check_dates(answer: SurveyAnswer, send: SurveySend | None, now: datetime, config: NpsConfig) -> None:
    shown = answer.submitted_at.isoformat()
    if answer.submitted_at > now + config.clock_skew:
        raise BadInput("lies in the future", field="submitted_at", value=shown)
    if send is not None and answer.submitted_at < send.sent_at - config.clock_skew:
        raise BadInput("before the survey was sent", field="submitted_at", value=shown)


def _response(answer: SurveyAnswer, send: SurveySend, score: int, lexicon: Lexicon, config: NpsConfig) -> NpsResponse:
    feedback = themes.bounded(answer.feedback)
    return NpsResponse(
        id=answer.key,
        survey=send.survey,
        customer=send.customer,
        respondent=answer.respondent,
        score=score,
        feedback=feedback,
        submitted_at=answer.submitted_at,
        late=is_closed(send, answer.submitted_at, config),
        themes=themes.themes_of(feedback, lexicon),
        lexicon_version=None if feedback is None else lexicon.version,
        suspected_injection=themes.suspected_injection(answer.feedback, lexicon.suspicion),
    )


def _detractor(response: NpsResponse, now: datetime, config: NpsConfig) -> tuple[AskFollowUp, RaiseAlert]:
    task = AskFollowUp(
        customer=response.customer,
        response=response.id,
        description=f"Detractor follow-up: NPS score {response.score}",
        due=now + config.followup_due,
    )
    alert = RaiseAlert(
        customer=response.customer,
        response=response.id,
        type="nps_detractor",
        severity=Severity.HIGH,
        message=f"NPS detractor: score {response.score}",
        score=response.score,
        feedback=None if response.feedback is None else response.feedback[:_EXCERPT],
    )
    return task, alert


def _suspect(response: NpsResponse) -> RaiseAlert:
    """Says that the comment is suspect, without repeating it."""
    return RaiseAlert(
        customer=response.customer,
        response=response.id,
        type="suspected_injection",
        severity=Severity.MEDIUM,
        message="A survey comment looks like an attempt to give orders; it was stored as text and not obeyed",
        score=response.score,
    )
