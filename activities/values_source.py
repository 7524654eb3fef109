"""Where the values of messages come from: each source names what it can tell and is asked only for what is wanted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from activities.ports import Transaction
from models.enums import Language
from models.records import Csm, Customer

Values = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """For whom and for what values are gathered.

    ``workflow_id`` is the run's: what was answered or drafted in it is of this message. ``now``: when it is sent.
    """

    customer: Customer
    csm: Csm | None
    language: Language
    template: str
    workflow_id: str
    now: datetime


class Source(Protocol):
    """A group of values. A value we do not know is not there, never invented."""

    NAMES: frozenset[str]

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """What is known of them."""
        ...
