"""The typed catalogue of facts (sections 0.3, 3.1 and 14.1 of the domain).

A fact is computed for one customer as of a moment and sees nothing later; None is unknown, never 0. ``since`` facts
look back to the moment the run started. A condition of a playbook may name every fact of ``CATALOGUE``; names not
listed there are refused when a playbook is checked. ``REGISTRY`` has those that are no single value besides.
"""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from models.errors import BadInput


class FactType(StrEnum):
    """CEL type of a fact; CEL never mixes int and double, so the catalogue says which."""

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    STRING = "string"


class Feed(StrEnum):
    """What a source reports of a customer; without any report by then, its facts are unknown."""

    LOGINS = "logins"
    USERS = "users"
    USAGE = "usage"
    CONVERSATIONS = "conversations"
    LIMITS = "limits"
    BLOCKED = "blocked"
    SEATS = "seats"
    TICKETS = "tickets"
    TICKET_TEXT = "ticket_text"
    SURVEYS = "surveys"
    MEETINGS = "meetings"
    OUTREACH = "outreach"
    INVOICES = "invoices"
    CANCELLATIONS = "cancellations"


FRESH: dict[Feed, timedelta] = {
    **dict.fromkeys(Feed, timedelta(days=2)),
    Feed.SEATS: timedelta(days=35),
    Feed.SURVEYS: timedelta(days=100),
    Feed.INVOICES: timedelta(days=35),
}
"""How old the last report of a feed may be before its facts are called stale: (P) two days where rows come daily, a
month and some for what comes monthly, a survey interval and some for surveys."""

_SAMPLES: dict[FactType, object] = {FactType.BOOL: True, FactType.INT: 1, FactType.DOUBLE: 0.5, FactType.STRING: "x"}
_LIST = "list of string"


class Fact(NamedTuple):
    """One entry: its type, unit, source of truth and meaning.

    ``unit`` is the name of an enumeration of :mod:`models.enums` where the values are a closed list. ``window``:
    trailing days looked at; None where it is the state of the moment. ``feed``: what must have reported.
    """

    name: str
    type: FactType
    unit: str
    source: str
    meaning: str
    window: int | None = None
    feed: Feed | None = None

    @property
    def fresh_for(self) -> timedelta | None:
        """How old the feed's last report may be; None: it does not age."""
        return None if self.feed is None else FRESH[self.feed]


class ListFact(NamedTuple):
    """An entry whose value is a list of words: for rules, not for conditions."""

    name: str
    unit: str
    source: str
    meaning: str
    window: int | None = None
    feed: Feed | None = None
    type: str = _LIST

    @property
    def fresh_for(self) -> timedelta | None:
        """As of :class:`Fact`."""
        return None if self.feed is None else FRESH[self.feed]


_B, _I, _D, _S = FactType.BOOL, FactType.INT, FactType.DOUBLE, FactType.STRING

_ENTRIES = (
    Fact("stage", _S, "LifecycleStage", "computed", "present lifecycle stage"),
    Fact("plan", _S, "Plan", "billing", "plan of the customer"),
    Fact("segment", _S, "Segment", "CRM, else from plan", "segment of the customer"),
    Fact("subscription_status", _S, "SubscriptionStatus", "billing", "state of the paid service"),
    Fact("days_since_last_login", _I, "days", "app", "whole days since any user logged in", None, Feed.LOGINS),
    Fact("trial_days_remaining", _I, "days", "app", "days left of the trial; negative when past"),
    Fact("days_as_customer", _I, "days", "billing", "days since the first paid subscription of the cycle"),
    Fact("onboarding_completion", _I, "0..100", "computed", "required onboarding steps done"),
    Fact("onboarding_status", _S, "OnboardingStatus", "computed", "state of the present onboarding"),
    Fact("first_value_reached", _B, "", "computed", "the program's first-value criterion is met"),
    Fact("has_csm", _B, "", "CRM", "a CSM is assigned"),
    Fact("has_email", _B, "", "CRM", "an address is known"),
    Fact("marketing_consent", _B, "", "CRM", "agreed to marketing mail"),
    Fact("has_kickoff", _B, "", "computed", "the onboarding program has a kickoff step"),
    Fact("has_success_plan", _B, "", "computed", "a success plan exists, draft or active"),
    Fact("still_no_login", _B, "", "app", "no login since the run started", None, Feed.LOGINS),
    Fact("no_response", _B, "", "CRM", "no reply, booked meeting or answer since the run started"),
    Fact("no_followup", _B, "", "CRM", "the latest NPS answer is a detractor's that nobody has followed up"),
    Fact("no_improvement", _B, "", "computed", "health not 5 points above what it was when the run started"),
    Fact("logins", _I, "logins", "app", "logins of the last 30 days", 30, Feed.LOGINS),
    Fact("logins_per_week", _D, "per week", "app", "logins, mean of the last 28 days", 28, Feed.LOGINS),
    Fact("active_users", _I, "users", "app", "distinct users who logged in", 30, Feed.USERS),
    Fact("dau_mau_ratio", _D, "fraction", "app", "mean daily active users over monthly ones", 30, Feed.USERS),
    Fact("feature_adoption", _D, "fraction", "usage", "features of the plan used at least once", 30, Feed.USAGE),
    Fact("features_used_this_month", _I, "features", "usage", "distinct features used", 30, Feed.USAGE),
    Fact("actions_performed", _I, "actions", "usage", "actions of the last 30 days", 30, Feed.USAGE),
    Fact("usage_change_percent", _D, "signed percent", "usage", "actions against the 30 days before", 60, Feed.USAGE),
    Fact("conversations_per_week", _D, "per week", "app", "handled, mean of the last 28 days", 28, Feed.CONVERSATIONS),
    Fact("conversations_handled", _I, "conversations", "app", "handled in the last 30 days", 30, Feed.CONVERSATIONS),
    Fact("automation_rate", _D, "fraction", "app", "conversations resolved without a person", 30, Feed.CONVERSATIONS),
    Fact("avg_response_time_minutes", _D, "minutes", "app", "mean time to an answer", 30, Feed.CONVERSATIONS),
    Fact("usage_vs_limit", _D, "fraction", "app", "tightest plan limit consumed; above 1 when over", 30, Feed.LIMITS),
    Fact("blocked_feature_attempts", _I, "attempts", "app", "tries of features that the plan lacks", 30, Feed.BLOCKED),
    Fact("team_size_change", _D, "fraction", "app", "seats against 90 days ago", 90, Feed.SEATS),
    Fact("open_tickets", _I, "tickets", "tickets", "tickets now open", None, Feed.TICKETS),
    Fact("high_severity_tickets", _I, "tickets", "tickets", "open ones, high or critical", None, Feed.TICKETS),
    Fact("support_tickets", _I, "tickets", "tickets", "tickets opened", 30, Feed.TICKETS),
    Fact("escalations", _I, "tickets", "tickets", "escalated tickets", 90, Feed.TICKETS),
    Fact("avg_csat", _D, "1..5", "tickets", "mean satisfaction of closed tickets", 90, Feed.TICKETS),
    Fact("avg_csat_30_days", _D, "1..5", "tickets", "the same, for engagement", 30, Feed.TICKETS),
    Fact("competitor_mentioned", _B, "", "tickets", "a ticket named a competitor", 30, Feed.TICKET_TEXT),
    Fact("nps_score", _I, "0..10", "surveys", "latest NPS answer of the account", None, Feed.SURVEYS),
    Fact("days_since_nps", _I, "days", "surveys", "whole days since that answer", None, Feed.SURVEYS),
    Fact("meetings_attended", _D, "fraction", "CRM", "attended of scheduled meetings", 90, Feed.MEETINGS),
    Fact("responses_to_outreach", _D, "fraction", "CRM", "answered of sent personal messages", 90, Feed.OUTREACH),
    Fact("payment_health", _D, "fraction", "billing", "last 6 invoices paid at first attempt", None, Feed.INVOICES),
    Fact("failed_payments", _I, "invoices", "billing", "unresolved failed payments now", None, Feed.INVOICES),
    Fact("cancellation_requested", _B, "", "app", "an open request to cancel exists", None, Feed.CANCELLATIONS),
    Fact("growth_potential", _D, "0..1", "CRM", "set by the CSM; no default"),
    Fact("contract_length", _I, "months", "billing, CRM", "months of the current term"),
    Fact("days_until_renewal", _I, "days", "billing, CRM", "days to the end of the term; negative when past"),
    Fact("time_to_value", _I, "days", "computed", "from the start of the onboarding to first value"),
    Fact("churn_reason", _S, "", "billing, CRM", "coded reason of the latest churn"),
    Fact("activation_rate", _D, "fraction", "computed", "activation criteria of a trial met"),
    Fact("health_score", _I, "0..100", "computed", "health score (section 5)"),
    Fact("engagement_score", _I, "0..100", "computed", "engagement score (section 6)"),
    Fact("engagement_trend", _S, "", "computed", "improving, stable or declining (section 7.1)"),
    Fact("churn_risk_score", _I, "0..100", "computed", "open churn signals, weighed (section 7.1)"),
    Fact("renewal_likelihood", _S, "", "computed", "green, amber or red (section 14.2)"),
    Fact("expansion_opportunity", _B, "", "computed", "an open opportunity exists"),
    Fact("expansion_closed", _B, "", "computed", "the opportunity being worked is won"),
    Fact("expansion_revenue", _D, "per month", "computed", "monthly revenue won in the present cycle"),
    Fact("seats_added", _I, "seats", "computed", "seats won in the present cycle"),
    Fact("revenue_lost", _D, "per month", "computed", "MRR at the moment of churn"),
    Fact("outcome_attainment", _D, "fraction", "computed", "mean progress over active success criteria"),
    Fact("referrals_made", _I, "activities", "computed", "verified referrals"),
    Fact("reviews_written", _I, "activities", "computed", "verified reviews"),
    Fact("case_studies", _I, "activities", "computed", "verified case studies"),
)

_LISTS = (
    ListFact("blocked_features", "feature ids", "app", "features behind the blocked attempts", 30, Feed.BLOCKED),
    ListFact("features_used", "feature ids", "usage", "distinct features used", 30, Feed.USAGE),
)

CATALOGUE: dict[str, Fact] = {fact.name: fact for fact in _ENTRIES}

REGISTRY: dict[str, Fact | ListFact] = {**CATALOGUE, **{fact.name: fact for fact in _LISTS}}

SINCE = frozenset({"still_no_login", "no_response", "no_followup", "no_improvement"})
"""Facts of a run rather than of a moment: they look back to its start."""

RECORDED = frozenset({
    "activation_rate", "health_score", "engagement_score", "engagement_trend", "churn_risk_score",
    "renewal_likelihood", "expansion_opportunity", "expansion_closed", "expansion_revenue", "seats_added",
    "revenue_lost", "outcome_attainment", "referrals_made", "reviews_written", "case_studies",
})  # fmt: skip
"""Results of rules, recorded with the moment they were computed for (table ``computed_metric``)."""


def samples() -> dict[str, object]:
    """One value per fact, of its type: to check a condition without a customer."""
    return {fact.name: _SAMPLES[fact.type] for fact in _ENTRIES}


def fact(name: str) -> Fact | ListFact:
    """The entry of that name.

    Raises:
        BadInput: the catalogue has no such fact.
    """
    try:
        return REGISTRY[name]
    except KeyError:
        raise BadInput(f"unknown fact '{name}'; known: {', '.join(sorted(REGISTRY))}", field="fact") from None
