"""Making the deliveries of the outside systems' outbox: what is due, and one at a time, each re-checked first."""

from collections.abc import Awaitable
from datetime import datetime, timedelta

from temporalio import activity

from activities.circuits import STRANGE, Circuits, Wall
from activities.connected import Connected
from activities.ports import Store, Transaction
from models.enums import LifecycleStage
from models.errors import Misconfigured, OutcomeUnknown, Rejected, Retryable
from models.outside import (
    Account,
    AddNote,
    AddTask,
    PostChat,
    Receipt,
    ReportPlay,
    SaveAccount,
    SaveDeal,
    SavePage,
    ShowInApp,
    System,
    UpdateChat,
)
from models.records import Customer
from models.vendor_delivery import REPEATABLE, TO_CUSTOMER, DeliverOne, DrainInput, Due, VendorDelivery, VendorStatus
from rules import circuit, late
from rules.sharing import account_of

PAGE = 60
STUCK = timedelta(minutes=5)
"""A delivery that is being sent for longer was begun by a worker that is no more: an attempt ends after two minutes."""

Status = VendorStatus


class VendorActivities:
    """Delivering. ``wall``: real time, of which tries and circuits are."""

    def __init__(self, store: Store, connected: Connected, wall: Wall) -> None:
        self._store, self._connected, self._wall = store, connected, wall
        self._circuits = Circuits(store, wall)

    @activity.defn
    async def due_vendor_deliveries(self, asked: DrainInput) -> Due:
        """What to deliver to a system now; nothing while its circuit is open, one as a probe when it may be asked."""
        now = self._wall()
        async with self._store.begin() as tx:
            state = await tx.vendor_outbox.circuit(asked.system)
            if not circuit.may_ask(state, now):
                return Due(reason=f"left in peace until {state.retry_at:%Y-%m-%d %H:%M} UTC: {state.reason}")
            limit = 1 if state.state == "open" else PAGE
            rows = await tx.vendor_outbox.due(asked.system, now, stuck=now - STUCK, limit=limit)
        groups: dict[str, list[int]] = {}
        for row in rows:
            groups.setdefault(row.customer, []).append(row.id)
        return Due(groups=tuple(tuple(ids) for ids in groups.values()))

    @activity.defn
    async def deliver_to_vendor(self, asked: DeliverOne) -> str:
        """Deliver one; its row says how it went, and when it is tried again."""
        now = asked.clock.virtual(self._wall())
        ready = await self._ready(asked, now)
        if isinstance(ready, str):
            return ready
        row, account = ready
        try:
            receipt = await carry_out(self._connected, row, account)
        except (Retryable, Misconfigured) as error:
            after = error.after if isinstance(error, Retryable) else None
            wait = max(after or timedelta(0), circuit.backoff(row.attempts + 1))
            return await self._settled(row, Status.PENDING, error, next_try=self._wall() + wait)
        except OutcomeUnknown as error:
            # The row stays as it is, "being sent", for the next attempt to do what is done after a crash there.
            return await self._settled(row, Status.SENDING, error, next_try=self._wall() - STUCK)
        except Rejected as error:
            return await self._settled(row, Status.FAILED, error)
        except STRANGE as error:
            told = f"it may have been done: {row.system} answered in a form that we do not know"
            return await self._settled(row, Status.UNKNOWN, Rejected(f"{told} ({type(error).__name__})"))
        return await self._settled(row, Status.DELIVERED, None, at=now, receipt=receipt)

    async def _ready(self, asked: DeliverOne, now: datetime) -> tuple[VendorDelivery, Account] | str:
        """The row marked as being sent, and whom it is about; or how it stands instead."""
        if (wait := await self._circuits.enter(asked.system)) is not None:
            return f"waits {wait.total_seconds():.0f} s: left in peace"
        async with self._store.begin() as tx:
            row = await tx.vendor_outbox.get(asked.delivery)
            if row is None or row.status not in (Status.PENDING, Status.SENDING):
                return row.status if row is not None else "erased"
            customer = await tx.customers.get(row.customer)
            if reason := await self._unwanted(tx, row, customer, now):
                await tx.vendor_outbox.settle(row.id, Status.SKIPPED, response=reason)
                return Status.SKIPPED
            again = row.status is Status.SENDING and row.operation.kind not in REPEATABLE
            if again and (row.resent or row.operation.kind in TO_CUSTOMER):
                await tx.vendor_outbox.settle(row.id, Status.UNKNOWN, response=f"it may have been sent: {row.response}")
                return Status.UNKNOWN
            if isinstance(row.operation, UpdateChat):
                found = await self._posted(tx, row)
                if isinstance(found, str):
                    return found
                row = found
            account = Account(customer=row.customer)
            if customer is not None:
                account = await account_for(tx, self._connected, customer, row.system)
            await tx.vendor_outbox.begin(row, self._wall(), resent=again)
            return row, account

    async def _posted(self, tx: Transaction, row: VendorDelivery) -> VendorDelivery | str:
        """A message is changed by what its posting brought; it waits while that is under way."""
        assert isinstance(row.operation, UpdateChat)
        post = await tx.vendor_outbox.by_key(row.operation.post)
        if post is not None and post.reference:
            return row.model_copy(update={"reference": post.reference})
        if post is not None and post.status in (Status.PENDING, Status.SENDING):
            await tx.vendor_outbox.settle(row.id, Status.PENDING, next_try=self._wall() + circuit.backoff(1))
            return Status.PENDING
        await tx.vendor_outbox.settle(row.id, Status.SKIPPED, response="the message was not posted")
        return Status.SKIPPED

    @staticmethod
    async def _unwanted(tx: Transaction, row: VendorDelivery, customer: Customer | None, now: datetime) -> str:
        runs = await tx.runs.of(row.customer) if row.run else []
        run = next((one for one in runs if one.workflow_id == row.run), None)
        return late.unwanted(
            row,
            now,
            erased=customer is None and row.customer != "",
            held=customer is not None and customer.outreach_held,
            run_status=run.status if run is not None else None,
            churned=customer is not None and customer.stage is LifecycleStage.CHURNED,
        )

    async def _settled(
        self,
        row: VendorDelivery,
        status: VendorStatus,
        error: Exception | None,
        *,
        at: datetime | None = None,
        next_try: datetime | None = None,
        receipt: Receipt | None = None,
    ) -> str:
        async with self._store.begin() as tx:
            await tx.vendor_outbox.settle(
                row.id,
                status,
                at=at,
                next_try=next_try,
                reference=receipt.reference if receipt else "",
                response=receipt.said if receipt else str(error)[:500],
            )
        await self._circuits.heard(row.system, error)
        return status


async def account_for(tx: Transaction, connected: Connected, customer: Customer, system: System) -> Account:
    """The customer as that system may see it, as it is now."""
    score = await tx.scores.latest(customer.id)
    runs = await tx.runs.of(customer.id)
    known = [one for one in await tx.identities.of(customer.id) if one.system == system]
    return account_of(
        customer,
        await tx.customers.csm(customer.csm_id) if customer.csm_id else None,
        score=score.score if score is not None else None,
        grade=score.grade if score is not None else None,
        plays=tuple(sorted({run.playbook for run in runs if run.status == "running"})),
        external_id=known[0].external_id.rpartition(":")[2] if known else None,
        share=connected.share,
    )


async def carry_out(connected: Connected, row: VendorDelivery, account: Account) -> Receipt:
    """Ask the system's adapter.

    Raises:
        Misconfigured: the system is no longer configured; the delivery waits until it is, or for an operator.
    """
    system, key = row.system, row.key
    asked: Awaitable[Receipt] | None = None
    match row.operation:
        case SaveAccount() if system in connected.accounts:
            asked = connected.accounts[system].save_account(account, key)
        case AddTask() as task if system in connected.tasks:
            asked = connected.tasks[system].add_task(account, task, key)
        case AddNote() as note if system in connected.notes:
            asked = connected.notes[system].add_note(account, note, key)
        case SaveDeal() as deal if system in connected.deals:
            asked = connected.deals[system].save_deal(account, deal, key)
        case ReportPlay() as play if system in connected.plays:
            asked = connected.plays[system].report_play(account, play, key)
        case ShowInApp() as message if system in connected.in_app:
            asked = connected.in_app[system].show(account, message, key)
        case PostChat() as message if system in connected.chat:
            asked = connected.chat[system].post(message, key)
        case UpdateChat() as update if system in connected.chat:
            asked = connected.chat[system].update(row.reference, update.text)
        case SavePage() as page if system in connected.knowledge:
            asked = connected.knowledge[system].save_page(account, page, key)
    if asked is None:
        raise Misconfigured(f"{system} is not configured for {row.operation.kind}", field="STEADFAST_WRITE_BACK")
    return await asked
