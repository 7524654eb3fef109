"""The whole book lived through, in parts that know nothing of one another, on as many processes as help.

What two customers share (who is assigned to whom) is settled afterwards, in order of time, from what each part wrote.
A life leaves nothing behind for the garbage collector, and looking through the states that lives share again and again
took a fifth of the time: so it rests meanwhile.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from analysis.simulation.life import Life
from analysis.simulation.paths import Courses
from analysis.simulation.tally import Tally
from analysis.simulation.world import Account, World

PART = 250
"""Customers of one part: small enough to show progress, and for no process to wait long for another at the end."""

ALONE_UP_TO = 1_500
"""Customers up to which another process costs more than it brings."""

Progress = Callable[[int], None]

_WORLD: list[World] = []
_PATHS: Courses = {}


def simulate(
    world: World, accounts: Sequence[Account], *, processes: int | None = None, progress: Progress = lambda _n: None
) -> Tally:
    """Live through every customer. ``progress`` is told how many more are done. The rows come sorted by customer.

    The result does not depend on the number of processes (None: as many as the machine has, where the book is large).
    """
    wanted = processes if processes is not None else _fitting(len(accounts))
    whole = Tally()
    for part in _alone(world, accounts) if wanted <= 1 else _together(world, accounts, wanted):
        whole.add(part)
        progress(part.customers)
    for rows in (whole.sends, whole.tasks, whole.rises, whole.capped):
        rows.sort()
    whole.assigned.sort()
    return whole


def _fitting(customers: int) -> int:
    return 1 if customers <= ALONE_UP_TO else min(os.cpu_count() or 1, 8)


def _alone(world: World, accounts: Sequence[Account]) -> Iterator[Tally]:
    paths: Courses = {}
    for part in _parts(accounts):
        was_on = gc.isenabled()
        gc.disable()
        try:
            done = _live(world, part, paths)
        finally:
            if was_on:
                gc.enable()
        yield done


def _together(world: World, accounts: Sequence[Account], processes: int) -> Iterator[Tally]:
    context = get_context("spawn" if os.name == "nt" else "fork")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare, initargs=(world,)) as pool:
        for done in as_completed([pool.submit(_part, part) for part in _parts(accounts)]):
            yield done.result()


def _prepare(world: World) -> None:
    _WORLD[:] = [world]
    _PATHS.clear()
    gc.disable()


def _part(accounts: Sequence[Account]) -> Tally:
    return _live(_WORLD[0], accounts, _PATHS)


def _live(world: World, accounts: Sequence[Account], paths: Courses) -> Tally:
    tally = Tally()
    for account in accounts:
        Life(world, account, paths, tally).live()
    return tally


def _parts(accounts: Sequence[Account]) -> Iterator[Sequence[Account]]:
    for start in range(0, len(accounts), PART):
        yield accounts[start : start + PART]
