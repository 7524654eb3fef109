"""The store of a process, with whatever outside systems should hear of going into their outbox.

The worker makes the deliveries. The console and the command line only write them down: what a person changes there is
told like what a play changes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import NoReturn, TypeVar, cast

import settings_integrations
from activities.connected import NOTHING, Connected
from activities.ports import Store
from activities.telling import Telling
from activities.told_store import ToldStore
from composition import vendors
from intake.vendors.press import answer_button
from models.clock import utc_now
from models.errors import Misconfigured
from settings import Settings

AnyStore = TypeVar("AnyStore", bound=Store)


def telling(store: AnyStore, connected: Connected, settings: Settings) -> AnyStore:
    """The store, and who hears of what is written in it; everything else of the store is still there."""
    answer = None if settings.events_secret is None else partial(answer_button, settings.events_secret)
    told = ToldStore(store, Telling(connected, wall=utc_now, page=settings.console_url, answer=answer))
    return cast("AnyStore", told)


@asynccontextmanager
async def by_hand(store: AnyStore, settings: Settings) -> AsyncIterator[tuple[AnyStore, Connected]]:
    """The store of a process in which people change things, and what is connected there.

    Where the settings of the outside systems are wrong, looking still works; changing says what is wrong with them,
    because nobody could be told of the change.
    """
    try:
        given = settings_integrations.load()
    except Misconfigured as error:
        yield cast("AnyStore", _OnlyLooking(store, error)), NOTHING
        return
    if not given.wanted():
        yield store, NOTHING
        return
    async with vendors.client(given) as http:
        connected = vendors.connect(given, http)
        yield telling(store, connected, settings), connected


class _OnlyLooking(ToldStore):
    """A store that cannot be written because its changes could not be told."""

    def __init__(self, inner: Store, error: Misconfigured) -> None:
        super().__init__(inner, Telling(wall=utc_now))
        self._error = error

    def begin(self) -> NoReturn:
        """Refuse.

        Raises:
            Misconfigured: always.
        """
        raise self._error
