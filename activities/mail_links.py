"""Links of outside systems in a mail: one booking of a meeting, the unpaid invoice. Made before the mail is written.

Where the system does not answer, the mail says what it says without it: the manager's calendar, the product's page.
"""

from activities.circuits import Circuits
from activities.meeting_links import MeetingLinks
from activities.ports import Store
from activities.ports_billing import BillingReader
from activities.values_source import Values
from models.errors import SteadfastError
from models.outside import System
from models.play import StepInput


class MailLinks:
    """Asks those that are connected. ``billing``: who knows the page of an invoice."""

    NAMES = frozenset({"calendar_link", "payment_url"})

    def __init__(
        self,
        store: Store,
        circuits: Circuits,
        booking: MeetingLinks | None,
        billing: tuple[System, BillingReader] | None,
    ) -> None:
        self._store, self._circuits = store, circuits
        self._booking, self._billing = booking, billing

    async def make(self, step: StepInput, template: str, wanted: frozenset[str]) -> Values:
        """Those of the wanted that could be made."""
        made: Values = {}
        if "calendar_link" in wanted and (link := await self._calendar(step, template)):
            made["calendar_link"] = link
        if "payment_url" in wanted and (link := await self._invoice(step)):
            made["payment_url"] = link
        return made

    async def _calendar(self, step: StepInput, template: str) -> str:
        if self._booking is None:
            return ""
        try:
            return await self._booking.link(step.key, step.customer, template)
        except SteadfastError:
            return ""

    async def _invoice(self, step: StepInput) -> str:
        if self._billing is None:
            return ""
        system, billing = self._billing
        async with self._store.begin() as tx:
            unpaid = await tx.evidence.unpaid_invoice(step.customer, step.now)
        if unpaid is None:
            return ""
        number = unpaid.id
        try:
            return await self._circuits.call(system, lambda: billing.invoice_link(number)) or ""
        except SteadfastError:
            return ""
