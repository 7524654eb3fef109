"""Who is held out of a playbook: a keyed draw by account and experiment, and which playbooks may hold nobody out.

The draw is a hash, not a random number: asked again, by another process or by the simulator, it gives the same arm.
"""

import hashlib
import hmac
from datetime import datetime

from models.experiment import Arm, Assignment, Holdout
from models.playbook import Playbook

_BITS = 53
"""As many as a float holds exactly, so that the draw is the same number everywhere."""

NEVER = {
    "cancellation_requested": "a cancellation is acknowledged at once, for everybody (sections 14.2 and 16.8)",
    "payment_failed": "a customer whose payment failed is told, always",
    "signal_opened": "no churn signal goes unanswered (section 16.1)",
    "nps_processed:detractor": "no detractor goes without follow-up (section 16.2)",
    "customer_at_risk": "a customer at risk is escalated in time (section 16.6)",
    "health_dropped": "a customer at risk is escalated in time (section 16.6)",
    "qbr_due": "no quarterly review is skipped (section 16.5)",
}
"""Triggers whose playbooks are owed to every customer, by kind or by full name, with the reason."""


def refusal(playbook: Playbook) -> str | None:
    """Why this playbook may hold nobody out, or None if it may. Texts it sends are looked at by ``playbooks.check``."""
    if playbook.process == "onboarding":
        return "the onboarding program keeps the customer's record, which other rules read"
    return NEVER.get(playbook.trigger) or NEVER.get(playbook.trigger.partition(":")[0])


def experiment(playbook: Playbook) -> str:
    """The name of the playbook's experiment."""
    named = playbook.holdout.experiment if playbook.holdout is not None else None
    return named or playbook.id


def draw(name: str, salt: str, customer: str) -> float:
    """A number in [0, 1) for the account in the experiment, uniform over accounts and independent over experiments."""
    said = f"{len(name)}:{name}{customer}".encode()
    digest = hmac.new(salt.encode() or b"steadfast", said, hashlib.sha256).digest()
    return float(int.from_bytes(digest[:8]) >> (64 - _BITS)) / float(1 << _BITS)


def arm(holdout: Holdout, name: str, customer: str) -> Arm:
    """The account's arm. A larger fraction holds out those a smaller one did, and more."""
    return Arm.HOLDOUT if draw(name, holdout.salt, customer) < holdout.fraction else Arm.TREATED


def assignment(playbook: Playbook, customer: str, at: datetime) -> Assignment | None:
    """The row to store before the account may be exposed; None where the playbook holds nobody out.

    A row that is stored already wins over this one: an arm never changes once it is logged.
    """
    if playbook.holdout is None or refusal(playbook) is not None:
        return None
    name = experiment(playbook)
    drawn = arm(playbook.holdout, name, customer)
    return Assignment(
        customer=customer,
        experiment=name,
        playbook=playbook.id,
        arm=drawn,
        fraction=playbook.holdout.fraction,
        reason=f"eligible for {playbook.id} v{playbook.version}: {playbook.trigger}",
        at=at,
    )
