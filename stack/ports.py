"""TCP ports: refuse one that is taken with a line that names its setting, and pick free ones for 0."""

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from models.errors import Misconfigured


class Wanted(NamedTuple):
    """A port that a setting asks for; 0 means any free one."""

    setting: str
    port: int
    host: str = "127.0.0.1"


def resolve(wanted: Sequence[Wanted]) -> list[int]:
    """The ports in force, in the order asked, all different.

    Every port is held until the last is known, so that no two settings get the same one. They are free when this
    returns, yet another program may take one before it is used: the child that then cannot listen says so itself.

    Raises:
        Misconfigured: a port is in use, named by its setting, or may not be opened.
    """
    with ExitStack() as held:
        ports: dict[int, int] = {}
        # The fixed ones first: a port picked for 0 must not be one that a later setting names.
        for index, want in sorted(enumerate(wanted), key=lambda item: item[1].port == 0):
            family = socket.AF_INET6 if ":" in want.host else socket.AF_INET
            probe = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
            # Without it the remains of connections just closed would look like a server.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((want.host, want.port))
                probe.listen(1)
            except OSError as error:
                twin = next((other.setting for i, other in enumerate(wanted) if ports.get(i) == want.port), None)
                raise Misconfigured(_why(want, error, twin), field=want.setting, value=want.port) from None
            ports[index] = probe.getsockname()[1]
        return [ports[index] for index in range(len(wanted))]


def _why(want: Wanted, error: OSError, twin: str | None) -> str:
    remedy = f"set {want.setting} to another port, or 0 for any free one"
    if twin is not None:
        return f"also the port of {twin}; {remedy}"
    if error.errno == errno.EADDRINUSE:
        return f"already in use; {remedy}"
    return f"cannot listen on {want.host} ({error.strerror or error}); {remedy}"
