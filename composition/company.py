"""The company that activities act for, from settings."""

from activities.house import House
from models.calendar import Hours
from settings import Settings


def house(settings: Settings) -> House:
    """The company's own facts."""
    return House(
        product_name=settings.product_name,
        product_url=settings.product_url,
        public_url=settings.console_url,
        team_name=settings.team_name,
        team_email=settings.team_email,
        team_calendar=settings.team_calendar,
        language=settings.language,
        default_zone=settings.business_zone,
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        weekly_cap=settings.weekly_cap,
        share_email=settings.webhook_share_email,
        share_mrr=settings.webhook_share_mrr,
        webhooks=frozenset(settings.webhook_urls),
        country=settings.business_country,
        hours=Hours(start=settings.work_from, end=settings.work_until),
        mail_domain=settings.team_email.rpartition("@")[2],
    )
