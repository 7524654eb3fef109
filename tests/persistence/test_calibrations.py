"""Comparisons are kept, signed by one person, and counted from then on; and who was paid for, and until when."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from models.book import BookAccount, BookSubscription
from models.calibration import METHOD, AtHorizon, CalibrationReport, Judged, StoredCalibration, WeightProposal
from models.errors import NotFound, Refused
from models.figure import Figure, Interval, Unit
from persistence.book import BookLoader
from persistence.calibrations import Calibrations
from persistence.engine import Database
from persistence.paid_periods import PaidPeriod, left_after, merged, paid_periods
from persistence.validator_rows import ValidatorRows

NOW = datetime(2025, 1, 31, 12, tzinfo=UTC)


def figure(value: float | None) -> Figure:
    return Figure(
        name="calibration.auc", label="AUC", unit=Unit.INDEX, value=value, reason="" if value else "too few", n=100,
        of="account-months", interval=Interval(low=0.6, high=0.8, method="x") if value else None, period=None,
        as_of=NOW, cohort=METHOD.ref, query=METHOD.ref,
    )  # fmt: skip


def stored(name: str, auc: float | None) -> StoredCalibration:
    judged = Judged(auc=figure(auc), brier=figure(auc), skill=figure(auc), base_rate=figure(auc))
    at = AtHorizon(horizon=90, rows=100, unscored=0, not_followed=0, whole=judged, segments={})
    nothing = WeightProposal(version=None, weights={}, present={}, notes={}, gain=None, reason="none")
    report = CalibrationReport(
        config_name="default", config_version="abc", source="own book", as_of=NOW, accounts=10, horizons=(at,),
        proposal=nothing,
    )  # fmt: skip
    return StoredCalibration(id=name, at=NOW, config_name="default", config_version="abc", report=report)


async def test_a_signed_comparison_counts_from_then_on(database: Database) -> None:
    async with database.write() as connection:
        kept = Calibrations(connection)
        await kept.add(stored("cal_1", 0.7))
        await kept.add(stored("cal_1", 0.7))
        counted = ValidatorRows(connection)
        assert await counted.calibrated(NOW) == {}
        signed = await kept.sign("cal_1", by="Eva", at=NOW + timedelta(days=40))
        assert (signed.signed_by, signed.signed_at) == ("Eva", NOW + timedelta(days=40))
        assert await counted.calibrated(NOW + timedelta(days=39)) == {}
        # It is as old as the comparison, however late it was signed, and it is of these weights only.
        assert await counted.calibrated(NOW + timedelta(days=40)) == {"abc": NOW}
        with pytest.raises(Refused, match="signed by Eva"):
            await kept.sign("cal_1", by="Otto", at=NOW)
        assert [one.id for one in await kept.all()] == ["cal_1"]


async def test_what_tells_nothing_cannot_be_signed(database: Database) -> None:
    async with database.write() as connection:
        kept = Calibrations(connection)
        await kept.add(stored("cal_2", None))
        with pytest.raises(Refused, match="nothing could be told"):
            await kept.sign("cal_2", by="Eva", at=NOW)
        with pytest.raises(NotFound):
            await kept.sign("cal_3", by="Eva", at=NOW)


async def test_paid_periods_join_spans_and_leave_trials_out(database: Database) -> None:
    loader = BookLoader(database)
    await loader.accounts([BookAccount(id=each) for each in ("A", "B", "F", "T")], as_of=NOW)

    def span(name: str, owner: str, began: date, ended: date | None, *, trial: bool = False) -> BookSubscription:
        return BookSubscription(id=name, customer=owner, started=began, ended=ended, is_trial=trial, plan="pro")

    await loader.subscriptions([
        span("a1", "A", date(2024, 1, 1), date(2024, 3, 31)),
        span("a2", "A", date(2024, 4, 1), date(2024, 6, 30)),
        span("a3", "A", date(2024, 9, 1), None),
        span("b1", "B", date(2024, 2, 1), date(2025, 6, 30)),
        span("f1", "F", date(2024, 2, 1), None).model_copy(update={"mrr": Decimal("0.00")}),
        span("t1", "T", date(2024, 2, 1), None, trial=True),
    ])  # fmt: skip
    async with database.read() as connection:
        found = await paid_periods(connection, as_of=NOW)
    assert found["A"] == [
        PaidPeriod(date(2024, 1, 1), date(2024, 7, 1)),
        PaidPeriod(date(2024, 9, 1), None),
    ]
    assert found["B"] == [PaidPeriod(date(2024, 2, 1), None)], "an end that lies ahead is not known yet"
    assert "T" not in found
    assert "F" not in found
    assert left_after(found["A"], date(2024, 6, 30)) == date(2024, 7, 1)
    with pytest.raises(LookupError):
        left_after(found["A"], date(2024, 7, 1))


def test_periods_that_touch_are_one_and_empty_ones_are_none() -> None:
    first, second = date(2024, 1, 1), date(2024, 2, 1)
    assert merged([PaidPeriod(second, None), PaidPeriod(first, second), PaidPeriod(first, first)]) == [
        PaidPeriod(first, None)
    ]
