"""The verb of a referral: the person referred is written to, with consent; else the referrer has a link (A5)."""

from temporalio import activity

from activities.frame import as_of_attempt, done, finish, skipped
from activities.house import House
from activities.messages import MessageActivities
from activities.ports import Store, Transaction
from activities.values_referral import INVITATION
from models.enums import Language
from models.ids import parse_workflow_id
from models.play import StepInput
from models.records import Customer, InAppNotice
from models.referral import Referral, ReferralStatus
from models.run import StepResult

_LINK = {
    Language.ES: ("Tu enlace para recomendarnos", "Pásale este enlace a quien quieras recomendar: {link}"),
    Language.EN: ("Your link to refer us", "Pass this link on to whomever you would like to refer: {link}"),
}


class InvitationActivities:
    """One verb."""

    def __init__(self, store: Store, house: House, messages: MessageActivities) -> None:
        """Collaborators: rows, whom we act for, the way to people."""
        self._store = store
        self._house = house
        self._messages = messages

    @activity.defn
    async def invite_referred(self, step: StepInput) -> StepResult:
        """Once; nobody is written to without recorded consent."""
        step = as_of_attempt(step)
        async with self._store.begin() as tx:
            earlier = await tx.effects.get(step.key)
            if earlier is not None:
                return earlier
            found = await tx.referrals.get(parse_workflow_id(step.workflow_id).parts[0])
            refused = await self._unless(tx, step, found)
            if refused is not None:
                await finish(tx, step, refused)
                return refused
            assert found is not None

        def reader(referrer: Customer) -> Customer:
            who = {"email": found.referred_email, "first_name": found.referred_name, "consent_marketing": True}
            return referrer.model_copy(update=who)

        return await self._messages.mail(step, INVITATION, reader=reader)

    async def _unless(self, tx: Transaction, step: StepInput, found: Referral | None) -> StepResult | None:
        """What is done instead of the mail."""
        if found is None:
            return skipped("no such referral")
        if found.status is not ReferralStatus.PENDING:
            return skipped(f"the referral is {found.status.value}")
        if found.consent:
            return None
        customer = await tx.customers.get(step.customer)
        language = self._house.language_of(customer) if customer is not None else self._house.language
        title, message = _LINK[language]
        link = self._house.link(f"r/{found.code}")
        notice = InAppNotice(
            key=step.key,
            customer=step.customer,
            type="referral_link",
            title=title,
            message=message.format(link=link),
            at=step.now,
        )
        await tx.work.add_in_app(notice)
        return done("no consent on record: the referrer has the link")
