"""Ends the children of a supervisor that was killed hard: ``python -m stack.watchdog GRACE [LOCK_DESCRIPTOR]``.

The supervisor holds the other end of our standard input and writes ``+<group>`` when it starts a child and
``-<group>`` when one is gone. When the supervisor dies, even by SIGKILL, the pipe closes: every group still known
gets SIGTERM, and SIGKILL after the grace (seconds). An orderly stop leaves no group, so the end of input ends us too.

This works on every POSIX system. On Linux each child also asks the kernel for SIGTERM at its parent's death
(see ``stack.processes``), which covers a kill between the start of a child and its line here.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from stack.home_lock import ENDING


def watch(lines: Callable[[], str], grace: float, descriptor: int | None) -> None:
    """Follow the supervisor until its pipe closes, then end what it left."""
    groups: set[int] = set()
    while line := lines():
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    if not groups:
        return
    if descriptor is not None:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{ENDING}\n".encode(), 0)
    _signal(groups, signal.SIGTERM)
    until = time.monotonic() + grace
    while groups and time.monotonic() < until:
        time.sleep(0.05)
        groups = {group for group in groups if _alive(group)}
    _signal(groups, signal.SIGKILL)


def _signal(groups: set[int], number: signal.Signals) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Ours is to outlive the supervisor, whatever ends it.
        signal.signal(ignored, signal.SIG_IGN)
    watch(sys.stdin.readline, float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
