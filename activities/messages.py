"""Messages to customers: asked for, stored, handed over, recorded; each at most once wherever the server lets us know.

A mail is ``queued`` (stored, counts against the cap), ``sending`` (from just before SMTP's DATA), then ``sent``. An
attempt that finds ``sending`` knows that its predecessor died in the one window nobody can close: transactional mail is
resent once with the same Message-ID, other mail is held as ``unknown`` and shown to operations.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from pydantic import JsonValue
from temporalio import activity

from activities import unknown
from activities.frame import Frame, as_of_attempt, customer_of, done, finish, skipped
from activities.house import House
from activities.in_app import InApp, manager_of
from activities.mail_links import MailLinks
from activities.message_values import MessageValues
from activities.permission import permitted
from activities.places import Places
from activities.ports import Mailer, Renderer, Store, Transaction, Unsubscriber
from activities.values_source import Asked, Values
from models.actions import SendMessage
from models.enums import Channel, CommunicationStatus, Language, MessageClass
from models.errors import BadInput, Misconfigured, OutcomeUnknown, Rejected, Retryable
from models.ids import message_id
from models.message import OutgoingMail
from models.play import StepInput
from models.records import Communication, Csm, Customer
from models.run import StepResult
from rules.segments import segment_of

Status = CommunicationStatus

NO_WORDS: Mapping[str, JsonValue] = MappingProxyType({})


class MessageActivities:
    """One method per verb that reaches the customer."""

    def __init__(
        self,
        store: Store,
        house: House,
        renderer: Renderer,
        mailer: Mailer,
        values: MessageValues,
        unsubscriber: Unsubscriber,
        places: Places,
        links: MailLinks | None = None,
    ) -> None:
        """Rows, whom we act for, texts, the mail server, what texts may say, unsubscribe links, calendars, links."""
        self._links = links
        self._store = store
        self._house = house
        self._renderer = renderer
        self._mailer = mailer
        self._values = values
        self._unsubscriber = unsubscriber
        self._in_app = InApp(house, renderer, values)
        self._places = places
        self._frame = Frame(store)

    @activity.defn
    async def send_message(self, step: StepInput) -> StepResult:
        """Send a text of the catalogue, by mail or to the product's feed."""
        step = as_of_attempt(step)
        asked = SendMessage.model_validate(step.params, extra="ignore")
        if asked.channel is Channel.IN_APP:

            async def show(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
                return await self._in_app.show(tx, step, customer, asked.template, asked.template, {})

            return await self._frame.run(step, show, contacts=True)
        return await self.mail(step, asked.template)

    @activity.defn
    async def celebrate_milestone(self, step: StepInput) -> StepResult:
        """In the product and by mail, with the program's own words (section 4.4)."""
        step = as_of_attempt(step)
        words = {part: step.params[part] for part in ("name", "names", "celebration")}

        async def show(tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
            said = _words(words, self._house.language_of(customer))
            return await self._in_app.show(tx, step, customer, "milestone_reached", "milestone", said)

        shown = await self._frame.run(
            step.model_copy(update={"key": f"{step.key}>in_app"}), show, contacts=True, part=True
        )
        if shown.status != "done":
            return shown
        return await self.mail(step, "milestone_reached", words)

    async def mail(
        self,
        step: StepInput,
        template: str,
        words: Mapping[str, JsonValue] = NO_WORDS,
        reader: Callable[[Customer], Customer] | None = None,
        made: Values | None = None,
    ) -> StepResult:
        """Store it, hand it over, record the answer; the result is the step's.

        ``reader``: who reads it instead of the customer, in the customer's place. Their mail is not the customer's and
        does not come under its cap. ``made``: links of outside systems, which are asked for outside of any transaction,
        once it is clear that the mail may go.
        """
        wanted = self._renderer.info(template, Channel.EMAIL).variable_names() & MailLinks.NAMES
        ask = bool(wanted) and self._links is not None and reader is None and made is None
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            if earlier is not None:
                return earlier
            customer = await customer_of(tx, step.customer)
            customer = reader(customer) if reader else customer
            csm = await manager_of(tx, customer)
            message = await tx.communications.by_key(step.key)
            result = None if message is None else await self._after_earlier_attempt(tx, step, message)
            if result is None:
                result = await self._may_go(tx, step, customer, template, capped=reader is None)
                if message is not None and result is not None and result.status in ("skipped", "goal_met", "exited"):
                    await self._withdraw(tx, step, message, result.reason)
            if result is None and message is None and not ask:
                written = await self._write(tx, step, customer, csm, template, words, made or {})
                if isinstance(written, StepResult):
                    result = written
                else:
                    message = written
                    await tx.communications.reserve(message)
            if result is not None:
                await finish(tx, step, result)
                return result
        if message is None:
            assert self._links is not None
            links = await self._links.make(step, template, wanted)
            return await self.mail(step, template, words, reader, links)
        return await self._hand_over(step, message, customer, csm, reader)

    async def _may_go(
        self, tx: Transaction, step: StepInput, customer: Customer, template: str, *, capped: bool
    ) -> StepResult | None:
        """Asked before every attempt, so that a mail delayed by an outage passes its window again."""
        verdict = await self._frame.check(tx, step, customer, contacts=True)
        if verdict is not None:
            return verdict
        if customer.email is None:
            return skipped("e-mail address unknown")
        kind = self._renderer.info(template, Channel.EMAIL).message_class
        window = SendMessage.model_validate(step.params, extra="ignore").window if "window" in step.params else None
        return await permitted(tx, step, customer, kind, self._house, self._places, window, capped=capped)

    async def _write(
        self,
        tx: Transaction,
        step: StepInput,
        customer: Customer,
        csm: Csm | None,
        template: str,
        words: Mapping[str, JsonValue],
        made: Values,
    ) -> Communication | StepResult:
        language = self._house.language_of(customer)
        extra = _words(words, language) if words else {}
        info = self._renderer.info(template, Channel.EMAIL)
        asked = Asked(customer, csm, language, template, step.workflow_id, step.now)
        values = {**await self._values.gather(tx, asked, info.variable_names()), **made, **extra}
        assert customer.email is not None
        if info.message_class is not MessageClass.TRANSACTIONAL:
            values["unsubscribe_url"] = self._unsubscriber.link(customer.id, customer.email)
        segment = segment_of(customer.plan, customer.segment)
        try:
            text = self._renderer.render(template, Channel.EMAIL, language, segment, values)
        except BadInput as error:
            return skipped(f"cannot be written: {error}")
        return Communication(
            key=step.key,
            customer=customer.id,
            workflow_id=step.workflow_id,
            template=template,
            channel=Channel.EMAIL,
            message_class=info.message_class,
            language=text.language,
            recipient=customer.email,
            subject=text.subject,
            text=text.text,
            html=text.html,
            message_id=message_id(step.key, self._house.mail_domain),
            status=Status.QUEUED,
            created_at=step.now,
        )

    async def _after_earlier_attempt(
        self, tx: Transaction, step: StepInput, message: Communication
    ) -> StepResult | None:
        """What an earlier attempt left behind; None: it may be handed over."""
        match message.status:
            case Status.QUEUED:
                return None
            case Status.SENT:
                return done(f"sent as {message.message_id}")
            case Status.SENDING if message.message_class is MessageClass.TRANSACTIONAL and not message.resent:
                await tx.communications.mark(message.key, Status.QUEUED, at=step.now, resent=True)
                return None
            case Status.SENDING:
                return await unknown.hold(tx, step, message)
            case _:
                return StepResult(status="failed", reason=f"message is {message.status}")

    @staticmethod
    async def _withdraw(tx: Transaction, step: StepInput, message: Communication, reason: str) -> None:
        """A stored mail is not wanted any more; one that an earlier attempt may have delivered is not called unsent."""
        earlier = await tx.communications.by_key(message.key)
        perhaps_sent = earlier is not None and earlier.resent
        status = Status.UNKNOWN if perhaps_sent else Status.FAILED
        await tx.communications.mark(message.key, status, at=step.now, response=f"not sent: {reason}")

    async def _hand_over(
        self,
        step: StepInput,
        message: Communication,
        customer: Customer,
        csm: Csm | None,
        reader: Callable[[Customer], Customer] | None,
    ) -> StepResult:
        from_name, from_email = self._house.sender(csm)
        personal = message.message_class is not MessageClass.TRANSACTIONAL
        mail = OutgoingMail(
            key=message.key,
            message_id=message.message_id,
            to=message.recipient,
            to_name=customer.first_name or "",
            from_email=from_email,
            from_name=from_name,
            subject=message.subject,
            text=message.text,
            html=message.html,
            list_unsubscribe=self._unsubscriber.link(customer.id, message.recipient) if personal else None,
        )

        async def before_data() -> None:
            await self._mark(message.key, Status.SENDING, step.now)

        try:
            receipt = await self._mailer.send(mail, date=step.now, before_data=before_data)
        except Rejected as error:
            return await self._failed(step, message, str(error))
        except OutcomeUnknown:
            # The next attempt finds ``sending`` and does what is done after a crash in the same place.
            return await self.mail(step, message.template, reader=reader)
        except (Retryable, Misconfigured):
            await self._back_to_queue(message.key, step.now)
            raise
        async with self._store.begin() as tx:
            await tx.communications.mark(message.key, Status.SENT, at=step.now, response=receipt.response)
            result = done(f"sent as {message.message_id}")
            await finish(tx, step, result)
            return result

    async def _failed(self, step: StepInput, message: Communication, response: str) -> StepResult:
        async with self._store.begin() as tx:
            await tx.communications.mark(message.key, Status.FAILED, at=step.now, response=response)
            result = StepResult(status="failed", reason=f"refused by the mail server: {response}"[:300])
            await finish(tx, step, result)
            return result

    async def _back_to_queue(self, key: str, now: datetime) -> None:
        """The server answered, or was never reached: nothing is unknown and the next attempt may send."""
        async with self._store.begin() as tx:
            message = await tx.communications.by_key(key)
            if message is not None and message.status is Status.SENDING:
                await tx.communications.mark(key, Status.QUEUED, at=now)

    async def _mark(self, key: str, status: Status, at: datetime) -> None:
        async with self._store.begin() as tx:
            await tx.communications.mark(key, status, at=at)


def _words(words: Mapping[str, JsonValue], language: Language) -> dict[str, object]:
    """A milestone's name and celebration in the customer's language, from the program frozen into the run."""
    texts, names = words["celebration"], words["names"]
    assert isinstance(texts, dict)
    assert isinstance(names, dict)
    celebration = texts.get(language) or next(iter(texts.values()))
    return {"milestone_name": names.get(language) or words["name"], "celebration": celebration}
