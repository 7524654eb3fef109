"""Use of the product, and what the plan allows (section 0.3 of the domain)."""

from datetime import timedelta

from activities.ports import Transaction
from intake.facts_reading import Handler, Heard, Reading
from models import event_account as said
from models.event_kinds import EventType
from models.events import Event
from models.told import Told

ABSENCE = timedelta(days=7)
"""A login after so long an absence may end a risk: its customer is looked at again at once."""


async def _login(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.LoggedIn)
    days = await tx.usage_told.login(told, data.user_id)
    return Heard(notable=days is not None and days > ABSENCE.days)


async def _usage(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.UsageReported)
    await tx.usage_told.usage(
        told, data.day, data.feature, count=data.count, duration_seconds=data.duration_seconds, errors=data.errors
    )
    return Heard()


async def _conversations(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.ConversationsReported)
    await tx.usage_told.conversations(
        told, data.day, handled=data.handled, automated=data.automated, response_seconds=data.response_seconds
    )
    return Heard()


async def _leads(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.LeadsReported)
    await tx.usage_told.leads(told, data.day, data.captured)
    return Heard()


async def _limit(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.LimitReported)
    await tx.usage_told.limit(told, data.name, data.used, data.allowed)
    return Heard()


async def _blocked(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.FeatureBlocked)
    await tx.usage_told.blocked(told, data.feature)
    return Heard()


async def _seats(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.SeatsReported)
    await tx.usage_told.seats(told, data.seats)
    return Heard()


async def _growth(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.GrowthPotentialSet)
    await tx.usage_told.growth(told, data.value, data.by)
    return Heard()


async def _source(tx: Transaction, event: Event, told: Told, reading: Reading) -> Heard:
    data = event.said()
    assert isinstance(data, said.SourceReported)
    await tx.usage_told.source(told, data.feed)
    return Heard()


HANDLERS: dict[EventType, Handler] = {
    EventType.USER_LOGGED_IN: _login,
    EventType.USAGE_REPORTED: _usage,
    EventType.CONVERSATIONS_REPORTED: _conversations,
    EventType.LEADS_REPORTED: _leads,
    EventType.LIMIT_REPORTED: _limit,
    EventType.FEATURE_BLOCKED: _blocked,
    EventType.SEATS_REPORTED: _seats,
    EventType.GROWTH_POTENTIAL_SET: _growth,
    EventType.SOURCE_REPORTED: _source,
}
