"""The first working day of a month is that of the country whose holidays our people keep."""

from datetime import UTC, date, datetime

import pytest

from analysis.business_day import first_working_day
from composition.deciding import Deciding


@pytest.mark.parametrize(
    ("country", "year", "month", "expected"),
    [
        ("ES", 2026, 1, date(2026, 1, 2)),
        ("US", 2026, 1, date(2026, 1, 2)),
        # New Year lasts two days in New Zealand.
        ("NZ", 2026, 1, date(2026, 1, 5)),
        # May begins with a holiday in Spain, with none in the United States.
        ("ES", 2026, 5, date(2026, 5, 4)),
        ("US", 2026, 5, date(2026, 5, 1)),
        # A weekend of Friday and Saturday.
        ("SA", 2026, 5, date(2026, 5, 3)),
        # A country whose holidays nobody knows has weekends only.
        ("XX", 2026, 1, date(2026, 1, 1)),
        ("XX", 2026, 2, date(2026, 2, 2)),
    ],
)
def test_the_first_working_day_is_the_countrys(country: str, year: int, month: int, expected: date) -> None:
    assert first_working_day(year, month, country) == expected


@pytest.mark.parametrize(("country", "due"), [("US", "2026-05"), ("ES", "")])
def test_a_recap_is_due_from_the_first_working_day_of_the_business_country(country: str, due: str) -> None:
    deciding = Deciding.of(zone="UTC", country=country)
    assert deciding.day(datetime(2026, 5, 1, 12, tzinfo=UTC)).recap == due
