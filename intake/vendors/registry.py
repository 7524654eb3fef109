"""Every vendor whose events come in, by the name in ``/webhooks/<name>``; and how records that are read are told."""

from collections.abc import Callable

from intake.vendors import (
    calendly,
    customerio,
    freshdesk,
    hubspot,
    intercom,
    mixpanel,
    n8n,
    slack,
    stripe,
    tickets,
    typeform,
    zendesk,
)
from intake.vendors.vendor import Interpret, Vendor
from models.pull import Source
from models.vendor import Notice

VENDORS: dict[str, Vendor] = {
    each.VENDOR.name: each.VENDOR
    for each in (calendly, customerio, freshdesk, hubspot, intercom, n8n, slack, stripe, typeform, zendesk)
}

RECORDS: dict[Source, tuple[str, Callable[[object], Notice]]] = {
    Source.STRIPE_EVENTS: (stripe.NAME, stripe.notice),
    Source.ZENDESK: (zendesk.NAME, tickets.record),
    Source.FRESHDESK: (freshdesk.NAME, tickets.record),
    Source.INTERCOM: (intercom.NAME, tickets.record),
    Source.MIXPANEL: (mixpanel.NAME, mixpanel.record),
    Source.TYPEFORM: (typeform.NAME, typeform.record),
}
"""Source to vendor, and a record of the source to a notice of the vendor."""

INTERPRETERS: dict[str, Interpret] = {
    **{name: vendor.interpret for name, vendor in VENDORS.items()},
    mixpanel.NAME: mixpanel.interpret,
}
