"""How often who was expected to leave left (section 18.6): accuracy, with precision and recall beside it.

When few leave, calling everybody safe is nearly always right; accuracy alone would praise that.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from analysis import cohorts
from analysis.reconcile import Spans, running
from analysis.telling import Source, Telling
from models.figure import Figure, Unit

WINDOW = timedelta(days=60)


def accuracy(
    spans: Spans, predicted: Collection[str], judged_since: date | None, last: date, telling: Telling, source: Source
) -> Figure:
    """Of the 60 days that end with ``last``."""
    name, label, cohort = "churn_prediction_accuracy", "Churn prediction accuracy", cohorts.PREDICTED
    day = last - WINDOW
    if judged_since is None or judged_since > day:
        reason = "nothing was predicted yet when the window of 60 days began"
        return telling.cannot(name, label, Unit.FRACTION, reason, None, "accounts", cohort, source)
    left = outcomes(spans, day, last)
    right = sum((account in predicted) == gone for account, gone in left.items())
    hits = sum(gone for account, gone in left.items() if account in predicted)
    flagged, gone = sum(account in predicted for account in left), sum(left.values())
    note = f"precision {hits} of {flagged}; recall {hits} of {gone}; {gone} of {len(left)} left"
    return telling.share(name, label, right, len(left), "accounts", cohort, source, note=note)


def outcomes(spans: Spans, day: date, last: date) -> Mapping[str, bool]:
    """Accounts paying on a day, and whether they paid nothing on some later day up to the last."""
    found = {}
    for account, held in spans.items():
        paid = [span for span in held if span.mrr != 0]
        if running(paid, day):
            edges = {span.ended for span in paid if span.ended is not None and day < span.ended <= last}
            found[account] = any(not running(paid, edge) for edge in edges)
    return found
