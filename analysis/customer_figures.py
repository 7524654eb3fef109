"""Figures of one customer's quarter or month, from its counts (sections 9.1, 12 and 18 of the domain)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from analysis import intervals
from models.agreed_input import AgreedInput, AgreedInputName
from models.customer_period import CustomerPeriod
from models.figure import Documented, Figure, Interval, Number, Unit
from models.qbr import Roi

MEASURES = Documented(
    name="customer.period",
    version=1,
    text="""One customer, days of the period's calendar, as known at the period's end.
automation_rate = conversations resolved without a person / conversations of which that was told; Wilson interval.
avg_response_time_minutes = response seconds / 60 / conversations of which the time was told (a census: no interval).
csat = mean of the satisfaction of tickets closed in the period; bootstrap interval.
avg_resolution_hours = mean of closing minus opening of tickets closed in the period; bootstrap interval.
satisfaction_rate = share of those satisfactions of 4 or 5; Wilson interval.
active_users = distinct users who logged in; actions = sum of feature uses; counts are a census of what was told.""",
)
"""What is counted, and how."""

RETURN = Documented(
    name="customer.roi",
    version=1,
    text="""time_saved (hours) = automated conversations * agreed minutes per conversation / 60.
cost_saved = time_saved * agreed hourly cost. revenue_impact = captured leads * agreed conversion * agreed value.
A missing count or a missing agreed number: cannot tell. Never an estimate.""",
)

_CENSUS = "a count of everything told, not a sample"
_AGREED = "a count times agreed numbers, not a sample"


class CustomerFigures:
    """The figures of one period. ``as_of`` is when they were worked out."""

    def __init__(self, measured: CustomerPeriod, *, as_of: datetime, currency: str) -> None:
        self.measured = measured
        self._as_of = as_of
        self._currency = currency

    def metric(self, name: str) -> Figure:
        """One of :data:`METRICS`. Raises KeyError."""
        return {
            "automation_rate": self.automation_rate,
            "avg_response_time_minutes": self.response_time,
            "csat": self.csat,
            "conversations_handled": self.conversations,
            "active_users": self.active_users,
            "actions_performed": self.actions,
            "support_tickets": self.tickets,
            "avg_resolution_hours": self.resolution,
        }[name]()

    def automation_rate(self) -> Figure:
        """Share resolved without a person."""
        return self._share("automation_rate", "Automation rate", self.measured.automated, self.measured.automated_of)

    def response_time(self) -> Figure:
        """Minutes to an answer, over every conversation of which it was told."""
        seconds, answered = self.measured.response_seconds, self.measured.response_of
        told = seconds is not None and answered
        return self._figure(
            "avg_response_time_minutes",
            "Average response time, minutes",
            Unit.INDEX,
            seconds / 60 / answered if told and seconds is not None and answered else None,
            n=answered or 0,
            of="conversations",
            no_interval=_CENSUS,
            reason="no response times were told",
        )

    def conversations(self) -> Figure:
        """Conversations handled."""
        return self._count("conversations_handled", "Conversations handled", self.measured.conversations)

    def active_users(self) -> Figure:
        """Different users who came."""
        return self._count("active_users", "Active users", self.measured.active_users)

    def actions(self) -> Figure:
        """Feature uses."""
        return self._count("actions_performed", "Actions", self.measured.actions)

    def tickets(self) -> Figure:
        """Tickets opened."""
        return self._count("support_tickets", "Tickets opened", self.measured.tickets_opened)

    def csat(self) -> Figure:
        """Mean satisfaction of closed tickets, 1..5."""
        return self._mean("csat", "CSAT", Unit.CSAT, self.measured.csat, "answers", "no ticket was rated")

    def satisfaction_rate(self) -> Figure:
        """Share of satisfactions of 4 or 5."""
        rated = self.measured.csat
        happy = sum(one >= 4 for one in rated)
        return self._share("satisfaction_rate", "Satisfied answers", happy if rated else None, len(rated))

    def resolution(self) -> Figure:
        """Mean hours from opening to closing."""
        hours = self.measured.resolution_hours
        return self._mean("avg_resolution_hours", "Average resolution", Unit.HOURS, hours, "tickets", "none was closed")

    def roi(self, agreed: Sequence[AgreedInput]) -> Roi:
        """The return by the agreed formula."""
        given = {one.name: one for one in agreed}
        minutes, cost = given.get(AgreedInputName.MINUTES_PER_CONVERSATION), given.get(AgreedInputName.HOURLY_COST)
        rate, value = given.get(AgreedInputName.LEAD_CONVERSION), given.get(AgreedInputName.LEAD_VALUE)
        automated, leads = self.measured.automated, self.measured.leads
        hours = None if automated is None or minutes is None else automated * minutes.value / 60
        saved = None if hours is None or cost is None else hours * cost.value
        impact = None if leads is None or rate is None or value is None else leads * rate.value * value.value
        no_time = _missing({"how many conversations were automated": automated, "minutes per conversation": minutes})
        no_cost = _missing({"time saved": hours, "hourly cost": cost})
        no_impact = _missing({"captured leads": leads, "lead conversion": rate, "lead value": value})
        return Roi(
            time_saved=self._returned("time_saved", "Time saved", Unit.HOURS, hours, automated, no_time),
            cost_saved=self._returned("cost_saved", "Cost saved", Unit.MONEY, saved, automated, no_cost),
            revenue_impact=self._returned("revenue_impact", "Revenue impact", Unit.MONEY, impact, leads, no_impact),
            inputs=tuple(f"{one.name.value} = {one.value.normalize():f}: {one.source} ({one.by})" for one in agreed),
        )

    def _returned(self, name: str, label: str, unit: Unit, value: Decimal | None, n: int | None, reason: str) -> Figure:
        rounded = None if value is None else value.quantize(Decimal("0.01"))
        of = "leads" if name == "revenue_impact" else "automated conversations"
        return self._figure(
            name, label, unit, rounded, n=n or 0, of=of, no_interval=_AGREED, reason=reason, query=RETURN
        )

    def _count(self, name: str, label: str, value: int | None) -> Figure:
        return self._figure(
            name,
            label,
            Unit.COUNT,
            value,
            n=value or 0,
            of="told",
            no_interval=_CENSUS,
            reason="its source told nothing",
        )

    def _share(self, name: str, label: str, part: int | None, whole: int | None) -> Figure:
        if part is None or not whole:
            return self._figure(name, label, Unit.FRACTION, None, n=whole or 0, of="told", reason="nothing was told")
        return self._figure(
            name, label, Unit.FRACTION, part / whole, n=whole, of="told", interval=intervals.share(part, whole),
            numerator=part, denominator=whole,
        )  # fmt: skip

    def _mean(self, name: str, label: str, unit: Unit, values: Sequence[float], of: str, reason: str) -> Figure:
        if not values:
            return self._figure(name, label, unit, None, n=0, of=of, reason=reason)
        within = intervals.mean(list(values)) if len(values) > 1 else "a single one"
        told = within if isinstance(within, Interval) else None
        return self._figure(
            name, label, unit, sum(values) / len(values), n=len(values), of=of, interval=told,
            no_interval=within if isinstance(within, str) else "",
        )  # fmt: skip

    def _figure(
        self,
        name: str,
        label: str,
        unit: Unit,
        value: Number | None,
        *,
        n: int,
        of: str,
        interval: Interval | None = None,
        no_interval: str = "",
        reason: str = "",
        numerator: int | None = None,
        denominator: int | None = None,
        query: Documented = MEASURES,
    ) -> Figure:
        known = value is not None
        return Figure(
            name=name,
            label=label,
            unit=unit,
            currency=self._currency if unit is Unit.MONEY else None,
            value=value,
            reason="" if known else reason,
            n=n,
            of=of,
            numerator=numerator,
            denominator=denominator,
            interval=interval,
            no_interval=no_interval if known and interval is None else "",
            period=self.measured.period,
            as_of=self._as_of,
            cohort=MEASURES.ref,
            query=query.ref,
        )


METRICS = (
    "automation_rate",
    "conversations_handled",
    "avg_response_time_minutes",
    "csat",
    "active_users",
    "actions_performed",
    "support_tickets",
    "avg_resolution_hours",
)
"""What is compared with the quarter before."""


def _missing(needed: dict[str, object]) -> str:
    return "not told: " + ", ".join(name for name, value in needed.items() if value is None)
