"""How Alembic reaches the database: the connection that ``persistence.migrate`` hands it, else the URL of alembic.ini.

Foreign keys stay off on SQLite while tables are rebuilt: dropping the old copy would delete what refers to it.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.types import TypeDecorator

from persistence.engine import parse
from persistence.tables import METADATA
from persistence.types import Duration, Money, UtcDateTime

_PLAIN: dict[type[TypeDecorator[Any]], str] = {
    UtcDateTime: "sa.DateTime(timezone=True)",
    Money: "sa.String(40).with_variant(sa.Numeric(), 'postgresql')",
    Duration: "sa.BigInteger()",
}


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    # A revision says what the database has; it must not change when a class of ours does.
    return _PLAIN.get(type(item), False) if kind == "type" else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        render_item=_render,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        return _run(given)
    url = parse(context.config.get_main_option("sqlalchemy.url") or "")
    engine = create_engine(url.set(drivername=url.drivername.removesuffix("+aiosqlite")))
    with engine.begin() as connection:
        return _run(connection)


main()
