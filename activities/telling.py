"""Asking that other systems be told: rows of their outbox, written in the transaction of what they tell of.

A purpose that nobody outside serves writes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from activities.connected import NOTHING, Connected
from activities.ports import Transaction
from models.approval import Approval
from models.deals import Deal
from models.outside import (
    AddNote,
    AddTask,
    Button,
    Operation,
    PostChat,
    ReportPlay,
    SaveAccount,
    SavePage,
    ShowInApp,
    System,
    UpdateChat,
)
from models.people import Outcome
from models.play import RunRecord
from models.records import Csm, CsmTask, InAppNotice, Notice
from models.vendor_delivery import KEPT, VendorDelivery, VendorStatus
from rules.deals import deal_of

APPROVE, REFUSE = "steadfast.approve", "steadfast.refuse"
"""Actions of the buttons that answer a request; ``intake/vendors/slack.py`` hears those that begin so."""
OPENED = "open"
"""Action of a button that only opens a page: it is pressed in their browser and comes back as nothing."""


class Telling:
    """Writes the rows, one for each system that serves the purpose.

    ``wall``: real time; ``page``: the console's; ``answer``: makes the value of a button that answers a request for
    approval with yes or no, signed; without it requests are answered in the console only.
    """

    def __init__(
        self,
        connected: Connected = NOTHING,
        *,
        wall: Callable[[], datetime],
        page: str = "",
        answer: Callable[[int, bool], str] | None = None,
    ) -> None:
        self._connected, self._wall, self._page = connected, wall, page.rstrip("/")
        self._answer = answer

    @property
    def needed(self) -> bool:
        """Whether anybody outside is to be told anything."""
        return bool(self._connected.told or self._connected.chat or self._connected.in_app)

    @property
    def keeps_pages(self) -> bool:
        """Whether any system keeps pages of knowledge."""
        return bool(self._connected.knowledge)

    async def account(self, tx: Transaction, customer: str, cause: str, now: datetime) -> None:
        """Its stage, health or plays changed. ``cause``: key of what changed them."""
        for one in self._account(customer, cause, now):
            await tx.vendor_outbox.add(one)

    async def task(self, tx: Transaction, task: CsmTask, owner: Csm | None) -> None:
        """A person is asked to do something."""
        for one in self._task(task, owner):
            await tx.vendor_outbox.add(one)

    async def notice(self, tx: Transaction, notice: Notice, to: Csm | None) -> None:
        """Our own people are told something: a person by address, a role in the channel."""
        for one in self._notice(notice, to):
            await tx.vendor_outbox.add(one)

    async def page(
        self,
        tx: Transaction,
        accounts: Iterable[tuple[str, str, datetime]],
        tasks: Sequence[CsmTask],
        notices: Sequence[Notice],
    ) -> None:
        """The same of many customers at once, in as many statements for one as for thousands.

        ``accounts``: customer, cause and moment of those whose stage or health stands otherwise.
        """
        people = {one.id: one for one in await tx.customers.csms()} if tasks or notices else {}
        told = [one for customer, cause, at in accounts for one in self._account(customer, cause, at)]
        told += [one for task in tasks for one in self._task(task, people.get(task.assignee))]
        told += [one for notice in notices for one in self._notice(notice, people.get(notice.recipient))]
        if told:
            await tx.vendor_outbox.add_all(told)

    def _account(self, customer: str, cause: str, now: datetime) -> Iterator[VendorDelivery]:
        systems = [one for one in self._connected.told if one in self._connected.accounts]
        return self._deliveries(systems, f"account:{customer}:{cause}", customer, SaveAccount(), now)

    def _task(self, task: CsmTask, owner: Csm | None) -> Iterator[VendorDelivery]:
        if not task.customer:
            return  # of the whole book: no account of theirs to put it on
        told = AddTask(
            type=task.type[:200],
            title=task.title[:200],
            text=task.description[:8000],
            due=task.due,
            priority=task.priority,
            owner_email=owner.email if owner is not None else None,
        )
        systems = [one for one in self._connected.told if one in self._connected.tasks]
        key = f"{task.key}>task"
        yield from self._deliveries(systems, key, task.customer, told, task.created_at, run=task.workflow_id)

    def _notice(self, notice: Notice, to: Csm | None) -> Iterator[VendorDelivery]:
        told = PostChat(
            title=f"{notice.customer or 'All customers'}, for {to.name if to is not None else notice.recipient}"[:200],
            text=notice.message[:8000],
            to_email=to.email if to is not None else None,
            buttons=self._open(notice.customer) if notice.customer else (),
        )
        return self._deliveries(
            self._connected.chat, f"{notice.key}>chat", notice.customer, told, notice.at, run=notice.workflow_id
        )

    async def approval(self, tx: Transaction, request: Approval) -> None:
        """Somebody has to say yes or no: with a button, in the name by which we know who pressed it."""
        whom = f" for {request.customer}" if request.customer else ""
        told = PostChat(
            title=f"To approve ({request.role.value}{' or above' if request.only else ''}): {request.title}"[:200],
            text=f"Request {request.number}, {request.kind.value}{whom}, asked by {request.requested_by}",
            buttons=(*self._yes_no(request.number), *(self._open(request.customer) if request.customer else ())),
        )
        await self._each(tx, self._connected.chat, f"{request.key}>chat", request.customer, told, request.requested_at)

    async def decided(self, tx: Transaction, request: Approval) -> None:
        """It is answered, wherever: the message loses its buttons and says by whom; one not yet posted never is."""
        for system in self._connected.chat:
            key = f"{request.key}>chat>{system}"
            posted = await tx.vendor_outbox.by_key(key)
            if posted is not None and posted.status is VendorStatus.PENDING and posted.attempts == 0:
                await tx.vendor_outbox.settle(posted.id, VendorStatus.SKIPPED, response="it was answered meanwhile")
            elif posted is not None:
                at = request.decided_at or request.requested_at
                text = f"{request.title}: {request.status.value} by {request.decided_by}"
                told = UpdateChat(post=key, text=text[:8000])
                await self._each(tx, [system], f"{request.key}>decided", request.customer, told, at)

    async def in_app(self, tx: Transaction, notice: InAppNotice) -> None:
        """A message in the product."""
        told = ShowInApp(title=notice.title[:200], text=notice.message[:8000])
        run = notice.key.partition("|")[0] if "|" in notice.key else ""
        await self._each(tx, self._connected.in_app, f"{notice.key}>in_app", notice.customer, told, notice.at, run=run)

    async def knowledge(
        self, tx: Transaction, customer: str, page: SavePage, key: str, run: str, now: datetime
    ) -> None:
        """A page about the account, for our own people."""
        await self._each(tx, self._connected.knowledge, f"{key}>page", customer, page, now, run=run)

    async def note(self, tx: Transaction, told: Outcome) -> None:
        """What a person found, in their words, where the settings let notes out."""
        if not told.note or "notes" not in self._connected.share:
            return
        step = f"{told.playbook} {told.step_id}".strip()
        said = AddNote(title=f"{step}: {told.outcome}"[:200], text=f"{told.note} ({told.by})"[:8000], at=told.at)
        systems = [one for one in self._connected.told if one in self._connected.notes]
        await self._each(tx, systems, f"{told.request_id}>note", told.customer, said, told.at, run=told.workflow_id)

    async def play(self, tx: Transaction, record: RunRecord) -> None:
        """A play began or ended; the account's list of plays changed with it."""
        status = "started" if record.status.value == "running" else record.status.value
        told = ReportPlay(
            run=record.workflow_id[:200],
            playbook=record.playbook[:200],
            status=status,
            reason=record.reason[:200],
            at=record.ended or record.started,
        )
        systems = [one for one in self._connected.told if one in self._connected.plays]
        key = f"{record.workflow_id}|{record.generation}>{status}"
        await self._each(tx, systems, key, record.customer, told, told.at, run=record.workflow_id)
        await self.account(tx, record.customer, key, told.at)

    async def deal(self, tx: Transaction, one: Deal) -> None:
        """A renewal or an opportunity was opened, or it stands otherwise now."""
        told, changed = deal_of(one)
        systems = [system for system in self._connected.told if system in self._connected.deals]
        await self._each(
            tx, systems, f"{told.number}:{told.stage}>deal", one.customer, told, changed, run=one.workflow_id
        )

    def _yes_no(self, number: int) -> tuple[Button, ...]:
        if self._answer is None:
            return ()
        return (
            Button(label="Approve", action=f"{APPROVE}.{number}", value=self._answer(number, True), style="primary"),
            Button(label="Refuse", action=f"{REFUSE}.{number}", value=self._answer(number, False), style="danger"),
        )

    def _open(self, customer: str) -> tuple[Button, ...]:
        if not self._page:
            return ()
        return (Button(label="Open in Steadfast", action=OPENED, url=f"{self._page}/customers/{customer}"),)

    async def _each(
        self,
        tx: Transaction,
        systems: Iterable[System],
        key: str,
        customer: str,
        operation: Operation,
        now: datetime,
        *,
        run: str = "",
    ) -> None:
        for one in self._deliveries(systems, key, customer, operation, now, run=run):
            await tx.vendor_outbox.add(one)

    def _deliveries(
        self, systems: Iterable[System], key: str, customer: str, operation: Operation, now: datetime, *, run: str = ""
    ) -> Iterator[VendorDelivery]:
        kept = KEPT[operation.kind]
        for system in systems:
            yield VendorDelivery(
                key=f"{key}>{system}",
                customer=customer,
                system=system,
                operation=operation,
                run=run,
                created_at=now,
                not_after=None if kept is None else now + kept,
                next_try=self._wall(),
            )
