"""What a test was waiting for when it ran out of time: its tasks' stacks, which pytest-timeout cannot see."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

AFTER = 200
"""Seconds; below pytest's ``timeout``, so that it is said before the test is ended."""

MOST = 30
"""Tasks that are told of."""


@contextmanager
def told() -> Iterator[None]:
    """Inside it, whoever waits for longer than ``AFTER`` is named on stderr."""
    timer = asyncio.get_running_loop().call_later(AFTER, _tell)
    try:
        yield
    finally:
        timer.cancel()


def _tell() -> None:
    for task in list(asyncio.all_tasks())[:MOST]:
        print(f"--- still waiting: {task.get_name()} {task.get_coro()}", file=sys.stderr)
        _chain(task.get_coro())


def _chain(waiting: object) -> None:
    """From the task's own function down to what it awaits; ``Task.print_stack`` shows the first frame only."""
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None:
            print(f"    {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}", file=sys.stderr)
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
