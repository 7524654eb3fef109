"""Showing a message in the product, where a system does that for us; our own feed needs no port."""

from typing import Protocol

from models.outside import Account, Receipt, ShowInApp


class InAppMessenger(Protocol):
    """Shows messages in the product."""

    async def show(self, account: Account, message: ShowInApp, key: str) -> Receipt:
        """Shown when the customer is next there."""
        ...
