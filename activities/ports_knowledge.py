"""Pages of knowledge about an account."""

from typing import Protocol

from models.outside import Account, Receipt, SavePage
from models.outside_links import OutsidePage


class Knowledge(Protocol):
    """Keeps pages."""

    async def save_page(self, account: Account, page: SavePage, key: str) -> Receipt:
        """The page under our number; one that is there is left as people have edited it."""
        ...

    async def pages(self, customer: str) -> tuple[OutsidePage, ...]:
        """The pages that we made of a customer, the last changed first."""
        ...
