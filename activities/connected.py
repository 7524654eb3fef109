"""What is connected, by purpose: made by a composition root from the settings, empty by default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from activities.ports import Mailer
from activities.ports_analytics import SessionReader, UsageReader
from activities.ports_billing import BillingReader
from activities.ports_chat import AddressBook, Chat
from activities.ports_crm import AccountReader, AccountWriter, DealWriter, NoteWriter, PlayReporter, TaskWriter
from activities.ports_in_app import InAppMessenger
from activities.ports_knowledge import Knowledge
from activities.ports_meetings import Scheduler
from activities.ports_pull import EventLog
from activities.ports_surveys import SurveyLinks
from activities.ports_tickets import TicketReader
from models.outside import Shareable, Standing, System


class Checkable(Protocol):
    """Every adapter."""

    async def check(self) -> Standing:
        """A harmless call: connected, as whom, with what missing."""
        ...


@dataclass(frozen=True)
class Connected:
    """Ports by purpose. ``told``: the systems that hear of every account, its tasks and its plays."""

    told: tuple[System, ...] = ()
    share: frozenset[Shareable] = frozenset()
    checks: Mapping[System, Checkable] = field(default_factory=dict)

    accounts: Mapping[System, AccountWriter] = field(default_factory=dict)
    tasks: Mapping[System, TaskWriter] = field(default_factory=dict)
    notes: Mapping[System, NoteWriter] = field(default_factory=dict)
    deals: Mapping[System, DealWriter] = field(default_factory=dict)
    plays: Mapping[System, PlayReporter] = field(default_factory=dict)
    readers: Mapping[System, AccountReader] = field(default_factory=dict)

    in_app: Mapping[System, InAppMessenger] = field(default_factory=dict)
    chat: Mapping[System, Chat] = field(default_factory=dict)
    people: Mapping[System, AddressBook] = field(default_factory=dict)
    knowledge: Mapping[System, Knowledge] = field(default_factory=dict)
    meetings: tuple[System, Scheduler] | None = None
    tickets: tuple[System, TicketReader] | None = None
    usage: tuple[System, UsageReader] | None = None
    sessions: tuple[System, SessionReader] | None = None
    billing: tuple[System, BillingReader] | None = None
    answers: tuple[System, EventLog] | None = None
    mailer: tuple[System, Mailer] | None = None
    surveys: SurveyLinks | None = None

    @property
    def written(self) -> tuple[System, ...]:
        """The systems that deliveries are made to, in a fixed order."""
        return tuple(sorted({*self.accounts, *self.tasks, *self.in_app, *self.chat, *self.knowledge}))

    @property
    def systems(self) -> tuple[System, ...]:
        """Everything configured, in a fixed order."""
        return tuple(sorted(self.checks))


NOTHING = Connected()
"""Nobody outside: how the tests and a first look run."""
