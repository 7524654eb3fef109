"""Settings of the outside systems: all that is wrong is told at once, by name, without the value."""

import httpx
import pytest

from composition import vendors
from models.errors import Misconfigured
from models.outside import System
from settings_integrations import NEEDS, IntegrationSettings, load

ALL = (
    "hubspot,stripe,intercom,customerio,zendesk,freshdesk,mixpanel,fullstory,"
    "vitally,gainsight,churnzero,totango,planhat"
)
EVERYTHING = {
    "CRM": "hubspot",
    "MAIL_BY": "customerio",
    "IN_APP_BY": "intercom",
    "MEETINGS_BY": "calendly",
    "SURVEYS_BY": "typeform",
    "TICKETS_FROM": "zendesk",
    "USAGE_FROM": "mixpanel",
    "SESSIONS_FROM": "fullstory",
    "BILLING_FROM": "stripe",
    "KNOWLEDGE": "notion",
    "CHAT": "slack",
    "WRITE_BACK": ALL,
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IntegrationSettings.model_fields:
        monkeypatch.delenv(f"STEADFAST_{name.upper()}", raising=False)
    for name in ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"STEADFAST_{name}", value)


def test_nothing_is_needed_to_start() -> None:
    assert load().wanted() == {}


def test_every_missing_value_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, CRM="hubspot", CHAT="slack", SLACK_TOKEN="xoxb-1", WRITE_BACK="planhat, totango")
    with pytest.raises(Misconfigured) as raised:
        load()
    assert str(raised.value).splitlines() == [
        "STEADFAST_HUBSPOT_TOKEN: missing; hubspot is wanted by STEADFAST_CRM",
        "STEADFAST_SLACK_CHANNEL: missing; slack is wanted by STEADFAST_CHAT",
        "STEADFAST_PLANHAT_TOKEN: missing; planhat is wanted by STEADFAST_WRITE_BACK",
        "STEADFAST_TOTANGO_TOKEN: missing; totango is wanted by STEADFAST_WRITE_BACK",
        "STEADFAST_TOTANGO_SERVICE: missing; totango is wanted by STEADFAST_WRITE_BACK",
    ]


def test_every_malformed_value_is_one_line_that_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, CRM="sales", NOTION_BASE="not-an-address-s3cret", MIXPANEL_PROJECT="seventy", SHARE="name,shoe")
    with pytest.raises(Misconfigured) as raised:
        load()
    lines = str(raised.value).splitlines()
    names = {line.partition(":")[0] for line in lines}
    assert names == {"STEADFAST_CRM", "STEADFAST_NOTION_BASE", "STEADFAST_MIXPANEL_PROJECT", "STEADFAST_SHARE"}
    assert "s3cret" not in str(raised.value)


async def test_every_system_is_made_for_every_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {name.upper(): "7" for needs in NEEDS.values() for name in needs}
    more = {"CUSTOMERIO_SITE_ID": "s", "CUSTOMERIO_TRACK_KEY": "t", "MIXPANEL_TOKEN": "m", "TOTANGO_SERVICE": "SP-1"}
    _set(monkeypatch, **EVERYTHING, **secrets, **more)
    settings = load()
    async with vendors.client(settings) as http:
        connected = vendors.connect(settings, http)
    assert set(connected.checks) == set(System)
    assert set(connected.accounts) == set(System) - {
        System.SLACK,
        System.CALENDLY,
        System.TYPEFORM,
        System.NOTION,
    }
    platforms = {System.VITALLY, System.GAINSIGHT, System.CHURNZERO, System.TOTANGO, System.PLANHAT}
    assert set(connected.tasks) == platforms | {System.HUBSPOT}
    assert set(connected.readers) == platforms | {System.HUBSPOT}
    assert set(connected.deals) == {System.HUBSPOT}
    assert connected.surveys is not None
    assert connected.meetings is not None
    assert set(connected.chat) == {System.SLACK}
    assert connected.mailer is not None
    assert set(vendors.RATES) | {System.CALENDLY, System.TYPEFORM} == set(System)


async def test_a_proxy_is_used_but_for_the_hosts_without(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, PROXY="http://proxy.example:3128", NO_PROXY="localhost,127.0.0.1,.internal.example,::1")
    async with vendors.client(load()) as http:
        through = {
            url: http._transport_for_url(httpx.URL(url)) is not http._transport
            for url in ("https://api.hubapi.com", "http://127.0.0.1", "http://a.internal.example", "http://[::1]")
        }
    assert through == {
        "https://api.hubapi.com": True,
        "http://127.0.0.1": False,
        "http://a.internal.example": False,
        "http://[::1]": False,
    }
