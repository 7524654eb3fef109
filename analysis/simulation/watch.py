"""On which mornings a customer is looked at: after something happened to it, or did not happen for long."""

from collections.abc import Callable
from datetime import datetime

from analysis.simulation.agenda import Agenda
from analysis.simulation.calendar import LOGIN_LIMITS, first_sweep
from analysis.simulation.situation import Situation
from analysis.simulation.world import World

Look = Callable[[datetime], None]


class Watch:
    """Of one customer. Those of the calendar are known before (``calendar.mornings``)."""

    def __init__(self, world: World, who: Situation, agenda: Agenda) -> None:
        self._world, self._who, self._agenda = world, who, agenda
        self._next: datetime | None = None
        self._watching = False

    def after(self, at: datetime, look: Look) -> None:
        """Look on the morning after something changed; once, however much did."""
        morning = first_sweep(self._world, at)
        if self._world.daily and morning != self._next:
            self._next = morning
            self._agenda.push(morning, look)

    def logins(self, now: datetime, look: Look) -> None:
        """Look on the morning on which the absence is long enough; put off by every login till then."""
        if not self._world.daily or self._watching or not self._who.logins_known:
            return
        last = self._who.logins.last(now)
        first = next((at for days in LOGIN_LIMITS if (at := last + days) > now), None) if last else None
        if first is not None:
            self._watching = True
            self._agenda.push(first_sweep(self._world, first), self._absent, look)

    def _absent(self, now: datetime, look: Look) -> None:
        self._watching = False
        last = self._who.logins.last(now)
        if last is not None and now - last >= LOGIN_LIMITS[0]:
            look(now)
        self.logins(now, look)
