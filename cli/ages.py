"""How old something is, in words for a table."""

from datetime import datetime


def age_of(at: datetime | None, now: datetime) -> str:
    """Hours, or days from two days on; of what was never read, that."""
    if at is None:
        return "never read to the end"
    hours = (now - at).total_seconds() / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"
