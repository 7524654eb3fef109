"""What an operator looks at first (section 20)."""

from enum import StrEnum

from models.base import Instant, Value


class Kind(StrEnum):
    """``held``: waits for a release of outreach or a resume. ``late``: its moment has passed. ``capped``: the weekly
    cap kept it back. ``failing``: given up. ``stuck``: tried, and neither done nor given up.
    """

    STUCK = "stuck"
    LATE = "late"
    FAILING = "failing"
    CAPPED = "capped"
    HELD = "held"


class Trouble(Value):
    """One thing. ``what``: the step, task, event or message; ``detail``: why, or whose."""

    kind: Kind
    customer: str
    playbook: str
    workflow_id: str
    what: str
    detail: str
    since: Instant | None
