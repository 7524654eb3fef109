"""Every fact of the catalogue for a page of customers, as of a moment (sections 0.1 and 0.3 of the domain).

A statement for each kind of row answers the whole page; columns come back aligned with its ids. Equal on SQLite and
PostgreSQL: what is divided is divided here. A fact never sees a later row, and of a customer that is not there every
fact is None. Facts of a run (``models.facts.SINCE``) are no columns.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from models.enums import Segment
from models.facts import RECORDED, REGISTRY, SINCE, Feed, fact
from persistence.fact_account import plans, stages, subscriptions, terms
from persistence.fact_billing import cancellations, invoices
from persistence.fact_limits import blocked, limits, seats
from persistence.fact_onboarding import onboardings
from persistence.fact_page import Columns, Page
from persistence.fact_recorded import recorded
from persistence.fact_relations import meetings, nps, outreach
from persistence.fact_support import competitors, tickets
from persistence.fact_usage import actions, conversations, features, logins, users
from rules.segments import guided

Reader = Callable[[Page], Awaitable[Columns]]

READERS: tuple[tuple[Reader, frozenset[str]], ...] = (
    (stages, frozenset({"stage"})),
    (terms, frozenset(
        {"plan", "segment", "has_csm", "has_email", "marketing_consent", "contract_length", "days_until_renewal"}
    )),
    (subscriptions, frozenset({"subscription_status", "trial_days_remaining", "days_as_customer"})),
    (plans, frozenset({"has_success_plan", "growth_potential", "churn_reason"})),
    (onboardings, frozenset(
        {"onboarding_completion", "onboarding_status", "first_value_reached", "time_to_value"}
    )),
    (logins, frozenset({"days_since_last_login", "logins", "logins_per_week"})),
    (users, frozenset({"active_users", "dau_mau_ratio"})),
    (actions, frozenset({"actions_performed", "usage_change_percent", "features_used_this_month"})),
    (features, frozenset({"features_used", "feature_adoption"})),
    (conversations, frozenset(
        {"conversations_per_week", "conversations_handled", "automation_rate", "avg_response_time_minutes"}
    )),
    (limits, frozenset({"usage_vs_limit"})),
    (blocked, frozenset({"blocked_feature_attempts", "blocked_features"})),
    (seats, frozenset({"team_size_change"})),
    (tickets, frozenset({
        "open_tickets", "high_severity_tickets", "support_tickets", "escalations", "avg_csat", "avg_csat_30_days",
    })),
    (competitors, frozenset({"competitor_mentioned"})),
    (nps, frozenset({"nps_score", "days_since_nps"})),
    (meetings, frozenset({"meetings_attended"})),
    (outreach, frozenset({"responses_to_outreach"})),
    (invoices, frozenset({"payment_health", "failed_payments"})),
    (cancellations, frozenset({"cancellation_requested"})),
    (recorded, RECORDED),
)  # fmt: skip
"""Each reader with the facts it answers: only those that are asked for something run."""

COLUMNS = tuple(name for name in REGISTRY if name not in SINCE)
"""Every fact that is a column."""


class FactPage(NamedTuple):
    """The facts of a page; ``facts[name][n]`` is that of ``ids[n]``, or None: unknown."""

    ids: tuple[str, ...]
    as_of: datetime
    facts: dict[str, list[Any]]

    def of(self, position: int) -> dict[str, Any]:
        """The facts of one customer of the page."""
        return {name: column[position] for name, column in self.facts.items()}


class FactColumns:
    """Reads pages of facts. ``has_kickoff`` says whether a segment's program has a kickoff step."""

    def __init__(self, connection: AsyncConnection, has_kickoff: Callable[[Segment], bool] = guided) -> None:
        self._connection = connection
        self._has_kickoff = has_kickoff

    async def read(
        self, ids: Sequence[str], names: Collection[str] = COLUMNS, *, as_of: datetime, cycle: int = 0
    ) -> FactPage:
        """The facts of these customers; ``cycle`` 0 is the onboarding that was the latest as of then.

        Raises:
            BadInput: the catalogue has no such fact.
            ValueError: a fact of a run, which no page has.
        """
        for name in names:
            fact(name)
            if name in SINCE:
                raise ValueError(f"'{name}' looks back to the start of a run")
        page = Page(self._connection, tuple(dict.fromkeys(ids)), as_of=as_of, cycle=cycle, wanted=names)
        found = await self.of(page, names)
        if len(page.ids) == len(ids):
            return found
        # Somebody is asked for twice.
        places = [page.place[each] for each in ids]
        return FactPage(
            tuple(ids), as_of, {name: [column[at] for at in places] for name, column in found.facts.items()}
        )

    async def of(self, page: Page, names: Collection[str]) -> FactPage:
        """The same of a page that is read for something else as well, and names each customer once."""
        if not page.ids:
            return FactPage((), page.as_of, {name: [] for name in names})
        there = await page.customers()
        wanted = set(names) | ({"segment"} if "has_kickoff" in names else set())
        found: dict[str, list[Any]] = {"has_kickoff": []}
        for reader, answers in READERS:
            if not wanted.isdisjoint(answers):
                found.update(await reader(page))
        if "has_kickoff" in wanted:
            found["has_kickoff"] = [
                None if each is None else self._has_kickoff(Segment(each)) for each in found["segment"]
            ]
        if len(there) < len(page.ids):
            present = [each in there for each in page.ids]
            found = {
                name: [value if here else None for value, here in zip(column, present, strict=True)]
                for name, column in found.items()
                if column
            }
        return FactPage(page.ids, page.as_of, {name: found[name] for name in names})

    async def reported(self, ids: Sequence[str], *, as_of: datetime) -> dict[Feed, list[datetime | None]]:
        """When each feed last said anything of each customer, by then; None: never."""
        page = Page(self._connection, ids, as_of=as_of)
        return {feed: page.column((await page.reported(feed)).get) for feed in Feed}
