"""A whole book, parsed before anything is written: what is small is held, usage and tickets are read again to load."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from intake.csv import convert
from intake.csv.columns import Column
from intake.csv.mapping import Mapping, RepeatedUsageIds
from intake.csv.reader import CsvReader
from intake.csv.tally import Source, Tally
from models.book import BookAccount, BookChurn, BookSubscription, BookTicket, BookUsage
from models.errors import BadInput

V = TypeVar("V", bound=BaseModel)


class ParsedBook:
    """The files of a directory under a mapping.

    Raises:
        BadInput: a file or a column is not there, or every row of a file is refused.
    """

    def __init__(self, directory: Path, mapping: Mapping) -> None:
        self._directory, self.mapping = directory, mapping
        self.tallies: list[Tally] = []
        self.accounts: dict[str, BookAccount] = {}
        self.subscriptions: dict[str, BookSubscription] = {}
        self.churn: list[BookChurn] = []
        self.usage: Source[BookUsage] | None = None
        self.tickets: Source[BookTicket] | None = None
        self._sources()

    def _sources(self) -> None:
        """Check every header first, then read: a wrong mapping is known before the long part."""
        files, mapping = self.mapping.files, self.mapping
        accounts = Source(self._reader("accounts", files.accounts), mapping, convert.account, lambda row: row.id)
        subscriptions = Source(
            self._reader("subscriptions", files.subscriptions),
            mapping, convert.subscription, lambda row: row.id, lambda row: self._no_account(row.customer),
        )  # fmt: skip
        churn = None if files.churn is None else Source(
            self._reader("churn", files.churn),
            mapping, convert.churn, lambda row: row.id, lambda row: self._no_account(row.customer),
        )  # fmt: skip
        self.tickets = None if files.tickets is None else Source(
            self._reader("tickets", files.tickets),
            mapping, convert.ticket, lambda row: row.id, lambda row: self._no_account(row.customer),
        )  # fmt: skip
        self.usage = None if files.usage is None else Source(
            self._reader("usage", files.usage),
            mapping, convert.usage, self._usage_identity, lambda row: self._no_subscription(row.subscription),
        )  # fmt: skip
        self.accounts = {row.id: row for row in self._held(accounts)}
        self.subscriptions = {row.id: row for row in self._held(subscriptions)}
        self.churn = self._held(churn) if churn else []
        self._survey_tickets()
        self._survey_usage()

    def _reader(self, name: str, section: Any) -> CsvReader:
        reader = CsvReader(
            self._directory / section.file,
            encoding=self.mapping.encoding,
            delimiter=self.mapping.delimiter,
            empty_values=self.mapping.empty_values,
        )
        columns = [(f"files.{name}.columns.{k}", v.column) for k, v in section.columns if isinstance(v, Column)]
        self.tallies.append(Tally(section.file, reader.require(columns)))
        return reader

    def assumed(self) -> list[str]:
        """What follows from the mapping's choices and from columns it does not name."""
        mapping, files = self.mapping, self.mapping.files
        subscriptions = files.subscriptions.columns
        said = [
            f"Paid subscriptions running at once: {mapping.overlaps.value}; plan and term are the latest started's.",
            f"A service ends by: {mapping.service_ends_by.value}.",
            f"A usage id seen again: {mapping.repeated_usage_ids.value}.",
        ]
        if subscriptions.is_trial is None:
            said.append("No column says which subscriptions are trials: all are taken as paid.")
        else:
            said.append(f"A trial lasts {mapping.trial_days} days from its start.")
        if subscriptions.currency is None:
            said.append(f"No column says a currency: every amount is in {mapping.currency}, as the mapping states.")
        if subscriptions.billing is None or subscriptions.auto_renew is None:
            said.append("Terms or automatic renewal are not told: renewal dates are unknown.")
        return said

    def tally(self, file: str) -> Tally:
        """The counts of a file."""
        return next(tally for tally in self.tallies if tally.file == file)

    def _held(self, source: Source[V]) -> list[V]:
        tally = self.tally(source.file)
        values = list(source.values(tally))
        tally.require_some()
        return values

    def _no_account(self, account: str) -> str | None:
        return None if account in self.accounts else f"no account {account!r} was loaded"

    def _no_subscription(self, subscription: str) -> str | None:
        return None if subscription in self.subscriptions else f"no subscription {subscription!r} was loaded"

    def _usage_identity(self, row: BookUsage) -> object:
        if self.mapping.repeated_usage_ids is RepeatedUsageIds.KEEP_FIRST:
            return row.id
        return (row.id, row.subscription, row.day, row.feature)

    def _survey_tickets(self) -> None:
        if self.tickets is None:
            return
        tally = self.tally(self.tickets.file)
        for row in self.tickets.values(tally):
            signed_up = self.accounts[row.customer].signup_date
            tally.notes["opened before its account signed up: kept as it is"] += (
                signed_up is not None and row.opened.date() < signed_up
            )
        tally.require_some()

    def _survey_usage(self) -> None:
        if self.usage is None:
            return
        tally, ids = self.tally(self.usage.file), Counter[str]()
        for row in self.usage.values(tally):
            own = self.subscriptions[row.subscription]
            tally.notes["dated before its subscription started: kept as usage of its account"] += row.day < own.started
            tally.notes["dated after its subscription ended: kept as usage of its account"] += (
                own.ended is not None and row.day > own.ended
            )
            ids[row.id] += 1
        tally.notes["share their id with other rows and count as rows of their own"] += sum(
            rows for rows in ids.values() if rows > 1
        )
        tally.require_some()

    def by_account(self) -> Iterable[tuple[BookAccount, list[BookSubscription], list[BookChurn]]]:
        """Every account with its own subscriptions and churn events."""
        subscriptions: defaultdict[str, list[BookSubscription]] = defaultdict(list)
        churn: defaultdict[str, list[BookChurn]] = defaultdict(list)
        for row in self.subscriptions.values():
            subscriptions[row.customer].append(row)
        for event in self.churn:
            churn[event.customer].append(event)
        for account in self.accounts.values():
            yield account, subscriptions[account.id], churn[account.id]


def directory_of(path: Path) -> Path:
    """The directory to import.

    Raises:
        BadInput: there is none.
    """
    if not path.is_dir():
        raise BadInput("expected a directory of CSV files", field="DIR", value=str(path))
    return path
