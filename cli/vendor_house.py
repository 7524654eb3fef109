"""How the commands understand what other systems tell: as the console does."""

from cli.context import Context
from intake import lexicon
from intake.vendors.staff import Staff
from intake.vendors.taking import House
from intake.vendors.vendor import Terms


def vendor_house(context: Context) -> House:
    """From the settings."""
    settings = context.settings
    terms = Terms(settings.plans)
    staff = Staff(settings.people, next(iter(context.connected.people.values()), None))
    return House(context.clock, settings.currency, lexicon.supplied(), settings.events_secret, terms, staff)
