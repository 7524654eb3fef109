"""May this message go to this customer now? Consent, suppression, quiet hours, frequency cap (section 9.2, M7).

Transactional mail always goes. Times are wall times in the recipient's zone, so a clock change cannot move them.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.contact import Permission
from models.enums import MessageClass

CAPPED = (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
CAP_WINDOW = timedelta(days=7)

_DAYS_AHEAD = 4
"""Today, tomorrow, and a day that a clock change or a move over the date line swallowed."""


def may_contact(
    message_class: MessageClass,
    *,
    consent_marketing: bool | None,
    consent_relationship: bool | None,
    suppressed: str | None,
) -> Permission:
    """Consent and suppression, which no wait can change."""
    if message_class is MessageClass.TRANSACTIONAL:
        return Permission(True)
    if suppressed is not None:
        return Permission(False, f"address suppressed: {suppressed}")
    if message_class is MessageClass.MARKETING and consent_marketing is not True:
        return Permission(False, "no marketing consent")
    if message_class is MessageClass.RELATIONSHIP and consent_relationship is False:
        return Permission(False, "relationship mail declined")
    return Permission(True)


def within_cap(message_class: MessageClass, sent_in_window: int, cap: int) -> Permission:
    """The frequency cap over trailing seven days, across playbooks."""
    if message_class in CAPPED and sent_in_window >= cap:
        return Permission(False, f"frequency cap: {sent_in_window} messages in 7 days, at most {cap}")
    return Permission(True)


def in_window(
    message_class: MessageClass, now: datetime, zone: str | None, quiet_from: time, quiet_until: time
) -> Permission:
    """Quiet hours in the recipient's zone; an unknown zone cannot be respected, so the message does not go."""
    if message_class is MessageClass.TRANSACTIONAL:
        return Permission(True)
    if zone is None:
        return Permission(False, "time zone unknown")
    local = now.astimezone(ZoneInfo(zone))
    if not _quiet(local.time(), quiet_from, quiet_until):
        return Permission(True)
    return Permission(False, "quiet hours", _opens(local, quiet_from, quiet_until))


def _quiet(at: time, quiet_from: time, quiet_until: time) -> bool:
    if quiet_from <= quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


def _opens(local: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """The next moment at which the quiet hours end, in UTC.

    A wall time that a clock change skips does not exist: read back through UTC it lands after the gap. One that a
    change repeats comes twice, and the first may have passed. Both are tried on the days that follow.
    """
    moments = (
        datetime.combine(local.date() + timedelta(days=days), quiet_until, tzinfo=local.tzinfo).replace(fold=fold)
        for days in range(_DAYS_AHEAD)
        for fold in (0, 1)
    )
    now = local.astimezone(UTC)
    for moment in (wall.astimezone(UTC) for wall in moments):
        if moment > now and not _quiet(moment.astimezone(local.tzinfo).time(), quiet_from, quiet_until):
            return moment
    raise AssertionError("quiet hours end every day")  # pragma: no cover
