"""``starter.py dev``: everything on one machine, as one command, until Ctrl-C."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module

from pydantic import SecretStr
from temporalio.client import Client

from models.clock import utc_now
from models.errors import BadInput, OutsideError, Refused, SteadfastError
from settings import Settings
from stack import clock_file, environment, readiness, sample, secrets_file, temporal_cli, temporal_server
from stack.cache import say
from stack.files import prepare_home
from stack.home_lock import HomeLock
from stack.ports import Wanted, resolve
from stack.processes import Child, Supervisor

_LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Addresses:
    """Where everything is; ``temporal_ui`` is None when the user's own Temporal is used."""

    console: str
    temporal: str
    temporal_ui: str | None
    mail: str


async def run_dev(settings: Settings, *, sample: bool, at: datetime | None, day: str | None, as_json: bool) -> int:
    """Bring the stack up, say where it is, and stay until Ctrl-C, SIGTERM or the death of a child.

    ``at`` is the clock's virtual moment now; ``day`` how long a calendar day lasts, such as ``2s``. With ``as_json``
    standard output gets exactly one line, once everything is ready; everything else goes to standard error.

    Returns:
        The exit code: 0 stopped as asked, 1 refused or a child died, 2 bad input. One line on standard error says why.
    """
    try:
        factor = None if day is None else clock_file.parse_day(day)
        prepare_home(settings.home)
        with HomeLock(settings.home) as lock:
            async with Supervisor(settings.home / "logs", lock=lock.descriptor) as supervisor:
                work = asyncio.ensure_future(_stay(supervisor, settings, sample, at, factor, as_json))
                with _stopped_by_signals(work, supervisor):
                    return await _outcome(work)
    except BadInput as error:
        say(str(error))
        return 2
    except SteadfastError as error:
        say(str(error))
        return 1


async def _outcome(work: "asyncio.Future[None]") -> int:
    try:
        await work
    except asyncio.CancelledError:
        say("Stopping ...")
    return 0


@contextmanager
def _stopped_by_signals(work: "asyncio.Future[None]", supervisor: Supervisor) -> Iterator[None]:
    """The first signal stops in order, a second one kills."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not work.cancel():
            supervisor.hurry()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _stay(
    supervisor: Supervisor,
    settings: Settings,
    with_sample: bool,
    at: datetime | None,
    factor: float | None,
    as_json: bool,
) -> None:
    before = clock_file.read_kept(settings.home)
    clock_file.settle(before, utc_now(), at=at, factor=factor)  # refused before anything is started
    profile = temporal_server.users_profile()
    settings = _resolved(settings, embedded=profile is None)
    embedded = None if profile is not None else f"{_LOCAL}:{settings.temporal_port}"
    await _migrate(settings)
    if embedded is not None:
        await _start_temporal(supervisor, settings, embedded)
    client = await temporal_server.connect(profile, embedded)
    if embedded is not None:
        await temporal_server.register(client, temporal_server.search_attributes())
    # As late as possible: the servers' start would cost days of a fast clock.
    kept = clock_file.settle(before, utc_now(), at=at, factor=factor)
    clock_file.write(settings.home, kept)
    given = environment.of_child(os.environ, settings, embedded)
    await _start_ours(supervisor, settings, client, given)
    console = _console_url(settings)
    addresses = Addresses(
        console=console,
        temporal=client.service_client.config.target_host,
        temporal_ui=f"http://{_LOCAL}:{settings.temporal_ui_port}" if embedded is not None else None,
        mail=f"{console}/mail",
    )
    if not with_sample:
        _announce(addresses, as_json)
        await supervisor.watch()
        return
    await _hire(given)
    present = await _feed(settings, kept)
    _announce(addresses, as_json)
    telling = asyncio.ensure_future(_tell(settings, kept, present))
    try:
        await supervisor.watch()
    finally:
        telling.cancel()


def _resolved(settings: Settings, *, embedded: bool) -> Settings:
    """The settings with every 0 and every unset secret replaced by what is in force."""
    wanted = {
        "console_port": Wanted("STEADFAST_CONSOLE_PORT", settings.console_port, settings.console_host),
        "worker_metrics_port": Wanted("STEADFAST_WORKER_METRICS_PORT", settings.worker_metrics_port),
    }
    if _own_catcher(settings):
        wanted["mail_port"] = Wanted("STEADFAST_MAIL_PORT", settings.mail_port)
    if embedded:
        wanted["temporal_port"] = Wanted("STEADFAST_TEMPORAL_PORT", settings.temporal_port)
        wanted["temporal_ui_port"] = Wanted("STEADFAST_TEMPORAL_UI_PORT", settings.temporal_ui_port)
    changes: dict[str, object] = dict(zip(wanted, resolve(list(wanted.values())), strict=True))
    secrets = secrets_file.ensure(settings.home)
    changes["events_secret"] = _first(settings.events_secret, secrets.events)
    changes["webhook_secret"] = _first(settings.webhook_secret, secrets.webhook)
    changes["database_url"] = environment.absolute_sqlite(settings.database)
    resolved = settings.model_copy(update=changes)
    return resolved if resolved.public_url else resolved.model_copy(update={"public_url": _console_url(resolved)})


def _first(given: SecretStr | None, made: SecretStr) -> SecretStr:
    return given if given is not None and given.get_secret_value() else made


def _own_catcher(settings: Settings) -> bool:
    return settings.smtp_port == 0


def _console_url(settings: Settings) -> str:
    everywhere = settings.console_host in ("", "0.0.0.0", "::")  # noqa: S104 (compared, not bound)
    host = _LOCAL if everywhere else settings.console_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.console_port}"


async def _migrate(settings: Settings) -> None:
    # In a thread, for Alembic runs its own event loop; imported here, for `dev` is one of many commands.
    await asyncio.to_thread(import_module("persistence.migrate").upgrade, settings.database)


async def _start_temporal(supervisor: Supervisor, settings: Settings, address: str) -> None:
    cli = await temporal_cli.ensure(settings)
    command = temporal_server.command(
        cli,
        settings.home,
        settings.temporal_port,
        settings.temporal_ui_port,
        temporal_server.search_attributes(),
        f"{_console_url(settings)}/codec" if settings.payload_key is not None else None,
    )
    await supervisor.start(
        Child("temporal", command, temporal_server.clean_environment(), lambda: temporal_server.serving(address))
    )


async def _start_ours(supervisor: Supervisor, settings: Settings, client: Client, given: dict[str, str]) -> None:
    python = sys.executable
    if _own_catcher(settings):
        port = settings.mail_port
        listen = ("--host", _LOCAL, "--port", str(port), "--database-url", settings.database)
        catcher = (python, "-m", "integrations.catcher", *listen)
        await supervisor.start(Child("mail", catcher, given, lambda: readiness.smtp_greets(_LOCAL, port)))
    began = utc_now()
    queue = settings.task_queue
    ready = f"{_console_url(settings)}/ready"
    await supervisor.start_all(
        Child("worker", (python, "worker.py"), given, lambda: temporal_server.worker_polls(client, queue, began)),
        Child("console", (python, "-m", "console.app"), given, lambda: readiness.http_ok(ready)),
    )


async def _hire(given: dict[str, str]) -> None:
    """The sample's managers, loaded as a user would load a team."""
    command = (sys.executable, "starter.py", "team", "samples/team.yaml")
    loading = await asyncio.create_subprocess_exec(*command, env=given, stdout=DEVNULL, stderr=PIPE)
    _, said = await loading.communicate()
    if loading.returncode:
        raise Refused(f"the sample team was not loaded: {said.decode(errors='replace').strip()[:300]}")


async def _tell(settings: Settings, kept: clock_file.Kept, present: datetime) -> None:
    assert settings.events_secret is not None
    try:
        await sample.tell(_console_url(settings), settings.events_secret, kept.clock, present=present)
    except OutsideError as error:
        say(f"The sample's story ends early: {error}")


async def _feed(settings: Settings, kept: clock_file.Kept) -> datetime:
    present = kept.sampled or kept.clock.virtual(utc_now())
    # Stored first: cut off in the middle, the next start sends the very same events again.
    clock_file.write(settings.home, kept.model_copy(update={"sampled": present}))
    assert settings.events_secret is not None
    count = await sample.feed(_console_url(settings), settings.events_secret, kept.clock, present=present)
    say(f"Fed {count} sample events.")
    return present


def _announce(addresses: Addresses, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(addresses)), flush=True)
        return
    print(f"Console      {addresses.console}")
    print(f"Temporal UI  {addresses.temporal_ui or '(your own server)'}")
    print(f"Mail         {addresses.mail}")
    print(f"Temporal     {addresses.temporal}")
    print("Ctrl-C stops everything; the state stays.", flush=True)
