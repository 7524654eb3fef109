"""The verb that writes a page about an account where our people keep their knowledge (section 2, Notion).

The page is for us: a handover, what to know before a call. It is written down here with the step, and kept there by the
outbox; how the account stands is added when it is delivered, as far as the settings share it.
"""

from temporalio import activity

from activities.frame import Frame, done, skipped
from activities.house import House
from activities.ports import Store, Transaction
from activities.telling import Telling
from models.actions import WritePage
from models.ids import delivery_key
from models.outside import SavePage
from models.play import StepInput
from models.records import Customer
from models.run import StepResult


class PageActivities:
    """One verb."""

    def __init__(self, store: Store, house: House, telling: Telling) -> None:
        """Collaborators: rows, whose language our people read, and who keeps pages."""
        self._frame, self._house, self._telling = Frame(store), house, telling

    @activity.defn
    async def write_page(self, step: StepInput) -> StepResult:
        """Once; where no system keeps pages, it is skipped and says so."""
        return await self._frame.run(step, self._write)

    async def _write(self, tx: Transaction, step: StepInput, customer: Customer) -> StepResult:
        if not self._telling.keeps_pages:
            return skipped("no system keeps pages (STEADFAST_KNOWLEDGE)")
        asked = WritePage.model_validate(step.params, extra="ignore")
        language = self._house.language
        page = SavePage(
            number=f"{customer.id}/{delivery_key(step.key)}",
            title=asked.title.get(language) or next(iter(asked.title.values())),
            paragraphs=tuple(texts.get(language) or next(iter(texts.values())) for texts in asked.paragraphs),
            account=asked.account,
        )
        await self._telling.knowledge(tx, customer.id, page, step.key, step.workflow_id, step.now)
        return done(f"page asked for: {page.title}")
