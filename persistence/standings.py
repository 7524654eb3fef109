"""What is stored of a page of customers when they are evaluated: a statement for each kind of row (section 20)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.decisions import Evaluation
from models.enums import LifecycleStage, Segment
from models.event_kinds import EventType
from models.events import Event
from models.expansion import Opportunity, OpportunityStatus
from models.signals import ChurnSignal
from models.stages import RenewalStatus
from models.standing import Standing
from persistence import decision_rows
from persistence.asked import Asked
from persistence.fact_page import NPS, Page
from persistence.rows import value_of
from persistence.tables import decisions as tables
from persistence.tables.book import account
from persistence.tables.customers import customer, subscription_event
from persistence.tables.measures import renewal_word, survey_send
from persistence.tables.operations import inbox
from persistence.tables.work import blocker

STAGE_BLOCKERS = ("onboarding_overdue", "renewal_outcome_missing")
"""Blockers of a stage, besides ``stage_overdue:<stage>``; every other one is the onboarding's (``rules.blockers``)."""

_BEFORE = 30
_KEPT = 400
"""Days for which a closed opportunity is looked at: its pause is 90, its revenue counts for the cycle it was won in."""

_AT_RISK = LifecycleStage.AT_RISK.value
_STAGES = {stage.value: stage for stage in LifecycleStage}
_SEGMENTS = {segment.value: segment for segment in Segment}


async def next_page(
    connection: AsyncConnection, after: str | None, *, as_of: datetime, day: date, limit: int
) -> list[str]:
    """The ids that follow, of customers that were there by then: signed up, or without any sign of when."""
    began = select(func.min(subscription_event.c.at)).where(subscription_event.c.customer == customer.c.id)
    later = exists().where(account.c.customer == customer.c.id, account.c.signup_date > day)
    query = (
        select(customer.c.id)
        .where(
            ~later,
            or_(
                exists().where(account.c.customer == customer.c.id, account.c.signup_date.is_not(None)),
                func.coalesce(began.scalar_subquery(), as_of) <= as_of,
            ),
        )
        .order_by(customer.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(customer.c.id > after)
    return list((await connection.execute(query)).scalars())


async def read_standings(page: Page, facts: Mapping[str, Sequence[Any]]) -> list[Standing]:
    """The standing of each customer of the page that is there.

    ``facts`` are columns of the page, with at least stage, segment and plan as of then.
    """
    rows = await page.customers()
    evaluations = await page.all_by_customer(_evaluations)
    live = {each: _is_live(row, evaluations.get(each, ()), page.as_of) for each, row in rows.items()}
    signals, offers = await _signals(page, live), await _opportunities(page, live)
    engaged = dict(await page.rows(_engaged))
    entries, resolved = await _entries(page), await _resolved(page)
    surveyed = dict(await page.rows(_surveyed))
    standing_in_way, words = await _blockers(page), await page.all_by_customer(_renewals)
    activated = await _activated(page, rows, facts["stage"])
    found = []
    for each, then, segment, plan in zip(page.ids, facts["stage"], facts["segment"], facts["plan"], strict=True):
        row = rows.get(each)
        if row is None:
            continue
        is_live = live[each]
        stage = row.stage if is_live else then
        entry = entries.get(each) if stage == _AT_RISK else None
        word = _renewal(row, stage, words.get(each, ()))
        found.append(
            Standing(
                customer=each,
                live=is_live,
                stage=None if stage is None else _STAGES[stage],
                stage_since=row.stage_since if is_live else None,
                segment=None if segment is None else _SEGMENTS[segment],
                plan=plan,
                mrr=row.mrr,
                seats=row.seats,
                currency=row.currency,
                manager=row.csm_id,
                cycle=row.cycle,
                subscribed_at=row.subscribed_at,
                renewal_date=row.renewal_date,
                outreach_held=row.outreach_held,
                last=_last(evaluations.get(each, ()), is_live),
                signals=tuple(signals.get(each, ())),
                opportunities=tuple(offers.get(each, ())),
                engaged_before=engaged.get(each),
                causes=None if entry is None else _causes(entry.entry),
                origin=None if entry is None else entry.from_stage,
                renewal_completed=None if word is None else word is RenewalStatus.COMPLETED,
                renewal_declined=None if word is None else word is RenewalStatus.DECLINED,
                nps_resolved=resolved.get(each),
                surveyed_at=surveyed.get(each),
                activated=activated.get(each) if stage == LifecycleStage.TRIAL.value else None,
                blockers=frozenset(standing_in_way.get(each, ())) if is_live else frozenset(),
            )
        )
    return found


def _evaluations(asked: Asked) -> Select[Any]:
    return select(tables.evaluation).where(asked.holds(tables.evaluation.c.customer))


async def _signals(page: Page, live: Mapping[str, bool]) -> dict[str, list[ChurnSignal]]:
    found: dict[str, list[ChurnSignal]] = {}
    for row in await page.rows(_open_signals):
        if row.backfill is not live[row.customer]:
            found.setdefault(row.customer, []).append(decision_rows.signal_seen(row))
    return found


def _open_signals(asked: Asked) -> Select[Any]:
    table = tables.churn_signal
    return select(table).where(asked.holds(table.c.customer), table.c.cleared_at.is_(None))


async def _opportunities(page: Page, live: Mapping[str, bool]) -> dict[str, list[Opportunity]]:
    found: dict[str, list[Opportunity]] = {}
    for row in await page.rows(_offers):
        if row.backfill is not live[row.customer]:
            found.setdefault(row.customer, []).append(value_of(Opportunity, row._mapping))
    return found


def _offers(asked: Asked) -> Select[Any]:
    table = tables.expansion_opportunity
    return select(table).where(
        asked.holds(table.c.customer),
        or_(table.c.status == OpportunityStatus.OPEN.value, table.c.closed_at > asked.back(_KEPT)),
    )


def _engaged(asked: Asked) -> Select[Any]:
    """The engagement score that stood 30 days ago: one step down the index for each customer."""
    table = tables.engagement_score
    last = (
        select(table.c.score)
        .where(table.c.customer == customer.c.id, table.c.at <= asked.back(_BEFORE))
        .order_by(table.c.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(customer.c.id, last).where(asked.holds(customer.c.id))


async def _entries(page: Page) -> dict[str, Row[Any]]:
    """The last change into the stage at risk by then."""
    return {
        each: change
        for each, changes in (await page.changes()).items()
        for change in changes
        if change.to_stage == _AT_RISK and change.at <= page.as_of
    }


async def _resolved(page: Page) -> dict[str, bool]:
    """Whether the follow-up of the latest answer was done by then (L8)."""
    return {
        owner: bool(followed_up) and (when is None or when <= page.as_of)
        for owner, _, _, followed_up, when in await page.answers()
    }


def _surveyed(asked: Asked) -> Select[Any]:
    table = survey_send
    return (
        select(table.c.customer, func.max(table.c.sent_at))
        .where(asked.holds(table.c.customer), table.c.kind == NPS, table.c.sent_at <= asked.now)
        .group_by(table.c.customer)
    )


async def _activated(
    page: Page, rows: Mapping[str, Row[Any]], stages: Sequence[str | None]
) -> dict[str, frozenset[str]]:
    """The steps that customers in their trial have done by then, by criterion.

    A customer of ours whose product told of none has done none; of an imported one that is unknown.
    """
    trials = [
        each
        for each, stage in zip(page.ids, stages, strict=True)
        if each in rows and LifecycleStage.TRIAL.value in (stage, rows[each].stage)
    ]
    if not trials:
        return {}
    told = await Page(page.connection, trials, as_of=page.as_of).all_by_customer(_steps)
    found: dict[str, frozenset[str]] = {}
    for each in trials:
        if each not in told and rows[each].imported_at is not None:
            continue
        events = [Event.model_validate_json(row.body) for row in told.get(each, ())]
        done = (one.data.get("criterion") for one in events if one.occurred_at <= page.as_of)
        found[each] = frozenset(str(criterion) for criterion in done if criterion)
    return found


def _steps(asked: Asked) -> Select[Any]:
    return select(inbox.c.customer, inbox.c.body).where(
        asked.holds(inbox.c.customer), inbox.c.type == EventType.ONBOARDING_STEP_COMPLETED.value
    )


def _renewals(asked: Asked) -> Select[Any]:
    table = renewal_word
    return (
        select(table.c.customer, table.c.term_end, table.c.status, table.c.at)
        .where(asked.holds(table.c.customer), table.c.at <= asked.now)
        .order_by(table.c.customer, table.c.at, table.c.key)
    )


async def _blockers(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for owner, name in await page.rows(_standing_blockers):
        found.setdefault(owner, []).append(name)
    return found


def _standing_blockers(asked: Asked) -> Select[Any]:
    return select(blocker.c.customer, blocker.c.name).where(
        asked.holds(blocker.c.customer),
        blocker.c.cleared.is_(False),
        or_(blocker.c.name.in_(STAGE_BLOCKERS), blocker.c.name.startswith("stage_overdue:", autoescape=True)),
    )


def _is_live(row: Row[Any], evaluations: Sequence[Row[Any]], as_of: datetime) -> bool:
    """Not before what was decided or imported last: what is older is history."""
    for moment in (row.stage_since, row.imported_at):
        if moment is not None and moment > as_of:
            return False
    return not any(each.at > as_of and not each.backfill for each in evaluations)


def _renewal(row: Row[Any], stage: str | None, words: Sequence[Row[Any]]) -> RenewalStatus | None:
    """The status of the present term; None where no term is known.

    While the customer is ``renewing``, a term completed since then counts too: its date has advanced since (L7).
    """
    if row.renewal_date is None:
        return None
    own = [each for each in words if each.term_end == row.renewal_date]
    if stage == LifecycleStage.RENEWING.value and row.stage_since is not None:
        own += [
            each
            for each in words
            if each.at >= row.stage_since and each.status == RenewalStatus.COMPLETED.value and each not in own
        ]
    return RenewalStatus(own[-1].status) if own else RenewalStatus.NOT_DUE


def _last(evaluations: Sequence[Row[Any]], live: bool) -> Evaluation | None:
    own = next((each for each in evaluations if each.backfill is not live), None)
    return None if own is None else decision_rows.evaluation_seen(own)


def _causes(facts: Any) -> tuple[str, ...] | None:
    causes = facts.get("at_risk_causes")
    return tuple(causes) if isinstance(causes, list) else None
