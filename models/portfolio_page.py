"""A portfolio report as it is written to a page, to tables, and to JSON."""

from models.base import Carried
from models.portfolio_book import Demonstration
from models.report import Published, ReportContent, Verdict
from models.report_checklist import ItemState
from models.validation import ValidationResult


class PortfolioPage(Carried):
    """``id`` empty: kept nowhere. ``items`` and ``validation`` are those of the moment at which the page was made."""

    id: str
    content: ReportContent
    sha256: str
    items: tuple[ItemState, ...] = ()
    claims: tuple[Verdict, ...] = ()
    validation: ValidationResult | None = None
    published: Published | None = None
    demonstration: Demonstration | None = None

    @property
    def open_items(self) -> tuple[ItemState, ...]:
        """What publication still waits for."""
        return tuple(one for one in self.items if one.item.gates and not one.done)
