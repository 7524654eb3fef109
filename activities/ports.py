"""What activities need from the outside, as protocols: persistence, rendering and integrations implement them."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from activities.decision_ports import (
    Alerts,
    Decisions,
    Engagements,
    Evaluations,
    Opportunities,
    Scores,
    Signals,
    Sweeps,
)
from activities.exchange import Inbox, Outbox
from activities.ports_approvals import Approvals
from activities.ports_audit import Audit
from activities.ports_checks import Checklists, Exceptions
from activities.ports_deals import Deals, Drafts
from activities.ports_deliveries import VendorOutbox
from activities.ports_evidence import Evidence
from activities.ports_experiment import Assignments
from activities.ports_metrics import MetricRows, Validations
from activities.ports_people import Entries, InternalMails, Interventions, Outcomes, Tasks
from activities.ports_programs import Advocacy, Plans, Referrals, Surveys
from activities.ports_pull import Pulls
from activities.ports_releases import Pauses, Releases
from activities.ports_reports import Reports
from activities.ports_reviews import Periods, Reviews
from activities.ports_told import BillingTold, RelationsTold, SupportTold, UsageTold
from activities.ports_vendors import Identities, Merges, VendorEvents
from activities.repositories import (
    Communications,
    Customers,
    Effects,
    Facts,
    Lifecycles,
    Onboardings,
    Runs,
    Work,
)
from models.enums import Channel, Language, Segment
from models.message import OutgoingMail, Rendered, SendReceipt, TemplateInfo
from models.playbook import Playbook
from models.release import ReleaseNote


class Transaction(Protocol):
    """One database transaction, committed when its block ends well."""

    customers: Customers
    facts: Facts
    lifecycles: Lifecycles
    effects: Effects
    runs: Runs
    onboardings: Onboardings
    communications: Communications
    work: Work
    outbox: Outbox
    inbox: Inbox
    assignments: Assignments
    interventions: Interventions
    outcomes: Outcomes
    entries: Entries
    tasks: Tasks
    internal_mails: InternalMails
    scores: Scores
    engagements: Engagements
    signals: Signals
    opportunities: Opportunities
    alerts: Alerts
    evaluations: Evaluations
    sweeps: Sweeps
    vendor_events: VendorEvents
    vendor_outbox: VendorOutbox
    identities: Identities
    merges: Merges
    pulls: Pulls
    approvals: Approvals
    checklists: Checklists
    exceptions: Exceptions
    reviews: Reviews
    periods: Periods
    surveys: Surveys
    advocacy: Advocacy
    referrals: Referrals
    plans: Plans
    usage_told: UsageTold
    support_told: SupportTold
    billing_told: BillingTold
    relations_told: RelationsTold
    decisions: Decisions
    deals: Deals
    audit: Audit
    drafts: Drafts
    evidence: Evidence
    metrics: MetricRows
    validations: Validations
    reports: Reports
    releases: Releases
    pauses: Pauses


class Store(Protocol):
    """Where transactions come from."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; an exception inside rolls it back."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """One that only reads: it locks nothing and waits for no writer."""
        ...


class Playbooks(Protocol):
    """The released playbooks."""

    def by_id(self, playbook: str, segment: Segment | None) -> Playbook:
        """The playbook of that id for that segment. Raises NotFound."""
        ...

    def for_trigger(self, trigger: str, segment: Segment | None) -> tuple[Playbook, ...]:
        """What an event of that name starts for a customer of the segment."""
        ...

    def all(self) -> tuple[Playbook, ...]:
        """Every playbook in force."""
        ...

    def program_for(self, segment: Segment) -> Playbook:
        """The onboarding program of a segment (section 4.4)."""
        ...

    def note(self, playbook: Playbook) -> ReleaseNote | None:
        """Who released it, and why; None: it is as its file says."""
        ...


class Renderer(Protocol):
    """Texts from templates."""

    def info(self, key: str, channel: Channel) -> TemplateInfo:
        """Its declaration. Raises BadInput when there is no such template for the channel."""
        ...

    def render(
        self, key: str, channel: Channel, language: Language, segment: Segment | None, values: Mapping[str, object]
    ) -> Rendered:
        """The message with values inserted literally. Raises BadInput naming a missing variable."""
        ...

    def tips(self, step: str, language: Language) -> tuple[Mapping[str, str], ...]:
        """Tips (``title``, ``text``) for an onboarding step; empty if there are none."""
        ...


class Mailer(Protocol):
    """Hands a mail to a mail server."""

    async def send(
        self, mail: OutgoingMail, *, date: datetime, before_data: Callable[[], Awaitable[None]]
    ) -> SendReceipt:
        """Send it. ``before_data`` is awaited just before the point from which the outcome may be unknown."""
        ...


class WebhookPoster(Protocol):
    """Posts a signed envelope."""

    async def post(self, url: str, envelope: Mapping[str, JsonValue], *, delivery_id: str) -> str:
        """Deliver it; returns a short description of the answer. Raises Retryable or Rejected."""
        ...


class Unsubscriber(Protocol):
    """Makes the one-click link that stops relationship and marketing mail to an address."""

    def link(self, customer: str, address: str) -> str:
        """The address of the link, signed; the same for the same customer and address."""
        ...
