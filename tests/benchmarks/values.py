"""The input of the hand-written workflows: what a person would pass, without a playbook."""

from models.base import Carried, Instant
from models.clock import Clock
from models.ids import CustomerId


class Asked(Carried):
    """A welcome to play for a customer."""

    workflow_id: str
    customer: CustomerId
    fingerprint: str
    started: Instant
    day: float = 0.0
    steps: int = 8
    clock: Clock = Clock()
