"""Customers in a stage, with what is known of them: facts told by events, scores as an evaluation leaves them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from activities.evaluate import Evaluator
from activities.lifecycle import LifecycleActivities
from activities.places import Places
from activities.starting import Starting
from intake import facts
from intake.facts_reading import Reading
from intake.lexicon import supplied
from integrations.calendars import LibraryCalendars
from models.decisions import Evaluation
from models.enums import LifecycleStage, Plan, SubscriptionStatus, TriggeredBy
from models.events import Event, EventCustomer, Occurrence
from models.health import HealthGrade
from models.play import DecideInput, OnboardingRecord
from models.records import Customer, Transition
from persistence.fact_recorded import record
from persistence.store import SqlStore
from playbooks.catalog import Catalog
from settings import Settings
from worker import house

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
READING = Reading(supplied(), NOW, "EUR")
CATALOG = Catalog.load()


class Scene:
    """One customer, ``C-1``, paying for ``days``, in ``stage`` for ten of them."""

    def __init__(self, store: SqlStore, stage: LifecycleStage, *, days: int = 200) -> None:
        self.store = store
        self.stage = stage
        self.customer = Customer(
            id="C-1",
            plan=Plan.GROWTH,
            csm_id="csm-1",
            subscription_status=SubscriptionStatus.ACTIVE,
            subscribed_at=NOW - days * DAY,
            cycle=1,
            renewal_date=date(2027, 1, 1),
            contract_length_months=12,
        )
        self.told = 0

    async def set(self, causes: list[str] | None = None, origin: LifecycleStage | None = None, **more: Any) -> "Scene":
        """Store the customer, and the transition into its stage."""
        self.customer = self.customer.model_copy(update=more)
        async with self.store.begin() as tx:
            await tx.customers.put(self.customer)
            await tx.lifecycles.record(
                Transition(
                    customer="C-1",
                    from_stage=origin,
                    to_stage=self.stage,
                    at=NOW - 10 * DAY,
                    rule="scene",
                    reason="scene",
                    triggered_by=TriggeredBy.AUTOMATIC,
                    cause="scene",
                    facts={} if causes is None else {"at_risk_causes": list(causes)},
                )
            )
        return self

    async def health(self, score: int, *, provisional: bool = False, grade: HealthGrade = HealthGrade.C) -> "Scene":
        """As an evaluation of an hour ago leaves it."""
        at = NOW - timedelta(hours=1)
        async with self.store.begin() as tx:
            await record(tx.connection, [("C-1", "health_score", at, score)])
            await tx.evaluations.put(
                Evaluation(customer="C-1", at=at, score=score, grade=grade, provisional=provisional)
            )
        return self

    async def onboarded(self, progress: int) -> "Scene":
        """How far the onboarding is."""
        async with self.store.begin() as tx:
            await tx.onboardings.save(
                OnboardingRecord(
                    customer="C-1",
                    cycle=1,
                    program="self-serve-v1",
                    version=1,
                    status="in_progress",
                    started=NOW - 60 * DAY,
                    last_progress=NOW - DAY,
                    progress=progress,
                    completed_steps=(),
                    current_step=None,
                    milestones={},
                    late=(),
                    blockers=(),
                )
            )
        return self

    async def tell(self, kind: str, /, *, ago: timedelta = timedelta(hours=2), **data: Any) -> "Scene":
        """An event's facts."""
        self.told += 1
        event = Event(
            event_id=f"e-{self.told}",
            type=kind,
            occurred_at=NOW - ago,
            customer=EventCustomer(id="C-1"),
            data=data,
        )
        async with self.store.begin() as tx:
            await tx.customers.apply(event, currency="EUR")
            await facts.store(tx, event, f"events:{event.event_id}", READING)
        return self

    async def decide(
        self, kind: str = "stage_review", key: str = "review", evaluator: Evaluator | None = None, **more: Any
    ) -> Transition | None:
        """What the lifecycle's activity decides on an occurrence; asked twice, it says the same."""
        ours = house(Settings())
        starting = Starting(CATALOG, Places(ours, LibraryCalendars()))
        lifecycle = LifecycleActivities(self.store, ours, starting, evaluator=evaluator)
        seen = Occurrence(kind=kind, key=key, at=NOW, **more)
        first = await lifecycle.decide(DecideInput(customer="C-1", occurrence=seen, now=NOW))
        again = await lifecycle.decide(DecideInput(customer="C-1", occurrence=seen, now=NOW))
        assert (first.stage, first.changed) == (again.stage, again.changed)
        async with self.store.read() as tx:
            return await tx.lifecycles.by_cause("C-1", key)

    async def webhooks(self) -> dict[str, str]:
        """Outbound names and why each was or was not sent."""
        async with self.store.read() as tx:
            return {one.workflow: one.response for one in await tx.outbox.of("C-1")}
