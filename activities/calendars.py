"""A run's calendar looked up again, before what it knows of holidays and clocks runs out."""

from datetime import timedelta

from temporalio import activity

from activities.places import Places
from activities.ports import Store
from models.calendar import Calendar
from models.play import CalendarAsked

OVERLAP = timedelta(days=30)
"""The new one begins so long ago: what happened lately may still be an anchor."""


class CalendarActivities:
    """Local activities about calendars."""

    def __init__(self, store: Store, places: Places) -> None:
        """Where customers are found, and calendars."""
        self._store = store
        self._places = places

    @activity.defn
    async def renew_calendar(self, asked: CalendarAsked) -> Calendar | None:
        """Of the place where the customer is now; None: there is no such customer any more."""
        async with self._store.read() as tx:
            customer = await tx.customers.get(asked.customer)
        return None if customer is None else self._places.of(customer, asked.now - OVERLAP)
