"""Virtual time: one affine map from the real clock, shared by every process and carried in every workflow's input.

With factor 1 and equal epochs it is the wall clock. ``--day 2s`` makes a calendar day pass in two seconds; ``--at``
moves the beginning. Wall time itself is used only for signatures and leases.
"""

from datetime import UTC, datetime, timedelta

from pydantic import Field

from models.base import Carried, Instant

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Clock(Carried):
    """virtual = virtual_epoch + (real - real_epoch) * factor."""

    real_epoch: Instant = _EPOCH
    virtual_epoch: Instant = _EPOCH
    factor: float = Field(default=1.0, gt=0)

    def virtual(self, real: datetime) -> datetime:
        """The virtual moment at a real one."""
        return (self.virtual_epoch + (real - self.real_epoch) * self.factor).astimezone(UTC)

    def real(self, virtual: datetime) -> datetime:
        """The real moment at which a virtual one comes."""
        return (self.real_epoch + (virtual - self.virtual_epoch) / self.factor).astimezone(UTC)

    def real_delay(self, until: datetime, now: datetime) -> timedelta:
        """How long to really wait from virtual ``now`` until virtual ``until``: whole seconds, rounded up.

        Temporal's timers resolve to a second; rounding up means a timer never fires before its virtual moment.
        """
        seconds = max((until - now).total_seconds(), 0.0) / self.factor
        return timedelta(seconds=-(-seconds // 1))


REAL = Clock()


def utc_now() -> datetime:
    """The wall clock, for composition roots only: everything else is given its time."""
    return datetime.now(UTC)  # noqa: TID251 (the one reader of the wall clock)
