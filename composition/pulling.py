"""Composition of what is read from other systems: settings to readers, a worker of its own, a Schedule for each source.

Readings have a task queue of their own, so that a long one never keeps a play waiting.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.connected import Connected
from activities.interceptor import ActivityFrame
from activities.ports import Store
from activities.ports_pull import EventLog, SourceReader
from activities.pull import PullActivities
from activities.pull_readers import EventLogPull, TicketPull, UsagePull
from composition import worker_versions
from intake import lexicon
from intake.vendors.sink import VendorSink
from intake.vendors.taking import House
from intake.vendors.vendor import Terms
from models.clock import Clock
from models.outside import System
from models.pull import Source, pull_queue
from settings import Settings
from workflows.pull import SourcePull
from workflows.pull_schedules import ensure_pulls

AT_ONCE = 4
"""Pages read at the same time by one worker."""

_DESKS = {
    System.ZENDESK: Source.ZENDESK,
    System.FRESHDESK: Source.FRESHDESK,
    System.INTERCOM: Source.INTERCOM,
}


def house(settings: Settings, clock: Clock) -> House:
    """How what is read is understood: as what is sent."""
    return House(clock, settings.currency, lexicon.supplied(), settings.events_secret, Terms(settings.plans))


def readers(connected: Connected, names: tuple[str, ...]) -> dict[Source, SourceReader]:
    """A reader for each source that is configured. ``names``: the events whose use is read."""
    found: dict[Source, SourceReader] = {}
    if connected.tickets is not None and connected.tickets[0] in _DESKS:
        system, desk = connected.tickets
        found[_DESKS[system]] = TicketPull(desk)
    if connected.usage is not None and names:
        found[Source.MIXPANEL] = UsagePull(connected.usage[1], names)
    log = connected.billing[1] if connected.billing is not None else None
    if log is not None and isinstance(log, EventLog):
        found[Source.STRIPE_EVENTS] = EventLogPull(log)
    if connected.answers is not None:
        found[Source.TYPEFORM] = EventLogPull(connected.answers[1])
    return found


def sources(connected: Connected, names: tuple[str, ...]) -> frozenset[Source]:
    """What is read by Schedule."""
    books = {Source.STRIPE_BOOKS} if connected.billing is not None else set()
    return frozenset({*readers(connected, names), *books})


@asynccontextmanager
async def reading(
    client: Client, store: Store, connected: Connected, settings: Settings, clock: Clock
) -> AsyncIterator[frozenset[Source]]:
    """Read what is configured, by Schedule, for as long as this is open; with nothing configured, nothing runs."""
    wanted = sources(connected, settings.usage_names)
    await ensure_pulls(client, clock, wanted, task_queue=pull_queue(settings.task_queue))
    if not wanted:
        yield wanted
        return
    async with build_worker(client, store, connected, settings, clock):
        yield wanted


def build_worker(client: Client, store: Store, connected: Connected, settings: Settings, clock: Clock) -> Worker:
    """A worker for readings."""
    billing = connected.billing[1] if connected.billing is not None else None
    made: Mapping[Source, SourceReader] = readers(connected, settings.usage_names)
    pulls = PullActivities(store, VendorSink(store, house(settings, clock)), made, billing)
    return Worker(
        client,
        task_queue=pull_queue(settings.task_queue),
        workflows=worker_versions.of_build([SourcePull], settings.build_id),
        activities=[pulls.pull_page, pulls.compare_books],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules("models", "activities", "cel")
        ),
        interceptors=[ActivityFrame()],
        max_concurrent_activities=AT_ONCE,
        deployment_config=worker_versions.deployment(settings.build_id),
    )
