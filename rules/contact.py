"""May this message go to this customer now? Consent, suppression, quiet hours, frequency cap (section 9.2, M7).

Transactional mail always goes. Times are wall times in the recipient's zone, so a clock change cannot move them.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.calendar import Calendar
from models.contact import Permission, SendWindow
from models.enums import MessageClass
from models.playbook_rules import HIGH_PRIORITY
from rules.calendar import is_working_day, local, next_local

CAPPED = (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
CAP_WINDOW = timedelta(days=7)

RESERVED = 1
"""Messages of the week that only playbooks of high priority may use."""

_YES = Permission(True)

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
        return _YES
    if suppressed is not None:
        return Permission(False, f"address suppressed: {suppressed}")
    if message_class is MessageClass.MARKETING and consent_marketing is not True:
        return Permission(False, "no marketing consent")
    if message_class is MessageClass.RELATIONSHIP and consent_relationship is False:
        return Permission(False, "relationship mail declined")
    return _YES


def within_cap(message_class: MessageClass, sent_in_window: int, cap: int, priority: int = HIGH_PRIORITY) -> Permission:
    """The frequency cap over trailing seven days, across playbooks.

    Of a cap of two or more, one message is kept back for playbooks of high priority: what is merely useful cannot use
    up the week before what matters comes.
    """
    room = cap - RESERVED if priority < HIGH_PRIORITY and cap > RESERVED else cap
    if message_class in CAPPED and sent_in_window >= room:
        kept = f", {cap - room} more kept for what matters most" if room < cap else ""
        return Permission(False, f"frequency cap: {sent_in_window} messages in 7 days, at most {room}{kept}")
    return _YES


def in_send_window(calendar: Calendar, now: datetime, window: SendWindow) -> Permission:
    """The hours that a step of a playbook names, on the recipient's clock."""
    wall = local(calendar, now)
    opens, closes = time.fromisoformat(window.opens), time.fromisoformat(window.closes)
    works = not window.working_days_only or is_working_day(calendar, wall.date())
    if works and opens <= wall.time() < closes:
        return _YES
    until = next_local(calendar, now, opens, working_days_only=window.working_days_only)
    return Permission(False, f"not between {window.opens} and {window.closes} there", until)


def in_window(
    message_class: MessageClass, now: datetime, zone: str | None, quiet_from: time, quiet_until: time
) -> Permission:
    """Quiet hours in the recipient's zone; an unknown zone cannot be respected, so the message does not go."""
    if message_class is MessageClass.TRANSACTIONAL:
        return _YES
    if zone is None:
        return Permission(False, "time zone unknown")
    local = now.astimezone(ZoneInfo(zone))
    if not _quiet(local.time(), quiet_from, quiet_until):
        return _YES
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
