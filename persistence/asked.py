"""Statements built once: what a page asks for is bound by name, so that the same statement serves every page.

Building a statement and finding it again among the compiled ones costs SQLAlchemy several times what SQLite needs to
answer it; an evaluation asks some forty. A statement is a function of :class:`Asked` and of plain values, called once
for each dialect; :class:`persistence.fact_page.Page` gives the moments and ids when it asks.
"""

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BindParameter, ColumnElement, Date, Integer, Select, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from persistence.types import UtcDateTime


class Moments(Protocol):
    """Of what is asked: a page."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Of whom."""
        ...

    @property
    def listed(self) -> object:
        """The ids as one parameter."""
        ...

    @property
    def as_of(self) -> datetime:
        """As of when."""
        ...

    @property
    def today(self) -> date:
        """Its day."""
        ...

    @property
    def cycle(self) -> int:
        """Which onboarding."""
        ...

    def back(self, days: int) -> datetime:
        """The moment that many days ago."""
        ...

    def first_day(self, days: int) -> date:
        """The first day of a window of that many calendar days."""
        ...


Value = Callable[[Moments], object]


class Asked:
    """What a statement may bind. ``now`` is the page's moment, ``today`` its day (UTC)."""

    def __init__(self, dialect: str, *, alone: bool) -> None:
        self.dialect = dialect
        self._alone = alone
        self.values: dict[str, Value] = {}
        self._bound: dict[str, BindParameter[Any]] = {}

    @property
    def now(self) -> BindParameter[datetime]:
        """The moment as of which everything is asked."""
        return self._bind("now", UtcDateTime(), lambda page: page.as_of)

    @property
    def today(self) -> BindParameter[date]:
        """Its day."""
        return self._bind("today", Date(), lambda page: page.today)

    @property
    def cycle(self) -> BindParameter[int]:
        """The onboarding asked of."""
        return self._bind("cycle", Integer(), lambda page: page.cycle)

    def back(self, days: int) -> BindParameter[datetime]:
        """The moment that many days ago: a window holds what is later."""
        return self._bind(f"back_{days}", UtcDateTime(), lambda page: page.back(days))

    def first_day(self, days: int) -> BindParameter[date]:
        """The first day of a window of that many calendar days."""
        return self._bind(f"first_day_{days}", Date(), lambda page: page.first_day(days))

    def opening(self, days: int) -> BindParameter[datetime]:
        """The moment at which that window opens."""
        return self._bind(
            f"opening_{days}", UtcDateTime(), lambda page: datetime.combine(page.first_day(days), time.min, UTC)
        )

    def holds(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """The column is one of the page's ids: one parameter, however many they are, and an index serves it."""
        if self._alone:
            return column == self._bind("id", Text(), lambda page: page.ids[0])
        if self.dialect == "postgresql":
            return column == any_(self._bind("ids", ARRAY(Text), lambda page: page.listed))
        listed = func.json_each(self._bind("ids", Text(), lambda page: page.listed)).table_valued("value")
        return column.in_(select(listed.c.value))

    def _bind(self, name: str, kind: TypeEngine[Any], value: Value) -> BindParameter[Any]:
        if name not in self._bound:
            self._bound[name] = bindparam(name, type_=kind)
            self.values[name] = value
        return self._bound[name]


Build = Callable[..., Select[Any]]
"""``(asked, *plain values)``; a function of a module, since it is remembered."""


class Prepared(NamedTuple):
    """A statement, and how a page fills what it binds."""

    statement: Select[Any]
    values: tuple[tuple[str, Value], ...]

    def parameters(self, page: Moments) -> dict[str, object]:
        """Of that page."""
        return {name: value(page) for name, value in self.values}


@lru_cache(maxsize=500)
def prepared(build: Build, dialect: str, alone: bool, *more: Hashable) -> Prepared:
    """The statement; ``alone``: a page of one customer, which PostgreSQL and SQLite find by equality."""
    asked = Asked(dialect, alone=alone)
    statement = build(asked, *more)
    return Prepared(statement, tuple(asked.values.items()))
