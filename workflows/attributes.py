"""Search attributes: what an operator can list by. Never personal data: they are not encrypted."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from models.enums import WaitingFor
from models.play import PlayStart

CUSTOMER_ID = SearchAttributeKey.for_keyword("CustomerId")
PLAYBOOK = SearchAttributeKey.for_keyword("Playbook")
PLAYBOOK_VERSION = SearchAttributeKey.for_keyword("PlaybookVersion")
STAGE = SearchAttributeKey.for_keyword("Stage")
HEALTH_GRADE = SearchAttributeKey.for_keyword("HealthGrade")
OWNER = SearchAttributeKey.for_keyword("Owner")
PLAN = SearchAttributeKey.for_keyword("Plan")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")

SEARCH_ATTRIBUTES: dict[str, str] = {
    key.name: "Keyword"
    for key in (CUSTOMER_ID, PLAYBOOK, PLAYBOOK_VERSION, STAGE, HEALTH_GRADE, OWNER, PLAN, WAITING_FOR)
}
"""Name to type, for whoever registers them."""


def _pairs(**values: tuple[SearchAttributeKey[str], str]) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values.values() if value])


def lifecycle_attributes(customer: str, plan: str = "", owner: str = "") -> TypedSearchAttributes:
    """At the start of a customer's lifecycle; its stage follows with the first decision."""
    return _pairs(
        customer=(CUSTOMER_ID, customer),
        plan=(PLAN, plan),
        owner=(OWNER, owner),
        waiting=(WAITING_FOR, WaitingFor.CUSTOMER.value),
    )


def play_attributes(start: PlayStart) -> TypedSearchAttributes:
    """At the start of a play: free of charge there, so everything known is set."""
    return _pairs(
        customer=(CUSTOMER_ID, start.customer),
        playbook=(PLAYBOOK, start.playbook.id),
        version=(PLAYBOOK_VERSION, playbook_version(start)),
        plan=(PLAN, start.plan),
        owner=(OWNER, start.owner),
        waiting=(WAITING_FOR, WaitingFor.TIMER.value),
    )


def playbook_version(start: PlayStart) -> str:
    """Version and fingerprint, as operators list by them."""
    return f"{start.playbook.version}-{start.fingerprint}"


def lifecycle_summary(customer: str) -> str:
    """One line for the list of runs."""
    return f"Lifecycle of customer {customer}"


def play_summary(start: PlayStart) -> str:
    """One line for the list of runs."""
    return f"{start.playbook.title} v{start.playbook.version} for customer {start.customer}"


def delivery_attributes(customer: str, waiting: WaitingFor) -> TypedSearchAttributes:
    """At the start of a webhook delivery."""
    return _pairs(customer=(CUSTOMER_ID, customer), waiting=(WAITING_FOR, waiting.value))
