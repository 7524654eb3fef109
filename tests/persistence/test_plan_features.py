"""What a plan offers changes from a day on, and a past day keeps what it knew."""

from datetime import date, timedelta

from models.enums import Plan
from persistence.engine import Database
from persistence.plan_features import PlanFeatureTable

FIRST, SECOND = date(2026, 1, 1), date(2026, 5, 1)


async def test_a_feature_that_goes_is_still_known_of_the_days_before(database: Database) -> None:
    async with database.write() as connection:
        table = PlanFeatureTable(connection)
        await table.offer({Plan.PRO: ("bots", "api"), Plan.STARTER: ("bots",)}, since=FIRST)
        await table.offer({Plan.PRO: ("bots", "sso")}, since=SECOND)
        await table.offer({Plan.PRO: ("bots", "sso")}, since=SECOND)
        assert await table.offered(FIRST - timedelta(days=1)) == {}
        assert (await table.offered(SECOND - timedelta(days=1)))[Plan.PRO] == ("api", "bots")
        assert await table.offered(SECOND) == {Plan.PRO: ("bots", "sso"), Plan.STARTER: ("bots",)}
