"""Mail to our own people: written with what it tells of, handed over afterwards, each at most once but for one window.

A kill while the server holds the message cannot be told from one before it: such a mail is handed over once more under
the same Message-ID, and after a second such kill it is called unknown. A colleague rather reads a notice twice than
never.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from activities.house import House
from activities.outcome_words import outcome_words
from activities.ports import Mailer, Renderer, Store, Transaction
from models.enums import Channel, Role
from models.errors import Misconfigured, OutcomeUnknown, Rejected, Retryable
from models.ids import message_id
from models.message import OutgoingMail
from models.people import InternalMail
from models.people import InternalMailStatus as Status
from models.records import Csm, Customer

TEMPLATE = "team_notice"
LINK_LASTS = timedelta(days=14)


class AnswerLinks(Protocol):
    """Makes the one-click links."""

    def link(self, *, workflow_id: str, customer: str, step: str, outcome: str, by: str, expires: datetime) -> str:
        """The signed address that records this outcome."""
        ...

    def account(self, customer_path: str) -> str:
        """The customer's page."""
        ...


class InternalPost:
    """Writes and hands over mail to our own people."""

    def __init__(self, store: Store, house: House, renderer: Renderer, mailer: Mailer, links: AnswerLinks) -> None:
        """Collaborators: rows, whom we act for, texts, the mail server, signed links."""
        self._store = store
        self._house = house
        self._renderer = renderer
        self._mailer = mailer
        self._links = links

    async def write(
        self,
        tx: Transaction,
        *,
        key: str,
        workflow_id: str,
        customer: Customer,
        to: Csm,
        role: Role,
        title: str,
        now: datetime,
        text: str = "",
        due: datetime | None = None,
        items: Sequence[str] = (),
        step: str = "",
        outcomes: Sequence[str] = (),
    ) -> None:
        """Store it in the transaction of what it tells of."""
        values: dict[str, object] = {
            "product_name": self._house.product_name,
            "account": customer.name or customer.id,
            "notice_title": title,
            "account_url": self._links.account(quote(customer.id, safe="")),
        }
        if text:
            values["notice_text"] = text
        if due is not None:
            local = due.astimezone(ZoneInfo(self._house.default_zone))
            values |= {"due_on": local.date(), "due_at": f"{local:%H:%M}"}
        if items:
            values["items"] = [{"text": item} for item in items]
        if outcomes:
            values["answers"] = [self._answer(workflow_id, customer, step, outcome, to, now) for outcome in outcomes]
        said = self._renderer.render(TEMPLATE, Channel.EMAIL, self._house.language, None, values)
        mail = InternalMail(
            key=key,
            customer=customer.id,
            workflow_id=workflow_id,
            role=role,
            recipient=to.id,
            address=to.email,
            name=to.name,
            subject=said.subject,
            text=said.text,
            html=said.html,
            message_id=message_id(key, self._house.mail_domain),
            created_at=now,
        )
        await tx.internal_mails.add(mail)

    async def deliver(self, key: str, now: datetime) -> None:
        """Hand over what was written under this key, if anything was.

        Raises:
            Retryable: the mail server does not answer; ask again.
        """
        mail = await self._take(key, now)
        if mail is None:
            return

        async def before_data() -> None:
            await self._mark(key, Status.SENDING, now)

        outgoing = OutgoingMail(
            key=key,
            message_id=mail.message_id,
            to=mail.address,
            to_name=mail.name,
            from_email=self._house.team_email,
            from_name=self._house.team_name,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
        )
        try:
            receipt = await self._mailer.send(outgoing, date=now, before_data=before_data)
        except Rejected as error:
            await self._mark(key, Status.FAILED, now, str(error))
        except OutcomeUnknown:
            await self.deliver(key, now)
        except (Retryable, Misconfigured):
            await self._mark(key, Status.QUEUED, now)
            raise
        else:
            await self._mark(key, Status.SENT, now, receipt.response)

    async def _take(self, key: str, now: datetime) -> InternalMail | None:
        """The mail if it is to be handed over now."""
        async with self._store.begin() as tx:
            mail = await tx.internal_mails.get(key)
            if mail is None or mail.status is Status.QUEUED:
                return mail
            if mail.status is Status.SENDING and not mail.resent:
                await tx.internal_mails.mark(key, Status.QUEUED, at=now, resent=True)
                return mail
            if mail.status is Status.SENDING:
                await tx.internal_mails.mark(key, Status.UNKNOWN, at=now, response="killed twice while handing over")
            return None

    async def _mark(self, key: str, status: Status, at: datetime, response: str = "") -> None:
        async with self._store.begin() as tx:
            await tx.internal_mails.mark(key, status, at=at, response=response)

    def _answer(
        self, workflow_id: str, customer: Customer, step: str, outcome: str, to: Csm, now: datetime
    ) -> Mapping[str, str]:
        url = self._links.link(
            workflow_id=workflow_id,
            customer=customer.id,
            step=step,
            outcome=outcome,
            by=to.id,
            expires=now + LINK_LASTS,
        )
        return {"label": outcome_words(outcome, self._house.language), "url": url}
