"""How much memory this process holds at most while something runs (Linux)."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY = 0.02


def now() -> float:
    """MiB resident."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20


class Peak:
    """``held``: MiB at most."""

    held = 0.0


@contextmanager
def watched() -> Iterator[Peak]:
    """Looks every 20 ms."""
    peak, done = Peak(), threading.Event()

    def look() -> None:
        while not done.is_set():
            peak.held = max(peak.held, now())
            time.sleep(EVERY)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()
