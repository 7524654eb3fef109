"""What other systems keep about a customer and people look at there: recorded visits, pages."""

from models.base import Carried, Instant


class OutsideSession(Carried):
    """A recorded visit, to look at."""

    url: str
    at: Instant | None = None


class OutsidePage(Carried):
    """A page of knowledge about an account. The title is foreign text."""

    url: str
    title: str = ""
    changed_at: Instant | None = None
