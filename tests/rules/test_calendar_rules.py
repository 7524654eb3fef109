"""Local moments over every zone, ten years and every clock change: nothing outside its window, and nothing drifts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.calendars import LibraryCalendars
from models.calendar import HORIZON_DAYS, Calendar, Hours
from models.contact import SendWindow
from models.errors import BadInput
from rules import calendar as rules
from rules.contact import in_send_window
from tests.rules.making import BOUNDED


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[arg-type, misc]  # a table of date fields


ZONES = sorted(available_timezones())
BOOK = LibraryCalendars()
MOMENTS = st.integers(0, 10 * 366 * 86_400).map(lambda seconds: utc(2020, 1, 1) + timedelta(seconds=seconds))
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
TEN_YEARS = [datetime(2020, 1, 1, tzinfo=UTC) + HORIZON_DAYS * DAY * n for n in range(10)]


@lru_cache(maxsize=1)
def changes() -> tuple[tuple[str, datetime], ...]:
    """Every clock change of every zone in ten years; zones that change alike at the same moments are one."""
    seen: dict[tuple[tuple[datetime, int], ...], str] = {}
    for zone in ZONES:
        spans = [BOOK.of(zone, None, since).changes for since in TEN_YEARS]
        seen.setdefault(tuple((one.at, one.seconds) for span in spans for one in span[1:]), zone)
    return tuple((zone, at) for moments, zone in seen.items() for at, _ in moments)


def around(at: datetime) -> Iterator[datetime]:
    """Moments on both sides of a change, and on the change itself."""
    for hours in (-25, -2, -1, 0, 1, 2, 23):
        yield at + hours * HOUR
    yield at - SECOND
    yield at + SECOND


def test_the_carried_clock_is_that_of_the_zone_around_every_change() -> None:
    assert len(changes()) > 500
    for zone, at in changes():
        carried, info = BOOK.of(zone, None, at - 5 * DAY), ZoneInfo(zone)
        for moment in around(at):
            assert rules.local(carried, moment) == moment.astimezone(info).replace(tzinfo=None), (zone, moment)


@pytest.mark.parametrize("clock", [time(0), time(2, 30), time(9), time(23, 59)])
def test_a_local_time_comes_once_a_day_at_that_hour_whatever_the_clocks_do(clock: time) -> None:
    for zone, at in changes():
        carried, moment = BOOK.of(zone, None, at - 5 * DAY), at - 3 * DAY
        days: list[date] = []
        for _ in range(6):
            moment = rules.next_local(carried, moment, clock)
            wall = rules.local(carried, moment)
            assert wall.time() == clock or not _comes(zone, datetime.combine(wall.date(), clock)), (zone, moment, wall)
            days.append(wall.date())
            moment += SECOND
        expected = [days[0] + n * DAY for n in range(6)]
        lost = len(set(expected) - set(days))
        assert days == sorted(set(days)), (zone, at)
        assert lost == 0 or not all(_exists(zone, day) for day in expected), (zone, at, days)


def _comes(zone: str, wall: datetime) -> bool:
    """Whether the clocks there ever showed it."""
    there = wall.replace(tzinfo=ZoneInfo(zone))
    return there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


def _exists(zone: str, day: date) -> bool:
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


def test_a_message_never_goes_outside_its_window() -> None:
    window = SendWindow.model_validate({"from": "09:00", "until": "17:30"})
    for zone, at in changes():
        carried = BOOK.of(zone, None, at - 5 * DAY)
        for moment in around(at):
            verdict = in_send_window(carried, moment, window)
            goes = moment if verdict.allowed else verdict.until
            assert goes is not None
            assert moment <= goes <= moment + 2 * DAY
            there = goes.astimezone(ZoneInfo(zone)).time()
            assert time(9) <= there < time(17, 30), (zone, moment, goes)


@BOUNDED
@given(
    st.sampled_from(ZONES),
    MOMENTS,
    st.sampled_from(["ES", "JP", "AE", "US", "BR", None]),
    st.integers(0, 30),
)
def test_working_days_keep_the_hour_and_skip_what_is_none(
    zone: str, moment: datetime, country: str | None, days: int
) -> None:
    carried = BOOK.of(zone, country, moment)
    later = rules.working_days_later(carried, moment, days)
    before, after = rules.local(carried, moment), rules.local(carried, later)
    if days == 0:
        assert later == moment
        return
    assert rules.is_working_day(carried, after.date())
    between = [before.date() + n * DAY for n in range(1, (after.date() - before.date()).days + 1)]
    assert sum(rules.is_working_day(carried, day) and _exists(zone, day) for day in between) == days
    gap = rules.local(carried, later - SECOND) + SECOND != after
    assert after.time() == before.time() or gap


@BOUNDED
@given(st.sampled_from(ZONES), MOMENTS)
def test_a_wall_time_and_its_moment_belong_together(zone: str, moment: datetime) -> None:
    carried = BOOK.of(zone, None, moment)
    wall = rules.local(carried, moment)
    assert rules.local(carried, rules.moment_of(carried, wall)) == wall


MADRID = BOOK.of("Europe/Madrid", "ES", utc(2026, 1, 1))
TOKYO = BOOK.of("Asia/Tokyo", "JP", utc(2026, 1, 1))
APIA = BOOK.of("Pacific/Apia", None, utc(2011, 12, 1))

# (calendar, from, clock, days, working days only, the moment it is)
NAMED = [
    # Mondays at 08:00 in Tokyo are Sundays at 23:00 UTC, never a Tuesday.
    (TOKYO, utc(2026, 3, 4, 12), time(8), ("mon",), False, utc(2026, 3, 8, 23)),
    (TOKYO, utc(2026, 3, 8, 23), time(8), ("mon",), False, utc(2026, 3, 8, 23)),
    (TOKYO, utc(2026, 3, 8, 23, 0, 1), time(8), ("mon",), False, utc(2026, 3, 15, 23)),
    # 09:00 stays 09:00 over both clock changes of Madrid.
    (MADRID, utc(2026, 3, 28, 9), time(9), (), False, utc(2026, 3, 29, 7)),
    (MADRID, utc(2026, 10, 24, 8), time(9), (), False, utc(2026, 10, 25, 8)),
    # 02:30 does not exist on the day of the change: the first moment after the gap.
    (MADRID, utc(2026, 3, 28, 12), time(2, 30), (), False, utc(2026, 3, 29, 1)),
    # 02:30 comes twice in October: the first of the two.
    (MADRID, utc(2026, 10, 24, 12), time(2, 30), (), False, utc(2026, 10, 25, 0, 30)),
    # Good Friday and the weekend after it are no working days; a Monday of Easter is one in most of Spain.
    (MADRID, utc(2026, 4, 2, 12), time(9), (), True, utc(2026, 4, 6, 7)),
    # Samoa had no 30 December 2011.
    (APIA, utc(2011, 12, 29, 20), time(8), (), False, utc(2011, 12, 30, 18)),
]


@pytest.mark.parametrize(("place", "since", "clock", "days", "working", "expected"), NAMED)
def test_known_failures_elsewhere(
    place: Calendar, since: datetime, clock: time, days: tuple[str, ...], working: bool, expected: datetime
) -> None:
    assert rules.next_local(place, since, clock, days=days, working_days_only=working) == expected


def test_working_hours_and_the_end_of_the_day() -> None:
    hours = Hours()
    assert rules.end_of_day(MADRID, hours, utc(2026, 5, 12, 10)) == utc(2026, 5, 12, 16)
    assert rules.end_of_day(MADRID, hours, utc(2026, 5, 15, 16, 0, 1)) == utc(2026, 5, 18, 16)
    assert rules.into_hours(MADRID, hours, utc(2026, 5, 12, 10)) == utc(2026, 5, 12, 10)
    assert rules.into_hours(MADRID, hours, utc(2026, 5, 12, 5)) == utc(2026, 5, 12, 7)
    assert rules.into_hours(MADRID, hours, utc(2026, 5, 1, 10)) == utc(2026, 5, 4, 7)


def test_the_weekend_is_the_countrys_own() -> None:
    riyadh = BOOK.of("Asia/Riyadh", "SA", utc(2026, 1, 1))
    assert [rules.is_working_day(riyadh, date(2026, 5, day)) for day in (14, 15, 16, 17)] == [True, False, False, True]


def test_an_unknown_zone_is_refused_and_an_unknown_country_has_weekends_only() -> None:
    with pytest.raises(BadInput, match="expected an IANA time zone"):
        BOOK.of("Mars/Olympus", None, utc(2026, 1, 1))
    assert BOOK.of("UTC", "XX", utc(2026, 1, 1)).holidays == ()
