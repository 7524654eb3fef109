"""A figure never becomes a bare number."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from models.figure import Documented, Figure, Interval, SourceFreshness, Unit
from models.nps_figures import Period

AT = datetime(2024, 12, 31, tzinfo=UTC)
REF = Documented(name="logo-churn", version=2, text="accounts paying at the start").ref


def figure(**changes: Any) -> Figure:
    given: dict[str, Any] = {
        "name": "logo_churn", "label": "Logo churn", "unit": Unit.FRACTION, "value": 0.032, "n": 500, "of": "accounts",
        "numerator": 16, "denominator": 500, "interval": Interval(low=0.02, high=0.051, method="Wilson"),
        "period": Period(start=datetime(2024, 11, 1, tzinfo=UTC), end=datetime(2024, 12, 1, tzinfo=UTC)), "as_of": AT,
        "cohort": REF, "query": REF,
    }  # fmt: skip
    return Figure(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": None}, "either a value, or the reason"),
        ({"reason": "no rows"}, "either a value, or the reason"),
        ({"n": None}, "without n"),
        ({"interval": None}, "interval, or the reason"),
        ({"no_interval": "census"}, "interval, or the reason"),
        ({"value": None, "reason": "no rows"}, "no value, so no interval"),
        ({"unit": Unit.MONEY}, "needs its currency"),
    ],
)
def test_a_value_without_its_evidence_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        figure(**changes)


def test_text_has_n_and_interval_whichever_way_it_is_made() -> None:
    told = figure()
    for text in (str(told), f"{told}", f"{told:short}", told.short()):
        assert "500" in text
        assert "2.0 %" in text
        assert "5.1 %" in text
    assert "16 of 500" in str(told)
    assert "2024-11-01 until 2024-12-01" in str(told)


def test_a_format_for_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="with its evidence"):
        f"{figure():.2f}"
    with pytest.raises(TypeError):
        float(figure())  # type: ignore[arg-type]  # the point: it is no number


def test_what_cannot_be_told_says_why() -> None:
    told = figure(value=None, interval=None, reason="no survey was sent", n=0, numerator=None, denominator=None)
    assert not told.known
    assert "cannot tell: no survey was sent" in str(told)
    assert "cannot tell: no survey was sent" in told.short()


def test_an_open_interval_says_so() -> None:
    told = figure(unit=Unit.DAYS, value=6.5, interval=Interval(low=4, high=None, method="Greenwood"))
    assert "6.5 days" in str(told)
    assert "beyond what was observed" in str(told)


def test_money_is_exact_inside_and_a_number_in_json() -> None:
    told = figure(
        unit=Unit.MONEY, currency="EUR", value=Decimal("1234.50"), interval=None, no_interval="every account is counted"
    )
    assert told.model_dump(mode="json")["value"] == 1234.5
    assert told.value == Decimal("1234.50")
    assert "1,234.50 EUR" in str(told)
    assert "every account is counted" in told.short()


def test_a_reference_changes_with_the_text() -> None:
    other = Documented(name="logo-churn", version=2, text="accounts paying at the end").ref
    assert other.sha256 != REF.sha256
    assert str(REF).startswith("logo-churn v2 (")


def test_freshness_is_told_in_hours() -> None:
    never = SourceFreshness(source="billing", reported_at=None, as_of=AT)
    assert never.hours is None
    assert SourceFreshness(source="b", reported_at=datetime(2024, 12, 30, tzinfo=UTC), as_of=AT).hours == 24
