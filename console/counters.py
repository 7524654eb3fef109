"""The console's own figures for Prometheus."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from models.events import EventType

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200)


class Counters:
    """One set for each application, so that two in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._events = Counter(
            "steadfast_events_received",
            "Requests to POST /events, by type of event (unknown where none was read) and status answered.",
            ["type", "answer"],
            registry=self._registry,
        )
        self._webhooks = Counter(
            "steadfast_webhooks_received",
            "Requests to /webhooks/<vendor>, by vendor and status answered.",
            ["vendor", "answer"],
            registry=self._registry,
        )
        self._vendor_events = Counter(
            "steadfast_vendor_events",
            "Events in those requests, by vendor and what became of each (duplicate, or models.vendor.VendorStatus).",
            ["vendor", "status"],
            registry=self._registry,
        )
        self._lag = Histogram(
            "steadfast_event_delivery_lag_seconds",
            "Real time from receiving an event to its delivery, of those that this process delivered.",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._undelivered = Gauge(
            "steadfast_inbox_undelivered",
            "Events received and not yet delivered.",
            registry=self._registry,
        )

    def received(self, kind: EventType | None, answer: int) -> None:
        """A request was answered."""
        self._events.labels(kind.value if kind else "unknown", str(answer)).inc()

    def knocked(self, vendor: str, answer: int, events: Mapping[str, int] = MappingProxyType({})) -> None:
        """A vendor's request was answered; how many of its events became what."""
        self._webhooks.labels(vendor, str(answer)).inc()
        for status, count in events.items():
            self._vendor_events.labels(vendor, status).inc(count)

    def delivered(self, lag: timedelta) -> None:
        """An event reached its workflow."""
        self._lag.observe(lag.total_seconds())

    def expose(self, *, undelivered: int) -> bytes:
        """Everything, in Prometheus' text format."""
        self._undelivered.set(undelivered)
        return generate_latest(self._registry)
