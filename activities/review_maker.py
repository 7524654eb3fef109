"""A quarterly review drafted from the rows: gathered, put together, kept (section 12 of the domain)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from activities.frame import customer_of
from activities.house import House
from activities.ports import Store, Transaction
from activities.ports_reviews import MakeAgenda
from models.advocacy_program import ADVOCACY_PROGRAM, TESTIMONIAL
from models.approval import ApprovalStatus
from models.errors import Refused
from models.exception_list import Quarter
from models.ids import new_id
from models.nps_figures import Period
from models.qbr import QbrStatus, StoredQbr, Testimonial
from models.records import Customer
from models.review_inputs import Gathered
from rules.advocacy import may_publish
from rules.exceptions import quarter_of
from rules.qbr import previous


class ReviewMaker:
    """Drafts reviews. ``make``: puts a review together."""

    def __init__(self, store: Store, house: House, make: MakeAgenda) -> None:
        self._store = store
        self._house = house
        self._make = make

    async def draft(self, customer: str, quarter: Quarter, *, meeting: date, now: datetime) -> StoredQbr:
        """The draft of a quarter, kept in place of an earlier draft.

        Raises:
            NotFound: no such customer.
            Refused: the quarter is not over yet, or its review is approved already.
        """
        async with self._store.begin() as tx:
            return await self.draft_in(tx, await customer_of(tx, customer), quarter, meeting=meeting, now=now)

    async def draft_in(
        self, tx: Transaction, customer: Customer, quarter: Quarter, *, meeting: date, now: datetime
    ) -> StoredQbr:
        """The same in a transaction that is open. Raises Refused."""
        if self._start(quarter.following) > now:
            raise Refused("the quarter is not over yet", field="quarter", value=str(quarter))
        gathered = await self._gather(tx, customer, quarter, meeting, now)
        draft = StoredQbr(
            id=new_id("qbr"),
            customer=customer.id,
            quarter=str(quarter),
            status=QbrStatus.DRAFT,
            agenda=self._make(gathered),
            generated_at=now,
        )
        return await tx.reviews.draft(draft)

    async def _gather(
        self, tx: Transaction, customer: Customer, quarter: Quarter, meeting: date, now: datetime
    ) -> Gathered:
        first = self._first_whole(customer)
        end = self._start(quarter.following)
        scored = await tx.scores.latest(customer.id, by=end)
        return Gathered(
            customer=customer,
            quarter=quarter,
            now=await tx.periods.read(customer.id, self._period(quarter)),
            before=await tx.periods.read(customer.id, self._period(previous(quarter))),
            baseline=await tx.periods.read(customer.id, self._period(first)) if first and first < quarter else None,
            agreed=tuple(await tx.reviews.agreed(customer.id, as_of=now)),
            health=scored,
            plan=await tx.plans.get(customer.id),
            signals=tuple(await tx.signals.open(customer.id)),
            testimonial=await _testimonial(tx, customer),
            meeting=meeting,
            generated_at=now,
            language=self._house.language_of(customer),
            currency=self._house.currency,
        )

    def _first_whole(self, customer: Customer) -> Quarter | None:
        """The first quarter that the customer paid for from its first day."""
        if customer.subscribed_at is None:
            return None
        began = customer.subscribed_at.astimezone(ZoneInfo(self._house.default_zone)).date()
        quarter = quarter_of(began)
        return quarter if quarter.start == began else quarter.following

    def _period(self, quarter: Quarter) -> Period:
        return Period(start=self._start(quarter), end=self._start(quarter.following))

    def _start(self, quarter: Quarter) -> datetime:
        return datetime.combine(quarter.start, time(), ZoneInfo(self._house.default_zone))


async def _testimonial(tx: Transaction, customer: Customer) -> Testimonial | None:
    """The latest quote that the customer allowed and one of us approved; none without both (Q10)."""
    for made in reversed(await tx.advocacy.claims(customer.id)):
        approval = await tx.approvals.by_key(f"publish:{made.key}") if made.activity == TESTIMONIAL else None
        approved = approval.decided_by if approval and approval.status is ApprovalStatus.APPROVED else None
        quote = made.evidence.get("quote_and_photo", "")
        if quote and may_publish(ADVOCACY_PROGRAM, made, approved).allowed:
            permission = made.evidence.get("publication_permission", "")
            said_by = (customer.name or customer.id)[:200]
            return Testimonial(
                quote=quote[:1000], said_by=said_by, permission=f"{permission[:150]}; approved by {approved}"[:200]
            )
    return None
