"""An outbound webhook whose receiver is down: each try is counted, and a failed one can be posted again."""

from datetime import timedelta

from temporalio.testing import ActivityEnvironment

from activities.outbound import OutboundActivities, store_webhook
from models.clock import REAL, utc_now
from models.enums import DeliveryStatus
from models.errors import Rejected, Retryable
from models.events import Event, EventCustomer, EventType
from models.play import DeliveryInput
from models.records import MOST_ATTEMPTS
from tests.harness import Company

URL = "http://n8n.invalid/webhook"


class Scripted:
    """A poster that answers as told."""

    def __init__(self, *answers: Exception | str) -> None:
        self.answers = list(answers)
        self.ids: list[str] = []

    async def post(self, _url: str, _envelope: object, *, delivery_id: str) -> str:
        """The next answer."""
        self.ids.append(delivery_id)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_tries_are_counted_and_a_failed_one_goes_again(dev_company: Company) -> None:
    house = dev_company.given.house.model_copy(update={"webhooks": frozenset({"cs_events"})})
    now = utc_now()
    who = EventCustomer(id="C-1")
    event = Event(event_id="e", type=EventType.TRIAL_STARTED, occurred_at=now - timedelta(days=1), customer=who)
    async with dev_company.store.begin() as tx:
        customer = await tx.customers.apply(event, currency="EUR")
        stored = await store_webhook(tx, house, customer, "assign_csm", "k", now, {})
    poster = Scripted(Retryable("HTTP 503"), Retryable("HTTP 503"), "HTTP 200", Rejected("HTTP 401 not signed"))
    outbound = OutboundActivities(dev_company.store, house, poster, {"cs_events": URL})
    asked = DeliveryInput(delivery_id=stored.id, customer="C-1", workflow="assign_csm", clock=REAL)

    async def attempt(number: int) -> str:
        environment = ActivityEnvironment()
        environment.info = environment.info.__class__(**{**vars(environment.info), "attempt": number})
        try:
            return await environment.run(outbound.deliver, asked)
        except Retryable:
            return "tried again"

    async def stands() -> tuple[str, int, str]:
        async with dev_company.store.read() as tx:
            (one,) = await tx.outbox.listed(limit=10)
        return one.status.value, one.attempts, one.response

    assert await attempt(1) == "tried again"
    assert await stands() == ("pending", 1, "HTTP 503")
    assert await attempt(MOST_ATTEMPTS) == DeliveryStatus.FAILED
    assert await stands() == ("failed", 2, "HTTP 503")
    assert await attempt(1) == "failed", "what ended is not posted by a late try"
    async with dev_company.store.begin() as tx:
        assert await tx.outbox.again(stored.id, now)
        assert not await tx.outbox.again(stored.id, now), "it waits already"
        assert await tx.outbox.listed(status=DeliveryStatus.FAILED, limit=10) == []
    assert await attempt(1) == DeliveryStatus.DELIVERED
    assert await stands() == ("delivered", 3, "HTTP 200")
    assert len(set(poster.ids)) == 1, "under one id, whatever happens"
