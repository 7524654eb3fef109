"""One customer evaluated as of now, in the transaction of the event that asks for it (section 3.5, cadence).

Called where an event has changed an input: a payment, a login after an absence, an answer, a ticket, a step, an
opportunity closed. What the evaluation opens or clears is told to the customer's process through the inbox; the stage
change it asks for is returned, and made by the caller, whose occurrence is its cause.
"""

from collections.abc import Callable
from datetime import datetime

from activities.ports import Transaction
from models.event_making import STEADFAST
from models.health import HealthConfigs
from models.standing import Calendar, Evaluated, RuleBook
from rules import evaluation


class Evaluator:
    """Evaluates customers one by one, with the very rules of the daily sweep."""

    def __init__(self, configs: HealthConfigs, calendar: Callable[[datetime], Calendar], book: RuleBook) -> None:
        """``calendar``: the day of a moment in the business calendar; ``book``: thresholds and limits."""
        self._configs = configs
        self._calendar = calendar
        self._book = book
        self._reads = evaluation.reads(configs)

    async def evaluate(self, tx: Transaction, customer: str, *, at: datetime) -> Evaluated | None:
        """Decide on the customer as of ``at`` and store everything but the stage change: that is ``verdict``.

        None when there is nothing to evaluate: no such customer, or a later evaluation, import or stage is known, so
        that these facts are history. Asked again for the same moment, it decides and writes nothing new.
        """
        standings, facts = await tx.decisions.read([customer], self._reads, as_of=at)
        if not standings or not standings[0].live:
            return None
        known = {name: column[0] for name, column in facts.items()}
        when = self._calendar(at)._replace(daily=False)
        found = evaluation.decide_one(self._configs, standings[0], known, at, when, self._book)
        await tx.decisions.write([found], source=STEADFAST, now=at, stages=False)
        return found
