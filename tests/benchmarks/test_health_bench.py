"""T8: scores of 100,000 customers from columns against the readable rule, customer by customer, in one run."""

import time
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.health_config import load
from analysis.health_matrix import HealthMatrix, score_columns
from models.clock import utc_now
from models.health import HealthConfig, HealthFigures
from rules.health import measure, score
from tests.benchmarks.report import Figure, Report, paired
from tests.benchmarks.rounds import Measured, alternate

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

CUSTOMERS = 100_000
MISSING = 0.05
ROUNDS = 5
RECORDS = 2_000
"""Whole records are timed on fewer customers and told by the customer."""

Columns = dict[str, NDArray[np.float64]]
Row = dict[str, float | None]


def book(config: HealthConfig) -> Columns:
    """A book of values around each ideal, one in twenty unknown; the same in every run."""
    chance = np.random.default_rng(20260302)
    columns = {}
    for part in config.components:
        for metric in part.metrics:
            column = chance.random(CUSTOMERS) * (metric.worst or metric.ideal) * 1.3
            column[chance.random(CUSTOMERS) < MISSING] = np.nan
            columns[metric.name] = column
    return columns


def rows(columns: Columns) -> list[Row]:
    """The same book, one mapping a customer."""
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [
        {name: None if one != one else one for name, one in zip(columns, customer, strict=True)} for customer in values
    ]


def same(found: HealthMatrix, reference: list[HealthFigures]) -> None:
    """Equal to the last bit, for every customer."""

    def column(values: list[int | None]) -> NDArray[np.float64]:
        return np.array([np.nan if value is None else value for value in values], np.float64)

    for number, part in enumerate(found.components.values()):
        assert np.array_equal(part, column([one.components[number] for one in reference]), equal_nan=True)
    assert np.array_equal(found.score, column([one.score for one in reference]), equal_nan=True)
    assert found.coverage.tolist() == [one.coverage for one in reference]
    assert found.provisional.tolist() == [one.provisional for one in reference]
    assert found.grade.tolist() == [one.grade or "" for one in reference]


async def _by_columns(config: HealthConfig, columns: Columns) -> Measured:
    began = time.perf_counter()
    score_columns(config, columns, CUSTOMERS)
    return {"customers/s": CUSTOMERS / (time.perf_counter() - began)}


async def _from_rows(config: HealthConfig, customers: list[Row]) -> Measured:
    """With the columns still to be made from mappings."""
    began = time.perf_counter()
    columns = {
        name: np.array([np.nan if (one := row[name]) is None else one for row in customers], np.float64)
        for name in config.metrics()
    }
    score_columns(config, columns, CUSTOMERS)
    return {"customers/s": CUSTOMERS / (time.perf_counter() - began)}


async def _one_by_one(config: HealthConfig, customers: list[Row]) -> Measured:
    began = time.perf_counter()
    for row in customers:
        measure(config, row)
    return {"customers/s": CUSTOMERS / (time.perf_counter() - began)}


async def _records(config: HealthConfig, customers: list[Row]) -> Measured:
    now = utc_now()
    began = time.perf_counter()
    for row in customers[:RECORDS]:
        score(config, row, None, now)
    return {"customers/s": RECORDS / (time.perf_counter() - began)}


async def test_scores_from_columns(report: Report) -> None:
    config = load().default()
    columns = book(config)
    customers = rows(columns)
    same(score_columns(config, columns, CUSTOMERS), [measure(config, row) for row in customers])
    found = await alternate(
        {
            "columns": partial(_by_columns, config, columns),
            "from rows": partial(_from_rows, config, customers),
            "one by one": partial(_one_by_one, config, customers),
            "copy": partial(_one_by_one, config, customers),
            "records": partial(_records, config, customers),
        },
        ROUNDS,
    )
    rate = {name: measured["customers/s"] for name, measured in found.items()}
    control = paired(rate["copy"], rate["one by one"])
    medians = {f"{name} customers/s": sorted(values)[len(values) // 2] for name, values in rate.items()}
    report.add(
        Figure(
            "T8",
            "scoring: ready columns by one customer at a time",
            paired(rate["columns"], rate["one by one"]),
            control,
            30,
            "at least",
            medians,
        )
    )
    report.add(
        Figure(
            "T8",
            "scoring: columns made from mappings by one at a time",
            paired(rate["from rows"], rate["one by one"]),
            control,
            4,
            "at least",
        )
    )
