"""Where transactions come from: the ports ``Store`` and ``Transaction``."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Segment
from persistence.advocacy import AdvocacyTable
from persistence.approvals import ApprovalTable
from persistence.assignments import AssignmentTable
from persistence.audit import AuditLog
from persistence.checklist import ChecklistTable
from persistence.communications import CommunicationTable
from persistence.customer_periods import PeriodTable
from persistence.customers import CustomerTable
from persistence.deals import DealTable, DraftTable
from persistence.decisions import (
    AlertTable,
    EngagementTable,
    EvaluationTable,
    OpportunityTable,
    ScoreTable,
    SignalTable,
)
from persistence.effects import EffectTable
from persistence.engine import Database
from persistence.entries import EntryTable
from persistence.evidence import EvidenceTable
from persistence.exceptions import ExceptionTable
from persistence.facts import FactTable
from persistence.identities import IdentityTable
from persistence.inbox import InboxTable
from persistence.internal_mails import InternalMailTable
from persistence.interventions import InterventionTable, OutcomeTable
from persistence.lifecycles import LifecycleTable
from persistence.merges import MergeTable
from persistence.metric_reader import MetricReader
from persistence.onboardings import OnboardingTable
from persistence.outbox import OutboxTable
from persistence.plans import PlanTable
from persistence.pulls import PullTable
from persistence.referrals import ReferralTable
from persistence.releases import PauseTable, ReleaseTable
from persistence.reports import ReportTable
from persistence.reviews import ReviewTable
from persistence.runs import RunTable
from persistence.surveys import SurveyTable
from persistence.sweeps import DecisionTable, SweepTable
from persistence.tasks import TaskTable
from persistence.told_billing import BillingToldTable
from persistence.told_relations import RelationsToldTable
from persistence.told_support import SupportToldTable
from persistence.told_usage import UsageToldTable
from persistence.validations import Validations
from persistence.vendor_events import VendorEventTable
from persistence.vendor_outbox import VendorOutboxTable
from persistence.work import WorkTable
from rules.segments import guided

if TYPE_CHECKING:
    from activities.ports import Store, Transaction
else:  # the type checker holds us to the ports; at run time we know nothing of the activities
    Store = Transaction = object


class SqlTransaction(Transaction):
    """The repositories of one transaction, on one connection."""

    customers: CustomerTable
    facts: FactTable
    lifecycles: LifecycleTable
    effects: EffectTable
    runs: RunTable
    onboardings: OnboardingTable
    communications: CommunicationTable
    work: WorkTable
    outbox: OutboxTable
    inbox: InboxTable
    assignments: AssignmentTable
    scores: ScoreTable
    engagements: EngagementTable
    signals: SignalTable
    opportunities: OpportunityTable
    alerts: AlertTable
    evaluations: EvaluationTable
    sweeps: SweepTable
    vendor_events: VendorEventTable
    vendor_outbox: VendorOutboxTable
    identities: IdentityTable
    merges: MergeTable
    pulls: PullTable
    approvals: ApprovalTable
    checklists: ChecklistTable
    exceptions: ExceptionTable
    releases: ReleaseTable
    pauses: PauseTable
    reviews: ReviewTable
    periods: PeriodTable
    surveys: SurveyTable
    advocacy: AdvocacyTable
    referrals: ReferralTable
    plans: PlanTable
    usage_told: UsageToldTable
    support_told: SupportToldTable
    billing_told: BillingToldTable
    relations_told: RelationsToldTable
    decisions: DecisionTable
    deals: DealTable
    drafts: DraftTable
    evidence: EvidenceTable
    metrics: MetricReader
    validations: Validations
    interventions: InterventionTable
    outcomes: OutcomeTable
    entries: EntryTable
    tasks: TaskTable
    internal_mails: InternalMailTable
    reports: ReportTable
    audit: AuditLog

    def __init__(self, connection: AsyncConnection, *, writing: bool, has_kickoff: Callable[[Segment], bool]) -> None:
        self.connection = connection
        self.customers = CustomerTable(connection, writing=writing)
        self.facts = FactTable(connection, has_kickoff)
        self.lifecycles = LifecycleTable(connection)
        self.effects = EffectTable(connection)
        self.runs = RunTable(connection)
        self.onboardings = OnboardingTable(connection)
        self.communications = CommunicationTable(connection)
        self.work = WorkTable(connection)
        self.outbox = OutboxTable(connection)
        self.inbox = InboxTable(connection)
        self.assignments = AssignmentTable(connection)
        self.scores = ScoreTable(connection)
        self.engagements = EngagementTable(connection)
        self.signals = SignalTable(connection)
        self.opportunities = OpportunityTable(connection)
        self.alerts = AlertTable(connection)
        self.evaluations = EvaluationTable(connection)
        self.sweeps = SweepTable(connection)
        self.vendor_events = VendorEventTable(connection)
        self.vendor_outbox = VendorOutboxTable(connection)
        self.identities = IdentityTable(connection)
        self.merges = MergeTable(connection)
        self.pulls = PullTable(connection)
        self.approvals = ApprovalTable(connection)
        self.checklists = ChecklistTable(connection)
        self.exceptions = ExceptionTable(connection)
        self.releases = ReleaseTable(connection)
        self.pauses = PauseTable(connection)
        self.reviews = ReviewTable(connection)
        self.periods = PeriodTable(connection)
        self.surveys = SurveyTable(connection)
        self.advocacy = AdvocacyTable(connection)
        self.referrals = ReferralTable(connection)
        self.plans = PlanTable(connection)
        self.usage_told = UsageToldTable(connection)
        self.support_told = SupportToldTable(connection)
        self.billing_told = BillingToldTable(connection)
        self.relations_told = RelationsToldTable(connection)
        self.decisions = DecisionTable(connection, has_kickoff)
        self.deals = DealTable(connection)
        self.drafts = DraftTable(connection)
        self.evidence = EvidenceTable(connection)
        self.metrics = MetricReader(connection)
        self.validations = Validations(connection)
        self.interventions = InterventionTable(connection)
        self.outcomes = OutcomeTable(connection)
        self.entries = EntryTable(connection)
        self.tasks = TaskTable(connection)
        self.internal_mails = InternalMailTable(connection)
        self.reports = ReportTable(connection)
        self.audit = AuditLog(connection)


class SqlStore(Store):
    """Transactions on a database.

    ``has_kickoff`` answers the fact of that name for a segment; the default is the domain's (section 4.4).
    """

    def __init__(self, database: Database, *, has_kickoff: Callable[[Segment], bool] = guided) -> None:
        self.database = database
        self._has_kickoff = has_kickoff

    @classmethod
    def open(cls, url: str) -> Self:
        """A store on the database of that URL; close it at the end."""
        return cls(Database.open(url))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction; an exception inside rolls it back. Never begin a second one inside it.

        Raises:
            Retryable: no lock or no connection, or a competitor stored the same first.
            NotFound: a row belongs to a customer that is not there.
        """
        async with self.database.write() as connection:
            yield SqlTransaction(connection, writing=True, has_kickoff=self._has_kickoff)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A transaction that only reads: it sees one state, locks nothing and waits for no writer."""
        async with self.database.read() as connection:
            yield SqlTransaction(connection, writing=False, has_kickoff=self._has_kickoff)

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()
