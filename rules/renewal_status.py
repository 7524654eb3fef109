"""Where the renewal of the present term stands, from what was told of it (sections 0.2 and 3.4 of the domain, L7)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from models.enums import LifecycleStage
from models.stages import RenewalStatus
from models.told import RenewalWord

DUE_WITHIN = timedelta(days=90)
"""The first day that the daily check tells a renewal on (section 14)."""


def status(words: Iterable[RenewalWord], renewal_date: date | None, by: datetime) -> RenewalStatus | None:
    """The latest word on the term that ends then: ``not_due`` where none was said; None without a date."""
    if renewal_date is None:
        return None
    said = [word for word in words if word.term_end == renewal_date and word.at <= by]
    return max(said, key=lambda word: (word.at, word.key)).status if said else RenewalStatus.NOT_DUE


def shown(words: Iterable[RenewalWord], renewal_date: date | None, by: datetime) -> RenewalStatus | None:
    """As a person reads it: what nobody has decided is ``pending`` once it is due, and after the term has ended too."""
    stands = status(words, renewal_date, by)
    if stands is RenewalStatus.NOT_DUE and renewal_date is not None and renewal_date - by.date() <= DUE_WITHIN:
        return RenewalStatus.PENDING
    return stands


def completed(
    words: Iterable[RenewalWord],
    renewal_date: date | None,
    by: datetime,
    *,
    stage: LifecycleStage | None = None,
    since: datetime | None = None,
) -> bool | None:
    """The fact ``renewal_completed``; None without a renewal date and without a word.

    A customer in ``renewing`` is asked of the term for which it came there: a renewal told since then completes it even
    where the renewal date has moved on already.
    """
    known = list(words)
    if stage is LifecycleStage.RENEWING and since is not None:
        told = [word for word in known if since <= word.at <= by]
        if told and max(told, key=lambda word: (word.at, word.key)).status is RenewalStatus.COMPLETED:
            return True
    stands = status(known, renewal_date, by)
    return None if stands is None else stands is RenewalStatus.COMPLETED


def declined(words: Iterable[RenewalWord], renewal_date: date | None, by: datetime) -> bool | None:
    """The fact ``renewal_declined``; None without a renewal date."""
    stands = status(words, renewal_date, by)
    return None if stands is None else stands is RenewalStatus.DECLINED
