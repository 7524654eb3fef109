"""Variants in turn, forwards then backwards in each round, so that a drift of the machine meets them all alike."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

Measured = dict[str, float]
Variant = Callable[[], Awaitable[Measured]]


async def alternate(
    variants: Mapping[str, Variant], rounds: int, *, warm_up: int = 1
) -> dict[str, dict[str, list[float]]]:
    """``{variant: {quantity: [one mean a round]}}``; ``warm_up`` rounds are played first and thrown away."""
    found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in variants}
    for number in range(warm_up + rounds):
        sums: dict[str, Measured] = {name: {} for name in variants}
        for name in (*variants, *reversed([*variants])):
            for quantity, value in (await variants[name]()).items():
                sums[name][quantity] = sums[name].get(quantity, 0.0) + value / 2
        if number >= warm_up:
            for name, measured in sums.items():
                for quantity, value in measured.items():
                    found[name][quantity].append(value)
    return found
