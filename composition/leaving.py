"""How a process ends that has spoken to Temporal."""

import contextlib
import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End with everything said and ``code``, without taking the interpreter down piece by piece.

    The threads of Temporal's client answer into Python at any moment. One that does so while the interpreter is being
    finalized aborts the process or hangs it, after a command has done its work and said so; there is no way to stop
    them first.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # A reader that has gone has heard enough.
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
