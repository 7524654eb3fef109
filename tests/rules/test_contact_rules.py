# ruff: noqa: E501 (tables read best with one case to a line)
"""May this message go now: consent, suppression, caps, and quiet hours around every clock change of ten years."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import MessageClass
from rules.contact import in_window, may_contact, within_cap
from tests.rules.making import BOUNDED

TRANSACTIONAL, RELATIONSHIP, MARKETING = MessageClass.TRANSACTIONAL, MessageClass.RELATIONSHIP, MessageClass.MARKETING
EVENING, MORNING = time(20), time(8)

ANSWERS = (True, False, None)
CONSENT = [
    *((TRANSACTIONAL, marketing, relationship, True) for marketing, relationship in product(ANSWERS, ANSWERS)),
    *((RELATIONSHIP, marketing, relationship, relationship is not False) for marketing, relationship in product(ANSWERS, ANSWERS)),
    *((MARKETING, marketing, relationship, marketing is True) for marketing, relationship in product(ANSWERS, ANSWERS)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "marketing", "relationship", "allowed"), CONSENT)
def test_marketing_needs_a_yes_and_relationship_only_the_absence_of_a_no(
    kind: MessageClass, marketing: bool | None, relationship: bool | None, allowed: bool
) -> None:
    verdict = may_contact(kind, consent_marketing=marketing, consent_relationship=relationship, suppressed=None)
    assert verdict.allowed is allowed
    assert bool(verdict.reason) is not allowed


@pytest.mark.parametrize("kind", MessageClass)
def test_a_suppressed_address_gets_transactional_mail_only(kind: MessageClass) -> None:
    verdict = may_contact(kind, consent_marketing=True, consent_relationship=True, suppressed="complaint")
    assert verdict.allowed is (kind is TRANSACTIONAL)
    assert verdict.reason == ("" if verdict.allowed else "address suppressed: complaint")


@pytest.mark.parametrize(("sent", "allowed"), [(0, True), (2, True), (3, False), (4, False)])
@pytest.mark.parametrize("kind", MessageClass)
def test_the_cap_counts_for_all_but_transactional_mail(kind: MessageClass, sent: int, allowed: bool) -> None:
    verdict = within_cap(kind, sent, 3)
    assert verdict.allowed is (allowed or kind is TRANSACTIONAL)
    if not verdict.allowed:
        assert verdict.reason == f"frequency cap: {sent} messages in 7 days, at most 3"


@pytest.mark.parametrize(
    ("sent", "cap", "priority", "allowed"),
    [
        (2, 3, 50, False), (2, 3, 79, False), (2, 3, 80, True), (3, 3, 100, False), (1, 3, 0, True),
        (0, 1, 50, True), (1, 1, 100, False), (0, 2, 50, True), (1, 2, 50, False), (1, 2, 80, True),
    ],
)  # fmt: skip
def test_the_last_message_of_the_week_is_kept_for_high_priority(
    sent: int, cap: int, priority: int, allowed: bool
) -> None:
    assert within_cap(RELATIONSHIP, sent, cap, priority).allowed is allowed
    assert within_cap(TRANSACTIONAL, sent, cap, priority).allowed


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[arg-type, misc]  # a table of date fields


# (zone, quiet from, until, now, when it opens; None: it is open)
WINDOWS = [
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 12), None),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 18, 59), None),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 19), utc(2026, 1, 11, 7)),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 23, 30), utc(2026, 1, 11, 7)),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 6, 59), utc(2026, 1, 10, 7)),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 1, 10, 7), None),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 3, 28, 22), utc(2026, 3, 29, 6)),
    ("Europe/Madrid", EVENING, MORNING, utc(2026, 10, 24, 22), utc(2026, 10, 25, 7)),
    ("America/Los_Angeles", EVENING, MORNING, utc(2026, 1, 10, 12), utc(2026, 1, 10, 16)),
    ("Asia/Kolkata", EVENING, MORNING, utc(2026, 1, 10, 15), utc(2026, 1, 11, 2, 30)),
    ("UTC", time(12), time(14), utc(2026, 1, 10, 13), utc(2026, 1, 10, 14)),
    ("UTC", time(9), time(9), utc(2026, 1, 10, 9), None),
    # 02:30 does not exist on the day the clocks go forward: it opens after the gap.
    ("Europe/Madrid", EVENING, time(2, 30), utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1, 30)),
    # 02:30 comes twice on the day they go back. From the second 02:10 it opens at the second 02:30.
    ("Europe/Madrid", EVENING, time(2, 30), utc(2026, 10, 25, 0, 10), utc(2026, 10, 25, 0, 30)),
    ("Europe/Madrid", EVENING, time(2, 30), utc(2026, 10, 25, 1, 10), utc(2026, 10, 25, 1, 30)),
]


@pytest.mark.parametrize(("zone", "quiet_from", "quiet_until", "now", "opens"), WINDOWS)
def test_the_window_is_that_of_the_recipients_wall_clock(
    zone: str, quiet_from: time, quiet_until: time, now: datetime, opens: datetime | None
) -> None:
    verdict = in_window(RELATIONSHIP, now, zone, quiet_from, quiet_until)
    assert (verdict.allowed, verdict.until) == (opens is None, opens)
    assert in_window(TRANSACTIONAL, now, zone, quiet_from, quiet_until).allowed


def test_without_a_zone_only_transactional_mail_goes() -> None:
    now = utc(2026, 1, 10, 12)
    verdict = in_window(MARKETING, now, None, EVENING, MORNING)
    assert (verdict.allowed, verdict.until, verdict.reason) == (False, None, "time zone unknown")
    assert in_window(TRANSACTIONAL, now, None, EVENING, MORNING).allowed


def quiet(now: datetime, zone: ZoneInfo, quiet_from: time, quiet_until: time) -> bool:
    """Written out a second time, minute by minute of the wall clock."""
    at, start, end = (60 * t.hour + t.minute for t in (now.astimezone(zone).time(), quiet_from, quiet_until))
    return (at - start) % 1440 < (end - start) % 1440


def respected(now: datetime, zone: str, quiet_from: time, quiet_until: time) -> None:
    verdict = in_window(RELATIONSHIP, now, zone, quiet_from, quiet_until)
    where = ZoneInfo(zone)
    assert verdict.allowed is not quiet(now, where, quiet_from, quiet_until)
    if not verdict.allowed:
        assert verdict.until is not None
        assert verdict.until > now
        assert verdict.until - now < timedelta(days=2)
        assert not quiet(verdict.until, where, quiet_from, quiet_until)
        assert in_window(RELATIONSHIP, verdict.until, zone, quiet_from, quiet_until).allowed


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """Every moment from 2026 to 2036 at which the zone's offset changes, to the minute."""
    step, at, end = timedelta(days=5), utc(2026, 1, 1), utc(2036, 1, 1)
    before = at.astimezone(zone).utcoffset()
    while at < end:
        after = (at + step).astimezone(zone).utcoffset()
        if after != before:
            low, high = at, at + step
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield high.replace(second=0, microsecond=0)
        at, before = at + step, after


def behaviours() -> list[str]:
    """One zone for each set of changes: links and zones that share their rules need one look."""
    found: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = (utc(2026, 1, 1) + timedelta(days=10 * n) for n in range(74))
        found.setdefault(tuple(at.astimezone(zone).utcoffset() for at in offsets), name)
    return list(found.values())


@pytest.mark.parametrize("window", [(EVENING, MORNING), (time(22, 30), time(2, 30)), (time(2, 15), time(1, 45))])
def test_quiet_hours_hold_around_every_clock_change_of_ten_years_in_every_zone(window: tuple[time, time]) -> None:
    around = [timedelta(minutes=m) for m in (-600, -90, -61, -60, -31, -1, 0, 1, 29, 59, 60, 61, 119, 120, 500)]
    for name in behaviours():
        for change in changes(ZoneInfo(name)):
            for near in around:
                respected(change + near, name, *window)


WALL = st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))


@BOUNDED
@given(
    st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: utc(2026, 1, 1) + timedelta(minutes=minutes)),
    st.sampled_from(sorted(available_timezones())),
    WALL,
    WALL,
)
def test_quiet_hours_hold_at_any_moment_in_any_zone(
    now: datetime, zone: str, quiet_from: time, quiet_until: time
) -> None:
    respected(now, zone, quiet_from, quiet_until)
