"""What activities need to know of the company they act for: names, addresses, hours. Given by the composition root."""

from datetime import time

from models.base import Value
from models.calendar import Hours
from models.enums import Language
from models.records import Csm, Customer


class House(Value):
    """The company's own facts, from settings."""

    product_name: str
    product_url: str
    public_url: str
    team_name: str
    team_email: str
    team_calendar: str
    language: Language
    default_zone: str
    quiet_from: time
    quiet_until: time
    weekly_cap: int
    share_email: bool = False
    share_mrr: bool = False
    webhooks: frozenset[str] = frozenset()
    mail_domain: str = "steadfast.invalid"
    currency: str = "EUR"
    country: str = "ES"
    hours: Hours = Hours()

    def language_of(self, customer: Customer) -> Language:
        """The customer's language where it is one of ours, else the house's."""
        code = (customer.locale or "")[:2]
        return Language(code) if code in Language.__members__.values() else self.language

    def zone_of(self, customer: Customer) -> str | None:
        """The recipient's zone. The house's is stated for its own signups; an imported book states its own or none."""
        return customer.timezone or (None if customer.imported_at else self.default_zone)

    def sender(self, csm: Csm | None) -> tuple[str, str]:
        """Name and address mail comes from: the manager, or the team (M4, G14)."""
        return (csm.name, csm.email) if csm is not None else (self.team_name, self.team_email)

    def calendar(self, csm: Csm | None) -> str:
        """Where to book: the manager's calendar, or the team's."""
        return (csm.calendar_link if csm is not None else "") or self.team_calendar

    def link(self, path: str) -> str:
        """An address in the product."""
        return f"{self.product_url.rstrip('/')}/{path.lstrip('/')}"
