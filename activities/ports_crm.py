"""Writing to systems that keep accounts: a CRM or a CS platform. Each writes what it can; nobody can do all."""

from typing import Protocol

from models.outside import Account, AddNote, AddTask, OutsideAccount, Page, Receipt, ReportPlay, SaveDeal


class AccountWriter(Protocol):
    """Keeps stage, health and plays of an account."""

    async def save_account(self, account: Account, key: str) -> Receipt:
        """As it is now; saving it again changes nothing."""
        ...


class TaskWriter(Protocol):
    """Keeps tasks for people."""

    async def add_task(self, account: Account, task: AddTask, key: str) -> Receipt:
        """A task on the account."""
        ...


class NoteWriter(Protocol):
    """Keeps notes."""

    async def add_note(self, account: Account, note: AddNote, key: str) -> Receipt:
        """A note on the account."""
        ...


class DealWriter(Protocol):
    """Keeps renewals and opportunities."""

    async def save_deal(self, account: Account, deal: SaveDeal, key: str) -> Receipt:
        """The deal under our number."""
        ...


class PlayReporter(Protocol):
    """Is told which plays run."""

    async def report_play(self, account: Account, play: ReportPlay, key: str) -> Receipt:
        """A play began or ended."""
        ...


class AccountReader(Protocol):
    """Lists its accounts."""

    async def accounts(self, cursor: str | None = None) -> Page[OutsideAccount]:
        """A page; ``next`` is the cursor of the following one."""
        ...
