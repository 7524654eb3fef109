"""Every account of a book as of a moment: how it stands and where its lifecycle begins (domain, section 3.4). Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intake.csv.derive import Standing, standing
from intake.csv.mapping import Mapping
from intake.csv.parsed import ParsedBook
from intake.csv.report import ImportReport, Started
from models.book import BookAccount, BookChurn, BookSubscription
from models.enums import LifecycleStage
from models.errors import BadInput
from rules.lifecycle import initial_stage


class AsOf(NamedTuple):
    """The day of an import, and the moment up to which its rows are looked at."""

    day: date
    at: datetime


def as_of(day: date | None, *, now: datetime, zone: str) -> AsOf:
    """The end of a day of the business calendar (today's is now).

    Raises:
        BadInput: the day is yet to come.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    chosen = today if day is None else day
    if chosen > today:
        raise BadInput(f"is later than today, {today}", field="--as-of", value=str(chosen))
    end = datetime.combine(chosen + timedelta(days=1), time(0, 0), tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
    return AsOf(chosen, min(end.astimezone(UTC), now.astimezone(UTC)))


class Derived(NamedTuple):
    """An account with how it stands, and where its lifecycle begins (None: no row tells)."""

    account: BookAccount
    standing: Standing
    stage: LifecycleStage | None
    rule: str
    present: bool


def derive_all(book: ParsedBook, when: AsOf) -> list[Derived]:
    """Every account as of the moment, in the order of its file."""
    return [_derived(book.mapping, when, *own) for own in book.by_account()]


def _derived(
    mapping: Mapping,
    when: AsOf,
    account: BookAccount,
    subscriptions: Sequence[BookSubscription],
    churn: Sequence[BookChurn],
) -> Derived:
    now = standing(account, subscriptions, churn, as_of=when.day, mapping=mapping)
    first = initial_stage(
        now.status,
        days_as_customer=_days(when.at, now.subscribed_at),
        trial_days_remaining=_days(now.trial_ends_at, when.at),
        completion=None,
    )
    stage, rule = first or (None, "")
    complete = account.model_copy(
        update={
            "status": now.status,
            "subscribed_at": now.subscribed_at,
            "trial_ends_at": now.trial_ends_at,
            "plan": now.plan,
            "mrr": now.mrr,
            "seats": now.seats,
            "renewal_date": now.renewal_date,
            "contract_length_months": now.contract_length_months,
            "cycle": now.cycle,
        }
    )
    later = account.signup_date is not None and account.signup_date > when.day
    return Derived(complete, now, stage, rule, present=now.status is not None or not later)


def _days(later: datetime | None, earlier: datetime | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier) // timedelta(days=1)


def report(
    parsed: ParsedBook,
    derived: Sequence[Derived],
    when: AsOf,
    *,
    live: frozenset[str] = frozenset(),
    dry_run: bool = False,
    waiting: int = 0,
) -> ImportReport:
    """What an import of these rows did, or (dry run) would do.

    ``live``: customers that signed up by themselves. ``waiting``: how many first stages are still to be written.
    """
    present = [row for row in derived if row.present and row.account.id not in live]
    stages = Counter(row.stage.value for row in present if row.stage is not None)
    return ImportReport(
        source=parsed.mapping.source,
        as_of=when.at,
        dry_run=dry_run,
        assumptions=(*parsed.mapping.assumptions, *parsed.assumed()),
        files=tuple(tally.report() for tally in parsed.tallies),
        started=Started(
            stages=dict(sorted(stages.items())),
            rules=dict(sorted(Counter(row.rule for row in present if row.rule).items())),
            lifecycles=0 if dry_run else len(present),
            waiting=waiting,
            onboarding_programs=stages[LifecycleStage.ONBOARDING.value],
            not_yet=sum(not row.present for row in derived),
            live=sum(row.account.id in live for row in derived),
            unknown=sum(row.stage is None for row in present),
            disputed=sum(row.standing.disputed for row in present),
            without_email=sum(row.account.email is None for row in present),
            without_zone=sum(row.account.timezone is None for row in present),
        ),
    )
