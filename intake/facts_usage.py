"""Use of the product, and what the plan allows (section 0.3 of the domain)."""

from datetime import timedelta

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading, of
from models import event_account as said
from models.event_kinds import EventType
from models.told import Told

ABSENCE = timedelta(days=7)
"""A login after so long an absence may end a risk: its customer is looked at again at once."""


async def _login(tx: Transaction, data: said.LoggedIn, told: Told, reading: Reading) -> Heard:
    days = await tx.usage_told.login(told, data.user_id)
    return Heard(notable=days is not None and days > ABSENCE.days)


async def _usage(tx: Transaction, data: said.UsageReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.usage(
        told, data.day, data.feature, count=data.count, duration_seconds=data.duration_seconds, errors=data.errors
    )


async def _conversations(tx: Transaction, data: said.ConversationsReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.conversations(
        told, data.day, handled=data.handled, automated=data.automated, response_seconds=data.response_seconds
    )


async def _leads(tx: Transaction, data: said.LeadsReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.leads(told, data.day, data.captured)


async def _limit(tx: Transaction, data: said.LimitReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.limit(told, data.name, data.used, data.allowed)


async def _blocked(tx: Transaction, data: said.FeatureBlocked, told: Told, reading: Reading) -> None:
    await tx.usage_told.blocked(told, data.feature)


async def _seats(tx: Transaction, data: said.SeatsReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.seats(told, data.seats)


async def _growth(tx: Transaction, data: said.GrowthPotentialSet, told: Told, reading: Reading) -> None:
    await tx.usage_told.growth(told, data.value, data.by)


async def _source(tx: Transaction, data: said.SourceReported, told: Told, reading: Reading) -> None:
    await tx.usage_told.source(told, data.feed)


HANDLERS: dict[EventType, Handler] = {
    EventType.USER_LOGGED_IN: of(said.LoggedIn, _login),
    EventType.USAGE_REPORTED: of(said.UsageReported, _usage),
    EventType.CONVERSATIONS_REPORTED: of(said.ConversationsReported, _conversations),
    EventType.LEADS_REPORTED: of(said.LeadsReported, _leads),
    EventType.LIMIT_REPORTED: of(said.LimitReported, _limit),
    EventType.FEATURE_BLOCKED: of(said.FeatureBlocked, _blocked),
    EventType.SEATS_REPORTED: of(said.SeatsReported, _seats),
    EventType.GROWTH_POTENTIAL_SET: of(said.GrowthPotentialSet, _growth),
    EventType.SOURCE_REPORTED: of(said.SourceReported, _source),
}
