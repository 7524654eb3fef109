"""Did holding out show anything? Everybody as assigned, followed for the window, arm against arm; never anybody else.

What too few accounts or events tell is not told; instead it says which difference could be seen by now, and when the
experiment could tell.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import NamedTuple

from analysis import intervals, two_shares
from models.experiment import Arm, Outcome
from models.figure import Documented, Figure, Unit
from models.nps_figures import Period
from models.uplift import ArmCount, Comparison, Uplift

FEWEST = 30
"""Followed accounts of each arm below which nothing is told (as NPS, section 18.5)."""

FEWEST_EVENTS = 10
"""Events of both arms together below which nothing is told."""

RELATIVE = 0.25
"""The effect an experiment is planned for unless another is asked: a quarter of the holdout's share."""

RATE_WINDOW = timedelta(weeks=13)

COHORT = Documented(
    name="experiment_arms",
    version=1,
    text="Every account with a row in `assignment` for the experiment, in the arm of that row (intention to treat), "
    "followed from its assignment for the declared window. Accounts that were never eligible have no row.",
)
QUERIES = {
    Outcome.CHURNED: Documented(
        name="churned_after_assignment",
        version=1,
        text="The first day on which nothing of the account is paid for any more lies after the day of assignment and "
        "within the window (persistence.paid_periods).",
    ),
    Outcome.RENEWED: Documented(
        name="renewed_after_assignment",
        version=1,
        text="A renewal decision 'renewed' was told after the assignment and within the window; accounts without any "
        "decision in the window are not renewed.",
    ),
}


class Followed(NamedTuple):
    """One account: its arm, when it was assigned, and the first moment of the outcome after that (None: not yet)."""

    arm: Arm
    at: datetime
    event: datetime | None


class Plan(NamedTuple):
    """What is asked of an experiment. ``effect``: the difference of shares to plan for; None: a quarter of the base."""

    playbook: str
    experiment: str
    fraction: float
    within: timedelta
    effect: float | None
    as_of: datetime


def uplift(plan: Plan, outcomes: Sequence[tuple[Outcome, Sequence[Followed]]], notes: Sequence[str] = ()) -> Uplift:
    """The report."""
    moments = sorted(one.at for one in outcomes[0][1]) if outcomes else []
    first = moments[0] if moments else None
    rate = _per_day(moments, plan.as_of)
    return Uplift(
        playbook=plan.playbook,
        experiment=plan.experiment,
        fraction=plan.fraction,
        within_days=plan.within.days,
        as_of=plan.as_of,
        first_assigned=first,
        per_week=None if rate is None else 7 * rate,
        comparisons=tuple(_compare(plan, outcome, accounts, rate) for outcome, accounts in outcomes),
        notes=tuple(notes),
    )


def _compare(plan: Plan, outcome: Outcome, accounts: Sequence[Followed], rate: float | None) -> Comparison:
    make = _Maker(plan, outcome, accounts)
    treated, holdout = make.arm(Arm.TREATED), make.arm(Arm.HOLDOUT)
    reason = _too_few(treated, holdout)
    difference, p = make.difference(treated, holdout, reason)
    base = _base(treated, holdout)
    wanted = plan.effect if plan.effect is not None else (base * RELATIVE if base else None)
    needed = two_shares.accounts_needed(base, wanted, plan.fraction) if base and base < 1 and wanted else None
    return Comparison(
        outcome=outcome,
        arms=(treated, holdout),
        difference=difference,
        p=p,
        smallest_visible=make.visible(treated, holdout, base, reason),
        wanted=wanted,
        needed=needed,
        tell_on=_tell_on(plan, accounts, needed, rate),
        verdict=_verdict(difference, reason),
    )


class _Maker:
    """Figures of one comparison."""

    def __init__(self, plan: Plan, outcome: Outcome, accounts: Sequence[Followed]) -> None:
        self._plan, self._outcome, self._accounts = plan, outcome, accounts
        begins = min((one.at for one in accounts), default=plan.as_of - timedelta(days=1))
        self._period = Period(start=min(begins, plan.as_of - timedelta(seconds=1)), end=plan.as_of)

    def arm(self, arm: Arm) -> ArmCount:
        """One side: who is in it, who was followed for the whole window, how many had the outcome in it."""
        mine = [one for one in self._accounts if one.arm is arm]
        whole = [one for one in mine if one.at + self._plan.within <= self._plan.as_of]
        k = sum(one.event is not None and one.at < one.event <= one.at + self._plan.within for one in whole)
        label = f"{self._outcome.capitalize()}, {arm}"
        if whole:
            share = self._figure(
                f"{self._outcome}_{arm}", label, value=k / len(whole), n=len(whole), of="accounts", numerator=k,
                denominator=len(whole), interval=intervals.share(k, len(whole)),
            )  # fmt: skip
        else:
            reason = f"nobody has been followed for {self._plan.within.days} days"
            share = self._figure(f"{self._outcome}_{arm}", label, value=None, reason=reason, n=0, of="accounts")
        return ArmCount(arm=arm.value, assigned=len(mine), followed=len(whole), events=k, share=share)

    def difference(self, treated: ArmCount, holdout: ArmCount, reason: str) -> tuple[Figure, float | None]:
        """Treated less holdout, and the chance of as much without any effect."""
        n, label = treated.followed + holdout.followed, f"{self._outcome.capitalize()}: treated less holdout"
        name = f"{self._outcome}_difference"
        if reason:
            return self._figure(name, label, value=None, reason=reason, n=n, of="followed accounts"), None
        one = two_shares.share(treated.events, treated.followed)
        other = two_shares.share(holdout.events, holdout.followed)
        found = self._figure(
            name, label, value=one.value - other.value, n=n, of="followed accounts",
            interval=two_shares.difference(one, other),
        )  # fmt: skip
        return found, intervals.shares_differ((other.k, other.n), (one.k, one.n))

    def visible(self, treated: ArmCount, holdout: ArmCount, base: float | None, reason: str) -> Figure:
        """What could be seen by now, four times in five."""
        name, label = f"{self._outcome}_smallest_visible", "Smallest difference that would be seen by now"
        n = treated.followed + holdout.followed
        if reason or not base or base >= 1:
            why = reason or "every account had the same outcome"
            return self._figure(name, label, value=None, reason=why, n=n, of="followed accounts")
        return self._figure(
            name, label, value=two_shares.smallest_visible(base, treated.followed, holdout.followed), n=n,
            of="followed accounts", no_interval="a plan, not an estimate: 80 % power at 5 %",
        )  # fmt: skip

    def _figure(self, name: str, label: str, **fields: object) -> Figure:
        given = {
            "name": name, "label": label, "unit": Unit.FRACTION, "period": self._period, "as_of": self._plan.as_of,
            "cohort": COHORT.ref, "query": QUERIES[self._outcome].ref,
        }  # fmt: skip
        return Figure.model_validate({**given, **fields})


def _too_few(treated: ArmCount, holdout: ArmCount) -> str:
    for arm in (treated, holdout):
        if arm.followed < FEWEST:
            return f"only {arm.followed} of the {arm.arm} arm are followed to the end, {FEWEST} are needed"
    events = treated.events + holdout.events
    return f"only {events} outcomes in both arms, {FEWEST_EVENTS} are needed" if events < FEWEST_EVENTS else ""


def _base(treated: ArmCount, holdout: ArmCount) -> float | None:
    """The share to plan by: the holdout's, where it has been followed; else that of everybody."""
    if holdout.followed >= FEWEST and holdout.events:
        return holdout.events / holdout.followed
    followed = treated.followed + holdout.followed
    return (treated.events + holdout.events) / followed if followed >= FEWEST else None


def _per_day(moments: Sequence[datetime], as_of: datetime) -> float | None:
    """Accounts assigned a day, of late."""
    if not moments:
        return None
    since = max(moments[0], as_of - RATE_WINDOW)
    days = (as_of - since) / timedelta(days=1)
    recent = sum(moment >= since for moment in moments)
    return recent / days if days >= 7 and recent else None


def _tell_on(plan: Plan, accounts: Sequence[Followed], needed: int | None, rate: float | None) -> date | None:
    """When enough are assigned, and have been followed for the window."""
    if needed is None:
        return None
    moments = sorted(one.at for one in accounts)
    if len(moments) >= needed:
        return max(moments[needed - 1] + plan.within, plan.as_of).date()
    if rate is None:
        return None
    days = ceil((needed - len(moments)) / rate) + plan.within.days
    last = datetime.combine(date.max, time(), UTC)
    return None if days > (last - plan.as_of).days else (plan.as_of + timedelta(days=days)).date()


def _verdict(difference: Figure, reason: str) -> str:
    if reason:
        return f"cannot tell: {reason}"
    assert difference.interval is not None
    low, high = difference.interval.low, difference.interval.high
    if low is not None and low > 0:
        return "more with the playbook"
    if high is not None and high < 0:
        return "less with the playbook"
    return "cannot tell: no difference that could not be chance"
