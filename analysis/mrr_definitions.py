"""The definitions of MRR, by name. A change of one is a new version: figures of two versions are never mixed (V8).

The text of a definition is what the hash on a figure is of; ``starter.py metrics --explain`` prints it.
"""

from models.errors import BadInput
from models.mrr import MrrDefinition, Overlap

_SHARED = """
Month: a calendar month of the business calendar; MRR of a month is that of its last day.
Paying: an account whose MRR is above 0. An account that states nothing counts as 0, so that every month is compared
with the calendar month before it.
Flows of a month, from the end of the month before to its own end, account by account:
  new: paid nothing before and had never paid at the end of a month; reactivation: had paid, then nothing, pays again;
  expansion: pays more; contraction: pays less, but something; churned: paid, pays nothing.
  starting + new + reactivation + expansion - contraction - churned = ending, checked for each month.
GRR = (starting - contraction - churned) / starting. NRR adds expansion. Neither contains new or reactivation.
Trailing 12 months: opening cohort = accounts paying at the end of the same month a year before, and nobody else;
  GRR = sum of min(MRR then, MRR now) / sum of MRR then; NRR = sum of MRR now / sum of MRR then.
Logo churn = churned accounts / accounts paying at the start. Revenue churn = churned MRR / starting MRR.
An account with a subscription whose amount is unknown is left out of every month, and how many there are is said.
""".strip()

RUNNING_SUM = MrrDefinition(
    name="running_sum",
    version=1,
    overlap=Overlap.SUM,
    counts_on_end_day=False,
    counts_trials=False,
    text=f"""
running_sum, version 1 (recommended)
A subscription counts for a month if it started on or before the month's last day and is not over by then; it is over on
its end date. All of an account's running subscriptions are paid, so its MRR is their sum. Trials do not count.
{_SHARED}
""".strip(),
)

MONTH_END_LATEST = MrrDefinition(
    name="month_end_latest",
    version=1,
    overlap=Overlap.LATEST_START,
    counts_on_end_day=True,
    counts_trials=True,
    text=f"""
month_end_latest, version 1 (for comparison with others' work)
A subscription counts for a month if it started on or before the month's last day and has no end, or ended on or after
that day. Of an account's several only the one with the latest start counts, then the highest MRR, then the highest id,
even if its MRR is 0. Of two that tie but for their id the amount is the same, so no figure depends on the id.
{_SHARED}
""".strip(),
)

RECOMMENDED = RUNNING_SUM
DEFINITIONS = {one.name: one for one in (RUNNING_SUM, MONTH_END_LATEST)}


def definition(name: str, *, field: str = "--definition") -> MrrDefinition:
    """The definition of that name.

    Raises:
        BadInput: there is none.
    """
    found = DEFINITIONS.get(name)
    if found is None:
        raise BadInput(f"expected one of {', '.join(DEFINITIONS)}", field=field, value=name)
    return found
