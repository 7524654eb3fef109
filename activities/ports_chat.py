"""Telling our own people in their chat."""

from typing import Protocol

from models.outside import PostChat, Receipt


class AddressBook(Protocol):
    """Who somebody in the chat is."""

    async def email_of(self, user: str) -> str | None:
        """The confirmed address of one of our own people; None for a stranger, a bot, or somebody who left."""
        ...


class Chat(Protocol):
    """A chat of our company."""

    async def post(self, message: PostChat, key: str) -> Receipt:
        """To a person, or to the channel; buttons come back as interactions."""
        ...

    async def update(self, reference: str, text: str) -> Receipt:
        """Replace a message of ours."""
        ...
