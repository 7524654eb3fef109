"""Activation, time to first value and completion of onboardings as figures (sections 4.4 and 17)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from analysis import cohorts, survival
from analysis.survival import Watched
from analysis.telling import MINIMUM, Source, Telling
from models.figure import Figure, Unit
from models.figure_change import Change, change
from models.metric_rows import OnboardingRow

ACTIVATION = timedelta(days=14)
_DAY = timedelta(days=1)


def watched(rows: Sequence[OnboardingRow], telling: Telling) -> list[Watched]:
    """How long each was watched: until first value, until its onboarding ended without, or until the as-of."""
    found = []
    for row in rows:
        if row.first_value is not None and row.first_value <= telling.as_of:
            found.append(Watched(max((row.first_value - row.started) / _DAY, 0.0), happened=True))
        else:
            until = min(row.finished or telling.as_of, telling.as_of)
            if until > row.started:
                found.append(Watched((until - row.started) / _DAY, happened=False))
    return found


def time_to_first_value(rows: Sequence[OnboardingRow], telling: Telling, source: Source) -> Figure:
    """The median, unfinished ones counted for as long as they were watched."""
    name, label, cohort = "time_to_first_value", "Time to first value, median", cohorts.ONBOARDED
    seen = watched(rows, telling)
    if len(seen) < MINIMUM:
        reason = f"only {len(seen)} onboardings, at least {MINIMUM} needed" if seen else "no onboardings"
        return telling.cannot(name, label, Unit.DAYS, reason, len(seen), "onboardings", cohort, source)
    found = survival.median(seen)
    if found.days is None or found.interval is None:
        reason = f"fewer than half got there: {found.happened} of {found.watched}"
        return telling.cannot(name, label, Unit.DAYS, reason, len(seen), "onboardings", cohort, source)
    note = f"{found.happened} got there, {found.watched - found.happened} are censored"
    return telling.value(
        name, label, Unit.DAYS, found.days, len(seen), "onboardings", cohort, source, found.interval, (note,)
    )


def ttfv_change(before: Figure, after: Figure, seen: tuple[Sequence[Watched], Sequence[Watched]]) -> Change:
    """Whether customers get there faster."""
    return change(before, after, survival.faster(*seen), "log-rank test", lower=True)


def activation(rows: Sequence[OnboardingRow], telling: Telling, source: Source) -> Figure:
    """Share with first value within 14 days, of those that started that long ago."""
    due = [row for row in rows if row.started + ACTIVATION <= telling.as_of]
    reached = sum(row.first_value is not None and row.first_value - row.started <= ACTIVATION for row in due)
    return telling.share(
        "activation", "Activation within 14 days", reached, len(due), "onboardings", cohorts.ACTIVATED, source
    )


def completion(
    rows: Sequence[OnboardingRow], durations: Mapping[str, timedelta], telling: Telling, source: Source
) -> Figure:
    """Share completed, of those whose program's duration has passed."""
    known = [row for row in rows if row.program in durations]
    due = [row for row in known if row.started + durations[row.program] <= telling.as_of]
    done = sum(row.status == "completed" and (row.finished is None or row.finished <= telling.as_of) for row in due)
    unknown = len(rows) - len(known)
    return telling.share(
        "onboarding_completion", "Onboarding completion", done, len(due), "onboardings", cohorts.TIME_PASSED, source,
        note=f"{unknown} of a program that is no longer known are left out" if unknown else "",
    )  # fmt: skip
