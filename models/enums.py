"""The closed lists of section 0.2 of the domain."""

from enum import StrEnum


class LifecycleStage(StrEnum):
    """Where a customer stands (section 3.1)."""

    TRIAL = "trial"
    ONBOARDING = "onboarding"
    ADOPTING = "adopting"
    GROWING = "growing"
    RENEWING = "renewing"
    EXPANDING = "expanding"
    ADVOCATING = "advocating"
    AT_RISK = "at_risk"
    CHURNED = "churned"


class TriggeredBy(StrEnum):
    """Who caused a stage transition."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Segment(StrEnum):
    """Which program and texts suit a customer (section 4.4)."""

    SELF_SERVE = "self_serve"
    SMB = "smb"
    MID_MARKET = "mid_market"
    ENTERPRISE = "enterprise"


class Plan(StrEnum):
    """The plan ladder, lowest first."""

    STARTER = "starter"
    GROWTH = "growth"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class SubscriptionStatus(StrEnum):
    """State of the paid service."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELLED = "cancelled"


class OnboardingStatus(StrEnum):
    """State of an onboarding record (section 4.4); ``ended`` (ours): the subscription ended before it was done."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    STALLED = "stalled"
    COMPLETED = "completed"
    ENDED = "ended"


class StepType(StrEnum):
    """Kind of an onboarding step."""

    ACTION = "action"
    LEARNING = "learning"
    MEETING = "meeting"
    INTEGRATION = "integration"


class ResourceType(StrEnum):
    """Kind of a help link."""

    VIDEO = "video"
    GUIDE = "guide"
    TEMPLATE = "template"
    CHECKLIST = "checklist"


class Role(StrEnum):
    """Who is asked to act: owners and escalation roles."""

    CSM = "csm"
    CS_MANAGER = "cs_manager"
    EXECUTIVE = "executive"
    PRODUCT = "product"
    SUPPORT = "support"


class MessageClass(StrEnum):
    """Transactional mail always goes; relationship mail is capped; marketing mail needs consent (section 9.3)."""

    TRANSACTIONAL = "transactional"
    RELATIONSHIP = "relationship"
    MARKETING = "marketing"


class Channel(StrEnum):
    """How a message travels (section 0.2)."""

    EMAIL = "email"
    IN_APP = "in_app"


class Language(StrEnum):
    """Languages of the texts: Spanish first, English second."""

    ES = "es"
    EN = "en"


class Severity(StrEnum):
    """Severity of alerts and signals."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Priority(StrEnum):
    """Priority of a CSM's task."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class CommunicationStatus(StrEnum):
    """Where a message stands. ``unknown``: the kill fell between handing it over and hearing the answer."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    """Where an outbound webhook stands (section 14.3)."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class RunStatus(StrEnum):
    """How a run of a playbook stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    GOAL_MET = "goal_met"
    EXITED = "exited"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    """Whom a step reaches: the customer, or our own people only (section 7.2 of the domain, C5)."""

    CUSTOMER = "customer"
    INTERNAL = "internal"


class WaitingFor(StrEnum):
    """The class of what a run waits for: the search attribute ``WaitingFor``."""

    TIMER = "timer"
    PERSON = "person"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    NOTHING = "nothing"
