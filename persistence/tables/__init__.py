"""The tables. Every module here adds its own to ``METADATA``; importing this package imports them all."""

from persistence.tables import (
    book,
    calibration,
    customers,
    decisions,
    experiments,
    identity,
    measures,
    messages,
    operations,
    plays,
    pulls,
    revenue,
    work,
)
from persistence.tables.metadata import METADATA

__all__ = [
    "METADATA",
    "book",
    "calibration",
    "customers",
    "decisions",
    "experiments",
    "identity",
    "measures",
    "messages",
    "operations",
    "plays",
    "pulls",
    "revenue",
    "work",
]
