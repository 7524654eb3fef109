"""The names a playbook may use besides its own: events, values and dates of a run, and what templates are given.

Closed lists: a name that nothing produces would wait for ever, and a typing error should not take months to show.
"""

from collections.abc import Mapping
from typing import Protocol

from models import event_kinds
from models.actions import Meeting
from models.approval import ApprovalKind
from models.enums import Channel
from models.events import EventType
from models.expansion import ExpansionType
from models.facts import FactType
from models.playbook import Playbook, Step
from models.playbook_rules import EventPattern
from models.signals import ChurnSignalType

EXTERNAL = tuple(event.value for event in event_kinds.EXTERNAL)
"""What a product's backend and its vendors tell us."""

_ANY: tuple[str, ...] = ()

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "signal_opened": tuple(ChurnSignalType),
    "signal_cleared": tuple(ChurnSignalType),
    "opportunity_detected": tuple(ExpansionType),
    "renewal_due": ("90", "60", "30"),
    "survey_due": ("nps",),
    "nps_processed": ("promoter", "passive", "detractor"),
    "survey_answered": ("nps", "csat"),
    "renewal_decided": ("renewed", "declined"),
    "approval_decided": tuple(ApprovalKind),
    "task_closed": _ANY,
    "meeting_booked": tuple(Meeting),
    "meeting_held": tuple(Meeting),
    "meeting_cancelled": tuple(Meeting),
}
"""Events that name what they are about, ``signal_opened:failed_payment``, and what that may be; empty: any name."""

INTERNAL = tuple(event.value for event in EventType if event in event_kinds.INTERNAL)
"""What our own processes tell a customer's lifecycle: the daily sweep, an approval, a referral."""

MILESTONE_EVENTS = ("milestone_reached", "milestone_late")
"""Made inside an onboarding run; their subject is a milestone's id."""

ONBOARDING_EVENTS = ("onboarding_stalled", "onboarding_resumed", "onboarding_completed", "stage_ready")
"""Made by an onboarding run and told to the customer's lifecycle too."""

PEOPLE = ("task_closed", "outreach_resumed")
"""Made inside a run: a task that no step awaits is done (its subject is the step); a play that kept it quiet ended."""

STEP_COMPLETED = EventType.ONBOARDING_STEP_COMPLETED.value
"""Its subject is a step's criterion."""

DATES = ("renewal_date", "trial_ends_at", "quarter_end")
"""Dates of a run that ``until`` may name."""

RUN_VALUES: Mapping[str, FactType] = {
    "plan": FactType.STRING,
    "segment": FactType.STRING,
    "cycle": FactType.INT,
    "severity": FactType.STRING,
    "score": FactType.INT,
    "grade": FactType.STRING,
    "expansion_type": FactType.STRING,
    "renewal_class": FactType.STRING,
    "approved": FactType.BOOL,
    "decision": FactType.STRING,
}
"""What a run carries from its trigger or a verb, for branches; besides them ``result_<step>``, a step's result."""

PROVIDED = frozenset(
    {
        *("first_name", "product_name", "product_url", "csm_name", "csm_email", "csm_is_team", "calendar_link"),
        *("step_name", "next_step_name", "next_step_url", "target_date", "steps", "resources", "tips"),
        *("renewal_date", "current_plan", "current_price", "currency", "term_months", "manage_url", "payment_url"),
        *("invoice_id", "amount", "requested_on", "effective_on", "plan_options", "return_offer"),
        *("period_from", "period_to", "conversations_handled", "automation_rate", "hours_saved", "leads_captured"),
        *("satisfaction_rate", "recommendation", "recent_features", "survey_url", "closes_on", "activities"),
        *("referrer_name", "referral_code", "referral_link", "activity_name", "points", "points_total", "tier_name"),
        *("usage_vs_limit", "limit_name", "used", "allowed", "usage_url", "tickets", "status_note", "resolution"),
    }
)
"""Variables that ``send_message`` can fill; a test holds them to what the activities' sources say they know."""

RESERVED = ("trigger",)
"""Words that cannot be a step's id."""


class TemplateIndex(Protocol):
    """What is known of the texts; the rendering room's catalogue is one."""

    def variables(self, template: str, channel: Channel, /) -> frozenset[str] | None:
        """Variables the template may use, or None if there is no such template for the channel."""
        ...

    def transactional(self, template: str, channel: Channel, /) -> bool:
        """Whether the text is one that always goes; False too where there is no such template."""
        ...


OWN_TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "onboarding": (EventType.SUBSCRIPTION_CREATED.value,),
    "save": ("signal_opened",),
    "renewal": ("renewal_due",),
    "nps": ("survey_due",),
    "qbr": ("qbr_due",),
    "referral": ("referral_created",),
}
"""What starts the processes that are known by more than their number (section 20 of the domain)."""


def triggers(process: str) -> tuple[str, ...]:
    """Events that can start a playbook of this process."""
    return OWN_TRIGGERS.get(process, (*EXTERNAL, *INTERNAL, *ONBOARDING_EVENTS))


def run_events(process: str) -> tuple[str, ...]:
    """Events that can reach a run of this process."""
    made = (*MILESTONE_EVENTS, *ONBOARDING_EVENTS) if process == "onboarding" else ONBOARDING_EVENTS
    return (*EXTERNAL, *INTERNAL, *PEOPLE, *made)


def event_fault(playbook: Playbook, pattern: EventPattern, kinds: tuple[str, ...]) -> tuple[str, str, list[str]] | None:
    """Why nothing produces an event: the message, the wrong part of the pattern, the known names. None: it is fine."""
    kind, _, subject = pattern.partition(":")
    if kind not in kinds:
        return f"nothing produces the event '{kind}' in this process", kind, sorted(kinds)
    if not subject:
        return None
    if kind in SUBJECTS:
        known = list(SUBJECTS[kind]) or [subject]
        return None if subject in known else (f"the event '{kind}' is never about '{subject}'", subject, known)
    program = playbook.program
    if kind in MILESTONE_EVENTS:
        known = [milestone.id for milestone in program.milestones] if program else []
        return None if subject in known else (f"the program has no milestone '{subject}'", subject, known)
    if kind == STEP_COMPLETED:
        known = [step.criterion for step in program.steps] if program else [subject]
        return None if subject in known else (f"no step of the program has criterion '{subject}'", subject, known)
    return f"the event '{kind}' has no subject", pattern, [kind]


def result_name(step: Step) -> str:
    """The name under which a branch reads a step's result; CEL names have neither ``-`` nor ``.``."""
    return "result_" + step.id.replace("-", "_").replace(".", "_")
