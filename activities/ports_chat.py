"""Telling our own people in their chat."""

from typing import Protocol

from models.outside import PostChat, Receipt


class Chat(Protocol):
    """A chat of our company."""

    async def post(self, message: PostChat, key: str) -> Receipt:
        """To a person, or to the channel; buttons come back as interactions."""
        ...

    async def update(self, reference: str, text: str) -> Receipt:
        """Replace a message of ours."""
        ...
