"""Which vendors may come in, and how what they send is understood."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import SecretStr

from intake.vendors.registry import VENDORS
from intake.vendors.taking import House
from intake.vendors.vendor import Vendor
from models.errors import Misconfigured


class Doors(NamedTuple):
    """The secrets of those vendors that have one. ``public_url``: our address as vendors know it (HubSpot signs it)."""

    secrets: Mapping[str, SecretStr]
    public_url: str
    house: House

    def open(self, name: str) -> tuple[Vendor, SecretStr] | None:
        """The vendor and its secret; None where there is no such vendor, or no secret."""
        vendor, secret = VENDORS.get(name), self.secrets.get(name)
        return None if vendor is None or secret is None else (vendor, secret)


def doors(secrets: Mapping[str, SecretStr], public_url: str, house: House) -> Doors:
    """Checked at start, not at the first message.

    Raises:
        Misconfigured: a secret is none, or of no vendor.
    """
    for name, secret in secrets.items():
        setting = f"STEADFAST_{name.upper()}_WEBHOOK_SECRET"
        if name not in VENDORS:
            raise Misconfigured("there is no such vendor", field=setting)
        VENDORS[name].check(secret, setting)
    return Doors(dict(secrets), public_url.rstrip("/"), house)
