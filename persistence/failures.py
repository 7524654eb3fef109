"""Database errors as errors of ours: what may be tried again, what is refused, what is wrong data."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.errors import BadInput, NotFound, Retryable

_SQLITE_PASSING = ("locked", "busy", "unable to open database file", "disk i/o error")
_FOREIGN_KEY = "23503"
_UNIQUE = "23505"


@contextmanager
def mapped() -> Iterator[None]:
    """Raise Retryable, NotFound or BadInput for the database errors that mean so; others pass as they are.

    - a lock, a deadlock, a lost or refused connection, an exhausted pool: Retryable, another try may work;
    - a unique constraint: Retryable, for a competitor won the race and the next try finds what it did;
    - a foreign key: NotFound, the row belongs to nothing (its customer was erased, or never was);
    - a value the database cannot hold, such as text with a NUL character: BadInput.
    """
    try:
        yield
    except PoolTimeout as error:
        raise Retryable("every database connection is in use") from error
    except IntegrityError as error:
        _integrity(error)
        raise
    except DataError as error:
        raise BadInput(f"the database cannot hold this value: {_said(error)}") from error
    except (OperationalError, InterfaceError) as error:
        if _passing(error):
            raise Retryable(f"database: {_said(error)}") from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Retryable(f"database connection lost: {_said(error)}") from error
        raise


def _integrity(error: IntegrityError) -> None:
    state = getattr(error.orig, "sqlstate", None)
    said = _said(error)
    if state == _FOREIGN_KEY or "FOREIGN KEY constraint failed" in said:
        raise NotFound("what this belongs to is not there") from error
    if state == _UNIQUE or "UNIQUE constraint failed" in said:
        raise Retryable("another process stored the same at the same time") from error


def _passing(error: DBAPIError) -> bool:
    if type(error.orig).__module__.startswith("psycopg"):
        return True
    return error.connection_invalidated or any(word in _said(error).lower() for word in _SQLITE_PASSING)


def _said(error: DBAPIError) -> str:
    """The driver's own words, without the statement and its values, which may be personal data."""
    return str(error.orig).splitlines()[0][:200] if str(error.orig) else type(error.orig).__name__
