"""Rounding as the domain means it (section 0.1, G6)."""

import math


def round_half_up(value: float) -> int:
    """floor(x + 0.5), never half to even."""
    return math.floor(value + 0.5)
