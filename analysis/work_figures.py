"""Playbook completion and action completion as figures: two numbers, two definitions (section 18.6, V13)."""

from collections.abc import Sequence
from datetime import timedelta

from analysis import cohorts
from analysis.telling import Source, Telling
from models.enums import RunStatus
from models.figure import Figure
from models.metric_rows import ActionDue, ClosedSave

GRACE = timedelta(days=1)
_WELL = (RunStatus.COMPLETED, RunStatus.GOAL_MET)
_SETTLED = ("done", "skipped", "goal_met", "exited")


def playbook_completion(rows: Sequence[ClosedSave], telling: Telling, source: Source) -> Figure:
    """Closed save plays of which everything applicable was done."""
    whole = sum(row.status in _WELL and row.failed == 0 for row in rows)
    return telling.share(
        "playbook_completion", "Playbook completion", whole, len(rows), "save plays", cohorts.SAVES_CLOSED, source
    )


def action_completion(rows: Sequence[ActionDue], telling: Telling, source: Source) -> Figure:
    """Actions done in time, of those due."""
    due = [row for row in rows if row.due + GRACE <= telling.as_of]
    done = sum(row.status in _SETTLED and row.ended is not None and row.ended <= row.due + GRACE for row in due)
    return telling.share(
        "action_completion", "Actions done in time", done, len(due), "actions due", cohorts.ACTIONS_DUE, source
    )
