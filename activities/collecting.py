"""A pause of the garbage collector while a page of a sweep is under way.

A page makes some hundred thousand values that hold no cycles and live until its end. The collector, started by their
number, would look at all of them again and again, and each time at everything else that a worker holds: a fifth of a
sweep's processor time. It runs again between pages, so that what waits for it meanwhile is bounded by a page's time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class Pause:
    """Counts those who want it: the collector runs again when the last of them is done. For one thread's event loop."""

    def __init__(self) -> None:
        self._wanted = 0
        self._was_on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """No collection until the block ends."""
        if self._wanted == 0:
            self._was_on = gc.isenabled()
            gc.disable()
        self._wanted += 1
        try:
            yield
        finally:
            self._wanted -= 1
            if self._wanted == 0 and self._was_on:
                gc.enable()


paused = Pause()
