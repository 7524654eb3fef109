"""How likely a renewal is, as a class (section 14.2 of the domain). It is no probability and is never shown as one."""

GREEN_FROM = 70
"""Health from which a renewal without an open high signal is green."""

RED_BELOW = 40
"""Health below which a renewal is red."""


def likelihood(health: int | None, *, high_signal_open: bool, cancellation_requested: bool | None) -> str | None:
    """``green``, ``amber`` or ``red``; None while health is unknown and nobody asks to cancel."""
    if cancellation_requested or (health is not None and health < RED_BELOW):
        return "red"
    if health is None:
        return None
    return "green" if health >= GREEN_FROM and not high_signal_open else "amber"
