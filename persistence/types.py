"""Column types that keep what they are given exactly, on SQLite and PostgreSQL alike (section 0.1 of the domain)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC; a naive datetime is refused, because nobody knows which moment it is.

    SQLite keeps it as text to the microsecond, which is ordered as the moments are. It is written and read here in one
    step each: a page of the sweep has some ten thousand of them.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """The text of SQLite; what the driver of PostgreSQL wants."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The inverse."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return None if value is None else _utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC, whatever the session's zone."""
        return None if value is None else value.astimezone(UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: moments are stored with their zone")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    return None if value is None else _utc(value).isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


_WITHOUT_ZONE = len("2026-03-02 05:00:00.000000")


class Money(TypeDecorator[Decimal]):
    """A decimal, digit for digit: ``NUMERIC`` on PostgreSQL, text on SQLite, which has binary fractions only."""

    impl = String(40)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Decimal] | TypeEngine[str]:
        """The column type of each database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric())
        return dialect.type_descriptor(String(40))

    def process_bind_param(self, value: object | None, dialect: Dialect) -> Decimal | str | None:
        """A binary fraction is refused."""
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(f"{value!r} is not an amount")
        return value if dialect.name == "postgresql" else format(value, "f")

    def process_result_value(self, value: object | None, dialect: Dialect) -> Decimal | None:
        """Always a Decimal."""
        return None if value is None else Decimal(str(value))


class Duration(TypeDecorator[timedelta]):
    """A length of time, in whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """To microseconds."""
        return None if value is None else value // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """From microseconds."""
        return None if value is None else timedelta(microseconds=value)


def serial() -> TypeEngine[int]:
    """A row number: 64 bits on PostgreSQL; SQLite numbers rows by itself only when the type is INTEGER."""
    return BigInteger().with_variant(Integer(), "sqlite")


def document() -> JSON:
    """A JSON document; None is SQL NULL."""
    return JSON(none_as_null=True)
