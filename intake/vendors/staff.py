"""Which of our own people pressed a button: named by the settings, else by the address that the chat knows of them.

Asked before anything is stored, because it may mean a call; who cannot be told answers nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from activities.ports_chat import AddressBook
from models.errors import SteadfastError
from models.records import Csm
from models.vendor import Notice

PERSON = "person"
"""Key of a notice's body: who pressed, as we know them. A vendor's file builds the body and never sets it."""

PATIENCE = 2.0
"""Seconds: the chat waits for three until it tells the person that it did not work."""


class Staff:
    """``named``: id of the chat's user to id of a manager of ours; ``book``: tells addresses."""

    def __init__(
        self, named: Mapping[str, str] = MappingProxyType({}), book: AddressBook | None = None, vendor: str = "slack"
    ) -> None:
        self._named, self._book, self._vendor = named, book, vendor

    async def introduce(self, vendor: str, notices: Sequence[Notice]) -> list[Notice]:
        """The notices of presses, with who pressed."""
        if vendor != self._vendor:
            return list(notices)
        users = {str(one.body["user"]) for one in notices if isinstance(one.body.get("user"), str)}
        known = {user: await self._who(user) for user in sorted(users)}
        return [
            one.model_copy(update={"body": {**one.body, PERSON: known[str(one.body["user"])]}})
            if str(one.body.get("user")) in known
            else one
            for one in notices
        ]

    async def _who(self, user: str) -> str:
        """Id or address of one of ours; empty where nobody can tell."""
        if user in self._named:
            return self._named[user]
        if self._book is None:
            return ""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._book.email_of(user) or ""
        except (SteadfastError, TimeoutError):
            return ""


def one_of_ours(managers: Sequence[Csm], person: str) -> Csm | None:
    """The manager of that id or address; None where it is nobody's, or more than one's."""
    said = person.casefold()
    found = [one for one in managers if said and said in (one.id.casefold(), one.email.casefold())]
    return found[0] if len(found) == 1 else None
