"""``docs/integrations.md``: of each system what it gives, its settings, the rights to grant, the webhook to create."""

import re
from pathlib import Path

import pytest

from models.outside import System
from settings_inbound import VENDORS
from settings_integrations import NEEDS, WRITE_NEEDS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "integrations.md").read_text(encoding="utf-8")
NAMES = {
    System.HUBSPOT: "HubSpot",
    System.CUSTOMERIO: "Customer.io",
    System.FULLSTORY: "FullStory",
    System.CHURNZERO: "ChurnZero",
}


def section(name: str) -> str:
    """What is said under the heading that names it."""
    found = [part for part in re.split(r"\n#{2,3} ", PAGE) if name in part.partition("\n")[0]]
    assert len(found) == 1, name
    return found[0]


@pytest.mark.parametrize("name", [*(NAMES.get(one, one.value.title()) for one in System), "SMTP", "n8n"])
def test_a_system_says_what_to_grant_and_what_to_create(name: str) -> None:
    told = section(name)
    assert "Rights" in told
    assert "Webhook:" in told
    assert "ettings" in told


@pytest.mark.parametrize("system", list(System))
def test_every_setting_that_a_system_needs_is_named(system: System) -> None:
    told = section(NAMES.get(system, system.value.title()))
    for name in (*NEEDS[system], *WRITE_NEEDS.get(system, ())):
        short = name.upper().removeprefix(system.value.upper())
        assert re.search(rf"`(STEADFAST_)?{name.upper()}`|`{short}`", told), name


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_that_tells_us_has_a_line_on_the_page_of_webhooks(vendor: str) -> None:
    assert f"| `{vendor}` |" in (DOCS / "webhooks.md").read_text(encoding="utf-8")
