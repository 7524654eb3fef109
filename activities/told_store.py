"""A store whose transactions also tell the outside systems: whatever is written that they should hear of goes into
their outbox in the same transaction, so that it is told exactly if it happened, whoever wrote it.

Only the methods that tell of something are wrapped; everything else is the store's own.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, cast

from activities.ports import Store, Transaction
from activities.telling import Telling
from models.approval import Approval, ApprovalStatus
from models.deals import Deal, DealKind, DealStatus
from models.health import HealthScore
from models.people import Outcome
from models.play import RunRecord
from models.records import Csm, CsmTask, InAppNotice, Notice, Transition
from models.standing import Evaluated


class ToldStore(Store):
    """``inner``, heard by ``telling``."""

    def __init__(self, inner: Store, telling: Telling) -> None:
        self._inner, self._telling = inner, telling

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """A transaction of the inner store."""
        async with self._inner.begin() as tx:
            yield cast("Transaction", _Told(tx, self._telling)) if self._telling.needed else tx

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that only reads, where the inner store has them."""
        return cast("AbstractAsyncContextManager[Transaction]", cast("Any", self._inner).read())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Wrapped:
    """A repository, some of whose methods are told of."""

    def __init__(self, inner: Any, tx: Transaction, telling: Telling) -> None:
        self._inner, self._tx, self._telling = inner, tx, telling

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def _csm(self, ident: str) -> Csm | None:
        return await self._tx.customers.csm(ident)


class _Told:
    """A transaction with wrapped repositories."""

    def __init__(self, tx: Transaction, telling: Telling) -> None:
        self._tx = tx
        self.work = _Work(tx.work, tx, telling)
        self.lifecycles = _Lifecycles(tx.lifecycles, tx, telling)
        self.runs = _Runs(tx.runs, tx, telling)
        self.scores = _Scores(tx.scores, tx, telling)
        self.decisions = _Decisions(tx.decisions, tx, telling)
        self.deals = _Deals(tx.deals, tx, telling)
        self.approvals = _Approvals(tx.approvals, tx, telling)
        self.outcomes = _Outcomes(tx.outcomes, tx, telling)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


class _Work(_Wrapped):
    async def add_task(self, task: CsmTask) -> None:
        await self._inner.add_task(task)
        await self._telling.task(self._tx, task, await self._csm(task.assignee))

    async def add_notice(self, notice: Notice) -> None:
        await self._inner.add_notice(notice)
        await self._telling.notice(self._tx, notice, await self._csm(notice.recipient))

    async def add_in_app(self, notice: InAppNotice) -> None:
        await self._inner.add_in_app(notice)
        await self._telling.in_app(self._tx, notice)


class _Lifecycles(_Wrapped):
    async def record(self, transition: Transition) -> bool:
        recorded: bool = await self._inner.record(transition)
        if recorded:
            cause = f"stage:{transition.cause}"
            await self._telling.account(self._tx, transition.customer, cause, transition.at)
        return recorded


class _Runs(_Wrapped):
    async def open(self, record: RunRecord) -> None:
        await self._inner.open(record)
        await self._telling.play(self._tx, record)

    async def close(self, record: RunRecord) -> None:
        await self._inner.close(record)
        await self._telling.play(self._tx, record)


class _Scores(_Wrapped):
    async def add(self, customer: str, score: HealthScore, *, backfill: bool = False) -> None:
        await self._inner.add(customer, score, backfill=backfill)
        if not backfill:
            at = score.last_calculated
            await self._telling.account(self._tx, customer, f"health:{at.isoformat()}", at)


class _Decisions(_Wrapped):
    async def write(
        self, found: Sequence[Evaluated], *, source: str, now: datetime, stages: bool = True
    ) -> frozenset[str]:
        moved: frozenset[str] = await self._inner.write(found, source=source, now=now, stages=stages)
        kept = [one for one in found if one.live and one.customer not in moved]
        # What outside systems are told of an account: its stage and its health, not each calculation of it.
        told = [one for one in kept if one.stands_otherwise or (stages and one.verdict is not None)]
        await self._telling.page(
            self._tx,
            [(one.customer, f"evaluated:{one.at.isoformat()}", one.at) for one in told],
            [task for one in kept for task in one.tasks],
            [notice for one in kept for notice in one.notices],
        )
        return moved


class _Deals(_Wrapped):
    async def open(self, deal: Deal) -> bool:
        opened: bool = await self._inner.open(deal)
        if opened:
            await self._telling.deal(self._tx, deal)
        return opened

    async def settle(self, customer: str, kind: DealKind, subject: str, status: DealStatus, at: datetime) -> bool:
        settled: bool = await self._inner.settle(customer, kind, subject, status, at)
        deal = await self._inner.get(customer, kind, subject) if settled else None
        if deal is not None:
            await self._telling.deal(self._tx, deal)
        return settled


class _Outcomes(_Wrapped):
    async def add(self, value: Outcome) -> bool:
        kept: bool = await self._inner.add(value)
        if kept:
            await self._telling.note(self._tx, value)
        return kept


class _Approvals(_Wrapped):
    async def ask(self, request: Approval) -> Approval:
        asked: Approval = await self._inner.ask(request)
        if asked.status is ApprovalStatus.PENDING:
            await self._telling.approval(self._tx, asked)
        return asked

    async def settle(self, decided: Approval) -> bool:
        settled: bool = await self._inner.settle(decided)
        if settled:
            await self._telling.decided(self._tx, decided)
        return settled
