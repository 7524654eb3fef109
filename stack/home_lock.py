"""One stack at a time on one home.

The lock is an ``flock`` on ``stack.lock``, so it ends with the processes that hold it, however they end. The watchdog
inherits it: after a hard kill the home is free only once the children of the killed stack are gone.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from models.errors import Refused

NAME = "stack.lock"
ENDING = "ending"
"""What the watchdog writes into the file while it ends the children of a stack that was killed."""

_BUSY = 1.0
_ENDING = 30.0


class HomeLock:
    """Held from ``with`` to its end. ``descriptor`` may be handed to a child to share the lock."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock; wait only for a stack that is already ending.

        Raises:
            Refused: another stack runs on this home.
        """
        descriptor = os.open(self.home / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = os.pread(descriptor, 64, 0).decode("ascii", "replace").strip()
                if time.monotonic() - began > (_ENDING if holder == ENDING else _BUSY):
                    os.close(descriptor)
                    raise Refused(
                        f"a stack already runs on {self.home} (process {holder or 'unknown'}); "
                        "stop it, or set STEADFAST_HOME to another folder"
                    ) from None
                time.sleep(0.05)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self.descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go; the file stays, for removing it would let two stacks lock two files of one name."""
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)
        self.descriptor = -1
