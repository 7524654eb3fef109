"""Stored opportunities: their life, what they tell the lifecycle, a pipeline (sections 8.2, 8.3; L5, X7)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from models.errors import BadInput
from models.expansion import (
    ExpansionConfig,
    ExpansionFold,
    ExpansionType,
    Opportunity,
    OpportunityStatus,
    Pipeline,
    Timing,
)
from rules.expansion import DEFAULTS

_OPEN = OpportunityStatus.OPEN


def fold(
    stored: Iterable[Opportunity], found: Iterable[Opportunity], at: datetime, config: ExpansionConfig = DEFAULTS
) -> ExpansionFold:
    """One evaluation of a customer's opportunities: what to write, nothing else.

    Found again, an open one is refreshed and keeps its date of detection; found after a pause of 90 days, a closed type
    opens anew; not found for 30 days, an open one expires. Detection speaks before expiry: an outage of ours is not a
    customer's lost interest. The same evaluation again changes nothing.

    Raises:
        BadInput: two open opportunities of one type, or of two customers.
    """
    rows = list(stored)
    standing = _open_by_type(rows)
    again = {one.type: one for one in found}
    opened: list[Opportunity] = []
    refreshed: list[Opportunity] = []
    held_back: list[ExpansionType] = []
    for kind, one in again.items():
        before = standing.get(kind)
        if before is not None:
            after = one.model_copy(update={"detected_at": before.detected_at})
            if before.updated_at <= at and after != before:
                refreshed.append(after)
        elif _paused(rows, kind, at, config):
            held_back.append(kind)
        else:
            opened.append(one)
    expired = [
        one.model_copy(update={"status": OpportunityStatus.EXPIRED, "closed_at": at})
        for kind, one in standing.items()
        if kind not in again and at - one.updated_at >= config.expires_after
    ]
    return ExpansionFold(tuple(opened), tuple(refreshed), tuple(expired), tuple(held_back))


def key(one: Opportunity) -> str:
    """What identifies an opportunity: every reaction to it (proposal, alert, webhook) shares this key (X10, G12)."""
    return f"expansion:{one.customer}:{one.type.value}:{one.detected_at.astimezone(UTC).isoformat()}"


def any_open(stored: Iterable[Opportunity]) -> bool:
    """The fact ``expansion_opportunity`` (rule 12)."""
    return any(one.status is _OPEN for one in stored)


def ended(stored: Iterable[Opportunity], since: datetime) -> bool | None:
    """The fact ``expansion_ended`` (rule 15): is the opportunity worked since the stage began won, lost or expired?

    None when none was worked.
    """
    one = worked(stored, since)
    return None if one is None else one.status is not _OPEN


def worked(stored: Iterable[Opportunity], since: datetime) -> Opportunity | None:
    """The opportunity that was open longest when the customer entered ``expanding``, however it stands now."""
    return min(
        (one for one in stored if one.detected_at <= since and (one.closed_at is None or one.closed_at > since)),
        key=lambda one: (one.detected_at, one.type),
        default=None,
    )


def pipeline(csm_id: str, stored: Iterable[Opportunity], config: ExpansionConfig = DEFAULTS) -> Pipeline:
    """The open ones of a manager's customers: a pure read of what is stored (X7).

    Unvalued ones, and those stored in another currency than the configured, add nothing and are counted.
    """
    rows = sorted(
        (one for one in stored if one.status is _OPEN),
        key=lambda one: (-one.probability, -(one.estimated_value or Decimal(0)), one.customer, one.type),
    )
    by_type: dict[ExpansionType, Decimal] = {}
    by_timing: dict[Timing, Decimal] = {}
    total, unvalued = Decimal(0), 0
    for one in rows:
        value = one.estimated_value if one.currency == config.currency else None
        unvalued += value is None
        worth = value or Decimal(0)
        total += worth
        by_type[one.type] = by_type.get(one.type, Decimal(0)) + worth
        by_timing[one.timing] = by_timing.get(one.timing, Decimal(0)) + worth
    return Pipeline(
        csm_id=csm_id,
        currency=config.currency,
        total=total,
        by_type=by_type,
        by_timing=by_timing,
        unvalued=unvalued,
        opportunities=tuple(rows),
    )


def _paused(rows: Iterable[Opportunity], kind: ExpansionType, at: datetime, config: ExpansionConfig) -> bool:
    """Whether one of the type was closed less than the pause ago (L5)."""
    return any(one.type is kind and one.closed_at is not None and at - one.closed_at < config.cool_down for one in rows)


def _open_by_type(rows: Iterable[Opportunity]) -> dict[ExpansionType, Opportunity]:
    standing: dict[ExpansionType, Opportunity] = {}
    customers = {one.customer for one in rows}
    if len(customers) > 1:
        raise BadInput("opportunities of two customers", field="customer", value=sorted(customers)[1])
    for one in rows:
        if one.status is not _OPEN:
            continue
        if one.type in standing:
            raise BadInput("two open opportunities of one type", field="type", value=one.type.value)
        standing[one.type] = one
    return standing
