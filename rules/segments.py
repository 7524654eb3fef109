"""Plan to segment (section 4.4 of the domain, G18)."""

from models.enums import Plan, Segment

_OF_PLAN = {
    Plan.STARTER: Segment.SELF_SERVE,
    Plan.GROWTH: Segment.SMB,
    Plan.PRO: Segment.MID_MARKET,
    Plan.ENTERPRISE: Segment.ENTERPRISE,
}


def segment_of(plan: Plan | None, stored: Segment | None) -> Segment | None:
    """The stored segment, else that of the plan, else unknown."""
    if stored is not None:
        return stored
    return _OF_PLAN[plan] if plan is not None else None


def guided(segment: Segment) -> bool:
    """Whether the segment takes the mid-market program with its kickoff; every other value takes self-serve."""
    return segment in (Segment.MID_MARKET, Segment.ENTERPRISE)
