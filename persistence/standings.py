"""What is stored of a page of customers when they are evaluated: a statement for each kind of row (section 20)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, func, or_, select
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
from persistence.fact_page import Page
from persistence.rows import value_of
from persistence.tables import decisions as tables
from persistence.tables.book import account
from persistence.tables.customers import customer, subscription_event, transition
from persistence.tables.measures import renewal_word, survey_response, survey_send
from persistence.tables.operations import inbox
from persistence.tables.work import blocker

STAGE_BLOCKERS = ("onboarding_overdue", "renewal_outcome_missing")
"""Blockers of a stage, besides ``stage_overdue:<stage>``; every other one is the onboarding's (``rules.blockers``)."""

_BEFORE = timedelta(days=30)
_KEPT = timedelta(days=400)
"""How long a closed opportunity is looked at: its pause is 90 days, its revenue counts for the cycle it was won in."""

_READ = tuple(
    customer.c[name]
    for name in (
        "id", "plan", "segment", "mrr", "seats", "currency", "csm_id", "cycle", "stage", "stage_since", "imported_at",
        "subscribed_at", "renewal_date", "outreach_held",
    )
)  # fmt: skip


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


class Standings:
    """Reads pages of standings."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def read(
        self, ids: Sequence[str], facts: Mapping[str, Sequence[Any]], *, as_of: datetime
    ) -> tuple[list[str], list[Standing]]:
        """The ids of the customers that are there, and each one's standing.

        ``facts`` are columns aligned with ``ids``, with at least stage, segment and plan as of then.
        """
        page = Page(self._connection, ids, as_of=as_of)
        rows = await page.by_customer(select(*_READ).where(page.holds(customer.c.id)))
        evaluations = await page.all_by_customer(
            select(tables.evaluation).where(page.holds(tables.evaluation.c.customer))
        )
        live = {each: _is_live(row, evaluations.get(each, ()), as_of) for each, row in rows.items()}
        signals, offers = await self._signals(page, live), await self._opportunities(page, live)
        engaged, entries = await self._engaged(page), await self._entries(page)
        resolved, surveyed = await self._resolved(page), await self._surveyed(page)
        standing_in_way, words = await self._blockers(page), await self._renewals(page)
        activated = await self._activated(page, rows, facts["stage"])
        there, found = [], []
        for position, each in enumerate(ids):
            row = rows.get(each)
            if row is None:
                continue
            stage = row.stage if live[each] else facts["stage"][position]
            entry = entries.get(each) if stage == LifecycleStage.AT_RISK.value else None
            segment = facts["segment"][position]
            word = _renewal(row, stage, words.get(each, ()))
            there.append(each)
            found.append(
                Standing(
                    customer=each,
                    live=live[each],
                    stage=None if stage is None else LifecycleStage(stage),
                    stage_since=row.stage_since if live[each] else None,
                    segment=None if segment is None else Segment(segment),
                    plan=facts["plan"][position],
                    mrr=row.mrr,
                    seats=row.seats,
                    currency=row.currency,
                    manager=row.csm_id,
                    cycle=row.cycle,
                    subscribed_at=row.subscribed_at,
                    renewal_date=row.renewal_date,
                    outreach_held=row.outreach_held,
                    last=_last(evaluations.get(each, ()), live[each]),
                    signals=tuple(signals.get(each, ())),
                    opportunities=tuple(offers.get(each, ())),
                    engaged_before=engaged.get(each),
                    causes=None if entry is None else _causes(entry.facts),
                    origin=None if entry is None else entry.from_stage,
                    renewal_completed=None if word is None else word is RenewalStatus.COMPLETED,
                    renewal_declined=None if word is None else word is RenewalStatus.DECLINED,
                    nps_resolved=resolved.get(each),
                    surveyed_at=surveyed.get(each),
                    activated=activated.get(each) if stage == LifecycleStage.TRIAL.value else None,
                    blockers=frozenset(standing_in_way.get(each, ())) if live[each] else frozenset(),
                )
            )
        return there, found

    async def _signals(self, page: Page, live: Mapping[str, bool]) -> dict[str, list[ChurnSignal]]:
        table = tables.churn_signal
        rows = await self._connection.execute(
            select(table).where(page.holds(table.c.customer), table.c.cleared_at.is_(None))
        )
        found: dict[str, list[ChurnSignal]] = {}
        for row in rows.mappings():
            if row["backfill"] is not live[row["customer"]]:
                found.setdefault(row["customer"], []).append(value_of(ChurnSignal, row))
        return found

    async def _opportunities(self, page: Page, live: Mapping[str, bool]) -> dict[str, list[Opportunity]]:
        table = tables.expansion_opportunity
        rows = await self._connection.execute(
            select(table).where(
                page.holds(table.c.customer),
                or_(table.c.status == OpportunityStatus.OPEN.value, table.c.closed_at > page.as_of - _KEPT),
            )
        )
        found: dict[str, list[Opportunity]] = {}
        for row in rows.mappings():
            if row["backfill"] is not live[row["customer"]]:
                found.setdefault(row["customer"], []).append(value_of(Opportunity, row))
        return found

    async def _engaged(self, page: Page) -> dict[str, int | None]:
        """The engagement score that stood 30 days ago: one step down the index for each customer."""
        table = tables.engagement_score
        last = (
            select(table.c.score)
            .where(table.c.customer == customer.c.id, table.c.at <= page.as_of - _BEFORE)
            .order_by(table.c.at.desc())
            .limit(1)
            .scalar_subquery()
        )
        rows = await self._connection.execute(select(customer.c.id, last).where(page.holds(customer.c.id)))
        return {row[0]: row[1] for row in rows}

    async def _entries(self, page: Page) -> dict[str, Row[Any]]:
        """The last change into the stage at risk, of those that may be in it."""
        found = await page.all_by_customer(
            select(transition.c.customer, transition.c.from_stage, transition.c.facts, transition.c.at)
            .where(
                page.holds(transition.c.customer),
                transition.c.to_stage == LifecycleStage.AT_RISK.value,
                transition.c.at <= page.as_of,
            )
            .order_by(transition.c.customer, transition.c.at, transition.c.number)
        )
        return {each: rows[-1] for each, rows in found.items()}

    async def _resolved(self, page: Page) -> dict[str, bool]:
        """Whether the follow-up of the latest answer was done by then (L8)."""
        table = survey_response
        rows = await self._connection.execute(
            select(table.c.customer, table.c.followed_up, table.c.follow_up_date)
            .where(page.holds(table.c.customer), table.c.kind == "nps", table.c.submitted_at <= page.as_of)
            .order_by(table.c.customer, table.c.submitted_at, table.c.id)
        )
        return {
            row.customer: bool(row.followed_up) and (row.follow_up_date is None or row.follow_up_date <= page.as_of)
            for row in rows
        }

    async def _surveyed(self, page: Page) -> dict[str, datetime]:
        table = survey_send
        rows = await self._connection.execute(
            select(table.c.customer, func.max(table.c.sent_at))
            .where(page.holds(table.c.customer), table.c.kind == "nps", table.c.sent_at <= page.as_of)
            .group_by(table.c.customer)
        )
        return {row[0]: row[1] for row in rows}

    async def _activated(
        self, page: Page, rows: Mapping[str, Row[Any]], stages: Sequence[str | None]
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
        own = Page(self._connection, trials, as_of=page.as_of)
        told = await own.all_by_customer(
            select(inbox.c.customer, inbox.c.body).where(
                own.holds(inbox.c.customer), inbox.c.type == EventType.ONBOARDING_STEP_COMPLETED.value
            )
        )
        found: dict[str, frozenset[str]] = {}
        for each in trials:
            if each not in told and rows[each].imported_at is not None:
                continue
            events = [Event.model_validate_json(row.body) for row in told.get(each, ())]
            done = (one.data.get("criterion") for one in events if one.occurred_at <= page.as_of)
            found[each] = frozenset(str(criterion) for criterion in done if criterion)
        return found

    async def _renewals(self, page: Page) -> dict[str, list[Row[Any]]]:
        table = renewal_word
        return await page.all_by_customer(
            select(table.c.customer, table.c.term_end, table.c.status, table.c.at)
            .where(page.holds(table.c.customer), table.c.at <= page.as_of)
            .order_by(table.c.customer, table.c.at, table.c.key)
        )

    async def _blockers(self, page: Page) -> dict[str, list[str]]:
        rows = await self._connection.execute(
            select(blocker.c.customer, blocker.c.name).where(
                page.holds(blocker.c.customer),
                blocker.c.cleared.is_(False),
                or_(blocker.c.name.in_(STAGE_BLOCKERS), blocker.c.name.startswith("stage_overdue:", autoescape=True)),
            )
        )
        found: dict[str, list[str]] = {}
        for owner, name in rows:
            found.setdefault(owner, []).append(name)
        return found


def _is_live(row: Row[Any], evaluations: Sequence[Row[Any]], as_of: datetime) -> bool:
    """Not before what was decided or imported last: what is older is history."""
    latest = [row.stage_since, row.imported_at, *(each.at for each in evaluations if not each.backfill)]
    return all(moment is None or moment <= as_of for moment in latest)


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
