"""Composition of what decides: the health configurations, the other rules' limits, the business calendar."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from activities.evaluate import Evaluator
from activities.ports import Store
from activities.sweep import PAGE, SweepActivities
from analysis import business_day, health_config
from analysis.evaluation_page import PageDecider
from models.expansion import ExpansionConfig
from models.health import HealthConfigs
from models.standing import Calendar, RuleBook


@dataclass(frozen=True)
class Deciding:
    """By what customers are evaluated, one by one and in pages."""

    configs: HealthConfigs
    book: RuleBook
    zone: str
    country: str = "ES"

    @classmethod
    def of(
        cls, *, currency: str = "EUR", zone: str = "Europe/Madrid", country: str = "ES", health: Path | None = None
    ) -> Self:
        """The company's currency and business calendar, and how it measures health (None: the file of this release).

        Raises:
            Misconfigured: the health file is wrong; names each wrong line and field.
        """
        return cls(
            health_config.load(health or health_config.DEFAULT_FILE),
            RuleBook(expansion=ExpansionConfig(currency=currency)),
            zone,
            country,
        )

    def evaluator(self) -> Evaluator:
        """For one customer, on an event."""
        return Evaluator(self.configs, self.day, self.book)

    def sweep(self, store: Store, *, page: int = PAGE) -> SweepActivities:
        """For the whole book."""
        decider = PageDecider(self.configs, self.book)
        return SweepActivities(store, decider, self.day, page=page)

    def day(self, moment: datetime) -> Calendar:
        """The day of that moment in the business calendar."""
        return business_day.calendar_at(moment, self.zone, country=self.country)
