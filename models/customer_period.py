"""What was measured of one customer over a quarter or a month: counts, never ratios (sections 9.1 and 12).

None: the source told nothing of this customer by then. A ratio is made from its two counts, with its interval, where it
is shown.
"""

from typing import Annotated

from pydantic import Field

from models.base import Value
from models.ids import CustomerId
from models.nps_figures import Period

Count = Annotated[int, Field(ge=0)]


class CustomerPeriod(Value):
    """Counts of ``period`` (half-open)."""

    customer: CustomerId
    period: Period
    conversations: Count | None = None
    automated: Count | None = Field(default=None, description="Resolved without a person.")
    automated_of: Count | None = Field(default=None, description="Conversations of which that was told.")
    response_seconds: Count | None = None
    response_of: Count | None = Field(default=None, description="Conversations of which the time was told.")
    active_users: Count | None = None
    actions: Count | None = None
    actions_by_month: dict[str, Count] = Field(default_factory=dict, description="By ``2026-04``.")
    features_used: tuple[str, ...] | None = None
    features_used_lately: tuple[str, ...] | None = Field(default=None, description="In the period's last 30 days.")
    plan_features: tuple[str, ...] | None = Field(default=None, description="What the plan offers; None: not told.")
    tickets_opened: Count | None = None
    tickets_closed: Count | None = None
    resolution_hours: tuple[float, ...] = ()
    csat: tuple[int, ...] = ()
    severities: dict[str, Count] = Field(default_factory=dict, description="Tickets opened, by severity.")
    leads: Count | None = Field(default=None, description="Leads captured, as the application tells.")
