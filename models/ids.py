"""Identifiers: made and parsed in one place.

Customer ids are opaque to us and travel percent-encoded inside workflow ids, which are never encrypted: an id that
looks like an e-mail address is refused. Workflow ids follow section 20 of the domain.
"""

import re
import uuid
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple
from urllib.parse import quote, unquote

from pydantic import AfterValidator

from models.errors import BadInput

TASK_QUEUE = "steadfast"


def vendor_queue(task_queue: str, system: str) -> str:
    """The task queue of the calls to one outside system: its rate is limited there, for all workers together."""
    return f"{task_queue}-{system}"


def vendor_outbox_id(task_queue: str, system: str) -> str:
    """The one process that makes the deliveries to a system; two installations in one namespace have two."""
    return f"vendor:{system}" if task_queue == TASK_QUEUE else f"vendor:{system}:{task_queue}"


_CUSTOMER = re.compile(r"^[^\s\x00-\x1f\x7f@\ud800-\udfff]{1,128}\Z")


def check_customer_id(value: str) -> str:
    """Return the id, or say why it cannot be one."""
    if "@" in value:
        raise ValueError("looks like an e-mail address; customer ids are visible to operators and must be opaque")
    if not _CUSTOMER.match(value):
        raise ValueError("expected 1 to 128 characters without spaces or control characters")
    return value


CustomerId = Annotated[str, AfterValidator(check_customer_id)]


class Process(StrEnum):
    """The processes that carry a customer, by the first part of their workflow id."""

    CUSTOMER = "customer"
    ONBOARDING = "onboarding"
    SEQUENCE = "sequence"
    SAVE = "save"
    RENEWAL = "renewal"
    NPS = "nps"
    QBR = "qbr"
    REFERRAL = "referral"
    WEBHOOK = "webhook"


class WorkflowRef(NamedTuple):
    """A workflow id in its parts: ``onboarding:C-1:2`` is (ONBOARDING, "C-1", ("2",))."""

    process: Process
    customer: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ":".join([self.process, quote(self.customer, safe="-_.~"), *(quote(p, safe="-_.~") for p in self.parts)])


def lifecycle_id(customer: str) -> str:
    """``customer:<id>``."""
    return str(WorkflowRef(Process.CUSTOMER, customer))


def onboarding_id(customer: str, cycle: int) -> str:
    """``onboarding:<id>:<cycle>``."""
    return str(WorkflowRef(Process.ONBOARDING, customer, (str(cycle),)))


def sequence_id(customer: str, name: str, occurrence: int) -> str:
    """``sequence:<id>:<name>:<n>``."""
    return str(WorkflowRef(Process.SEQUENCE, customer, (name, str(occurrence))))


def save_id(customer: str, signal: str, occurrence: int) -> str:
    """``save:<id>:<signal>:<n>``."""
    return str(WorkflowRef(Process.SAVE, customer, (signal, str(occurrence))))


def renewal_id(customer: str, term: str) -> str:
    """``renewal:<id>:<term>``; the term by the date it ends on."""
    return str(WorkflowRef(Process.RENEWAL, customer, (term,)))


def nps_id(customer: str, survey: int) -> str:
    """``nps:<id>:<n>``: the n-th round of this customer."""
    return str(WorkflowRef(Process.NPS, customer, (str(survey),)))


def qbr_id(customer: str, quarter: str) -> str:
    """``qbr:<id>:<quarter>``, such as ``2026-Q1``."""
    return str(WorkflowRef(Process.QBR, customer, (quarter,)))


def referral_id(customer: str, referral: str) -> str:
    """``referral:<id>:<referral>``; the customer is the one who refers."""
    return str(WorkflowRef(Process.REFERRAL, customer, (referral,)))


def webhook_id(customer: str, delivery: int) -> str:
    """``webhook:<id>:<delivery>``."""
    return str(WorkflowRef(Process.WEBHOOK, customer, (str(delivery),)))


def sweep_id(day: date) -> str:
    """``sweep:<date>``: of the whole book, no customer's."""
    return f"sweep:{day.isoformat()}"


def parse_workflow_id(workflow_id: str) -> WorkflowRef:
    """The inverse of the functions above.

    Raises:
        BadInput: the id is not one of ours.
    """
    kind, _, rest = workflow_id.partition(":")
    pieces = [unquote(piece) for piece in rest.split(":")]
    if kind not in Process.__members__.values() or not pieces[0]:
        raise BadInput("not a customer's workflow id", field="workflow_id", value=workflow_id)
    return WorkflowRef(Process(kind), pieces[0], tuple(pieces[1:]))


def survey_id(workflow_id: str) -> str:
    """The id of the survey that an NPS round sends: opaque, since it is in a link, and one for each round."""
    return f"nps_{uuid.uuid5(uuid.NAMESPACE_URL, 'steadfast:' + workflow_id).hex}"


def effect_key(workflow_id: str, generation: int, step: str, occurrence: int = 0) -> str:
    """The key under which an effect is attempted: never the attempt nor the run, so that a retry or a reset finds it.

    An operator's restart raises ``generation`` after showing what would be sent again.
    """
    again = f"#{occurrence}" if occurrence else ""
    return f"{workflow_id}|{generation}|{step}{again}"


def new_id(prefix: str) -> str:
    """A fresh row id such as ``task_5f2c…``; only where nothing natural identifies the row."""
    return f"{prefix}_{uuid.uuid4().hex}"  # noqa: TID251 (this is the one place that makes ids)


def delivery_key(key: str) -> str:
    """The id under which a webhook is posted: the same for every attempt, and fit for a header."""
    return f"wh_{uuid.uuid5(uuid.NAMESPACE_URL, 'steadfast:' + key).hex}"


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the mail sent under an effect key: the same for every attempt, and says nothing of anyone."""
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, 'steadfast:' + key).hex}@{domain}>"
