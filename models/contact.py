"""The answer to: may this message go now? (section 9.2 of the domain, M7)"""

from datetime import datetime
from typing import NamedTuple


class Permission(NamedTuple):
    """Allowed; or not before ``until``; or never, and why."""

    allowed: bool
    reason: str = ""
    until: datetime | None = None
