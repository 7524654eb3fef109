"""What a command works with: settings, store, clock, and a Temporal client when it asks for one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from temporalio.client import Client

from activities.connected import NOTHING, Connected
from composition.telling_store import by_hand
from models.clock import Clock, utc_now
from models.errors import Refused
from persistence import migrate
from persistence.engine import Database
from persistence.keys import CustomerKeyStore
from persistence.store import SqlStore
from settings import Settings, load
from stack import clock_file
from stack.client import connect


class Context:
    """Collaborators of one command."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, connected: Connected = NOTHING) -> None:
        """Made by :func:`open_context`. ``store`` tells those who are ``connected``."""
        self.connected = connected
        self.settings = settings
        self.store = store
        self.clock = clock
        self._client: Client | None = None

    @property
    def engine(self) -> Database:
        """The database behind the store."""
        return self.store.database

    def now(self) -> datetime:
        """The present moment of the stack's clock."""
        return self.clock.virtual(utc_now())

    def wall(self) -> datetime:
        """The present moment of the real clock, of which tries and leases are."""
        return utc_now()

    async def temporal(self) -> Client:
        """The client, connected once.

        Raises:
            Retryable: no server answers.
        """
        if self._client is None:
            self._client = await connect(self.settings, CustomerKeyStore(self.store.database))
        return self._client


@asynccontextmanager
async def open_context() -> AsyncIterator[Context]:
    """From the environment.

    Raises:
        Misconfigured: a setting is wrong.
        Refused: the database is not there or not migrated.
    """
    settings = load()
    if not migrate.is_current(settings.database):
        why = "the database is not set up, or of an older release"
        raise Refused(f"{why}: start the stack (make run) or run `starter.py migrate`")
    store = SqlStore.open(settings.database)
    try:
        async with by_hand(store, settings) as (told, connected):
            yield Context(settings, told, clock_file.read(settings.home), connected)
    finally:
        await store.close()
