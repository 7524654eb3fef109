"""Answers to surveys: stored, judged, and what they ask for done in the same transaction (section 11.2)."""

from activities.ports import Transaction
from intake.facts_reading import Handler, Reading, alert, of, suspicious
from models import event_data as said
from models.advocacy import AdvocacyStatus
from models.enums import Severity
from models.event_kinds import EventType
from models.event_making import STEADFAST, made
from models.facts import Feed
from models.nps import (
    AddCandidate,
    AskFollowUp,
    NpsConfig,
    NpsResponse,
    NpsVerdict,
    RaiseAlert,
    SaveResponse,
    SurveyAnswer,
    SurveySend,
)
from models.records import CsmTask
from models.told import Told
from rules import nps, themes

EXTERNAL = "external"
"""Trigger of a survey that somebody else sent: it is known from its answer, and counts as a send on that day."""

CONFIG = NpsConfig()


async def _answered(tx: Transaction, data: said.SurveyAnswered, told: Told, reading: Reading) -> None:
    if data.feedback is not None:
        for name in themes.competitors_of(data.feedback, reading.lexicon):
            await tx.support_told.mentioned(told, None, name)
        await tx.usage_told.source(told, Feed.TICKET_TEXT)
    await tx.facts.add_response(told.customer, "survey_answer", told.at, told.key)
    if data.kind is said.SurveyKind.NPS:
        await _nps(tx, data, told, reading)
    else:
        await _csat(tx, data, told, reading)


async def _nps(tx: Transaction, data: said.SurveyAnswered, told: Told, reading: Reading) -> None:
    send = await _survey(tx, data, told)
    answer = SurveyAnswer(
        key=told.row_id(),
        survey=send.survey,
        score=data.score,
        submitted_at=told.at,
        respondent=data.respondent,
        feedback=data.feedback,
    )
    standing = await tx.advocacy.status(told.customer)
    verdict = nps.process(
        answer,
        send=send,
        earlier=await tx.surveys.answers(send.survey),
        account=nps.account_score(await tx.surveys.of(told.customer), max(reading.now, told.at)),
        candidate_open=await tx.advocacy.open_candidate(told.customer) is not None,
        advocate=standing is not AdvocacyStatus.NONE,
        now=max(reading.now, told.at),
        lexicon=reading.lexicon,
        config=CONFIG,
    )
    for effect in verdict.effects:
        match effect:
            case SaveResponse():
                await tx.surveys.add(effect.response)
            case AskFollowUp():
                await tx.work.add_task(await _task(tx, effect, reading))
            case RaiseAlert():
                await alert(tx, told, reading, effect.type, effect.message, effect.severity)
            case AddCandidate():
                await tx.advocacy.add_candidate(effect, told.row_id(), reading.now)
            case _:
                # The score is read from the answers; the outreach is a play's, which may_invite decides then.
                continue
    await _tell(tx, verdict, told, reading)


async def _survey(tx: Transaction, data: said.SurveyAnswered, told: Told) -> SurveySend:
    """The survey that is answered: the one named, else the latest one sent; else one that we did not send."""
    known = await (tx.surveys.get(data.survey_id) if data.survey_id else tx.surveys.last_sent(told.customer, told.at))
    if known is not None and known.customer == told.customer:
        return known
    ident = told.row_id(data.survey_id if known is None else None)
    send = SurveySend(survey=ident, customer=told.customer, trigger=EXTERNAL, sent_at=told.at)
    await tx.surveys.sent(send)
    return send


async def _task(tx: Transaction, effect: AskFollowUp, reading: Reading) -> CsmTask:
    customer = await tx.customers.get(effect.customer)
    return CsmTask(
        key=f"{effect.type}:{effect.response}",
        customer=effect.customer,
        workflow_id="",
        type=effect.type,
        title="Follow up with a detractor",
        description=effect.description,
        priority=effect.priority,
        assignee=(customer.csm_id if customer else None) or "team",
        due=effect.due,
        created_at=reading.now,
    )


async def _tell(tx: Transaction, verdict: NpsVerdict, told: Told, reading: Reading) -> None:
    """Waiting plays hear of a processed answer; a duplicate tells nothing."""
    saved = next((one.response for one in verdict.effects if isinstance(one, SaveResponse)), None)
    if saved is None:
        return
    event = made(
        EventType.NPS_PROCESSED,
        told.customer,
        told.at,
        saved.id,
        **{"class": verdict.kind.value, "response_id": saved.id, "score": saved.score},
    )
    await tx.inbox.add(STEADFAST, event, reading.now)


async def _csat(tx: Transaction, data: said.SurveyAnswered, told: Told, reading: Reading) -> None:
    suspect = suspicious(reading, data.feedback)
    await tx.surveys.add(
        NpsResponse(
            id=told.row_id(),
            survey=data.survey_id or "",
            customer=told.customer,
            respondent=data.respondent,
            score=data.score,
            feedback=themes.bounded(data.feedback),
            submitted_at=told.at,
            themes=themes.themes_of(data.feedback, reading.lexicon),
            lexicon_version=reading.lexicon.version if data.feedback else None,
            suspected_injection=suspect,
        ),
        kind=data.kind.value,
    )
    if suspect:
        message = "A survey comment looks like an attempt to give orders; it was stored as text and not obeyed"
        await alert(tx, told, reading, "suspected_injection", message, Severity.MEDIUM)


HANDLERS: dict[EventType, Handler] = {EventType.SURVEY_ANSWERED: of(said.SurveyAnswered, _answered)}
