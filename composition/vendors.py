"""Composition of the outside systems: settings to adapters, adapters to purposes."""

import ssl
from collections.abc import Callable
from typing import Any

import httpx
from pydantic import HttpUrl, SecretStr

from activities.connected import Connected
from integrations import customerio, mixpanel
from integrations.calendly import Calendly
from integrations.churnzero import ChurnZero
from integrations.customerio import CustomerIo
from integrations.freshdesk import Freshdesk
from integrations.fullstory import FullStory
from integrations.gainsight import Gainsight
from integrations.hubspot import HubSpot
from integrations.intercom import Intercom
from integrations.mixpanel import Mixpanel
from integrations.notion import Notion
from integrations.planhat import Planhat
from integrations.slack import Slack
from integrations.stripe import Stripe
from integrations.totango import Totango
from integrations.typeform import Typeform
from integrations.vitally import Vitally
from integrations.zendesk import Zendesk
from models.outside import System
from settings_integrations import IntegrationSettings

RATES: dict[System, float] = {
    # Deliveries a second that all workers together may begin. One is up to four calls, and half is left to others that
    # use the same account: HubSpot 100 calls in 10 s, Intercom 1,000 in 10 s, Vitally 1,000 a minute, Zendesk 200 a
    # minute, Freshdesk 80 writes a minute, Notion 3 a second, Slack a message a second and channel, Gainsight, Totango
    # and ChurnZero 100 a minute, Planhat 200 a minute, Customer.io and Stripe 100 a second,
    # Calendly 50 links a minute on its free plan.
    System.HUBSPOT: 2.0,
    System.STRIPE: 20.0,
    System.SLACK: 1.0,
    System.INTERCOM: 10.0,
    System.CUSTOMERIO: 25.0,
    System.CALENDLY: 0.5,
    System.ZENDESK: 1.0,
    System.FRESHDESK: 0.6,
    System.MIXPANEL: 20.0,
    System.FULLSTORY: 5.0,
    System.NOTION: 0.7,
    System.VITALLY: 3.0,
    System.GAINSIGHT: 0.4,
    System.CHURNZERO: 0.8,
    System.TOTANGO: 0.8,
    System.PLANHAT: 1.5,
}


def client(settings: IntegrationSettings) -> httpx.AsyncClient:
    """One pool for all, through the configured proxy; the environment is not read behind the settings' back."""
    trusted = ssl.create_default_context(cafile=str(settings.ca_file)) if settings.ca_file else True
    proxy = httpx.Proxy(settings.proxy) if settings.proxy else None
    direct = dict.fromkeys((_pattern(host) for host in settings.no_proxy if host != "*" and "/" not in host), None)
    return httpx.AsyncClient(
        trust_env=False,
        verify=trusted,
        proxy=None if "*" in settings.no_proxy else proxy,
        mounts=direct or None,
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        headers={"user-agent": "steadfast"},
    )


def _pattern(host: str) -> str:
    """A NO_PROXY entry as the HTTP library's pattern: a name means its subdomains too, an address only itself."""
    bare = host.removeprefix(".")
    if ":" in bare:
        return f"all://[{bare.strip('[]')}]"
    alone = bare == "localhost" or bare.replace(".", "").isdigit()
    return f"all://{bare}" if alone else f"all://*{bare}"


def adapters(
    settings: IntegrationSettings, http: httpx.AsyncClient, whose: Callable[[str], str] | None = None
) -> dict[System, Any]:
    """An adapter for every system that something is asked of."""
    return {system: _make(system, settings, http, whose) for system in settings.wanted()}


def connect(
    settings: IntegrationSettings, http: httpx.AsyncClient, whose: Callable[[str], str] | None = None
) -> Connected:
    """Every purpose, with the adapter that serves it. ``whose``: makes the signed statement of whose a link is."""
    made = adapters(settings, http, whose)

    def one(value: str) -> Any:
        system = System(value) if value in System.__members__.values() else None
        return (system, made[system]) if system is not None else None

    def able(method: str) -> dict[System, Any]:
        return {system: made[system] for system in settings.told if hasattr(made[system], method)}

    def by(value: str) -> dict[System, Any]:
        found = one(value)
        return dict([found]) if found else {}

    surveys = one(settings.surveys_by)
    return Connected(
        told=settings.told,
        share=frozenset(settings.share),
        checks=made,
        accounts=able("save_account"),
        tasks=able("add_task"),
        notes=able("add_note"),
        deals=able("save_deal"),
        plays=able("report_play"),
        readers=able("accounts"),
        in_app=by(settings.in_app_by),
        chat=by(settings.chat),
        people=by(settings.chat),
        knowledge=by(settings.knowledge),
        meetings=one(settings.meetings_by),
        tickets=one(settings.tickets_from),
        usage=one(settings.usage_from),
        sessions=one(settings.sessions_from),
        billing=one(settings.billing_from),
        answers=surveys,
        mailer=one(settings.mail_by),
        surveys=surveys[1] if surveys else None,
    )


def _make(
    system: System, given: IntegrationSettings, http: httpx.AsyncClient, whose: Callable[[str], str] | None
) -> Any:
    match system:
        case System.HUBSPOT:
            return HubSpot(
                http, token=_key(given.hubspot_token), base=_url(given.hubspot_base), pipeline=given.hubspot_pipeline
            )
        case System.STRIPE:
            return Stripe(http, key=_key(given.stripe_key), base=_url(given.stripe_base))
        case System.SLACK:
            return Slack(http, token=_key(given.slack_token), channel=given.slack_channel, base=_url(given.slack_base))
        case System.INTERCOM:
            return Intercom(
                http, token=_key(given.intercom_token), admin=given.intercom_admin, base=_url(given.intercom_base)
            )
        case System.CUSTOMERIO:
            eu = given.customerio_region == "eu"
            return CustomerIo(
                http,
                app_key=_key(given.customerio_app_key),
                site_id=given.customerio_site_id,
                track_key=_key(given.customerio_track_key),
                message=given.customerio_message,
                app=_url(given.customerio_base) or (customerio.APP_EU if eu else customerio.APP),
                track=_url(given.customerio_base) or (customerio.TRACK_EU if eu else customerio.TRACK),
            )
        case System.ZENDESK:
            return Zendesk(
                http,
                subdomain=given.zendesk_subdomain,
                email=given.zendesk_email,
                token=_key(given.zendesk_token),
                base=_url(given.zendesk_base),
            )
        case System.FRESHDESK:
            return Freshdesk(
                http, domain=given.freshdesk_domain, key=_key(given.freshdesk_key), base=_url(given.freshdesk_base)
            )
        case System.CALENDLY:
            return Calendly(
                http,
                token=_key(given.calendly_token),
                event_type=given.calendly_event_type,
                base=_url(given.calendly_base),
            )
        case System.MIXPANEL:
            query, ingest = mixpanel.HOSTS[given.mixpanel_region]
            return Mixpanel(
                http,
                user=given.mixpanel_user,
                secret=_key(given.mixpanel_secret),
                project=given.mixpanel_project or 0,
                token=_key(given.mixpanel_token),
                customer_property=given.mixpanel_customer_property,
                query=_url(given.mixpanel_base) or query,
                ingest=_url(given.mixpanel_base) or ingest,
            )
        case System.FULLSTORY:
            return FullStory(http, key=_key(given.fullstory_key), base=_url(given.fullstory_base))
        case System.TYPEFORM:
            return Typeform(
                http,
                token=_key(given.typeform_token),
                form=given.typeform_form,
                base=_url(given.typeform_base),
                whose=whose,
            )
        case System.NOTION:
            return Notion(
                http,
                token=_key(given.notion_token),
                data_source=given.notion_data_source,
                title=given.notion_title,
                base=_url(given.notion_base),
            )
        case System.VITALLY:
            return Vitally(
                http, key=_key(given.vitally_key), subdomain=given.vitally_subdomain, base=_url(given.vitally_base)
            )
        case System.GAINSIGHT:
            return Gainsight(
                http,
                key=_key(given.gainsight_key),
                tenant=given.gainsight_tenant,
                author=given.gainsight_author,
                base=_url(given.gainsight_base),
            )
        case System.CHURNZERO:
            return ChurnZero(
                http,
                app_key=_key(given.churnzero_app_key),
                push=_url(given.churnzero_push),
                rest=_url(given.churnzero_rest),
                user=given.churnzero_user,
                key=_key(given.churnzero_key),
            )
        case System.TOTANGO:
            return Totango(
                http,
                token=_key(given.totango_token),
                service=given.totango_service,
                activity=given.totango_activity,
                base=_url(given.totango_base),
                collector=_url(given.totango_collector),
            )
        case System.PLANHAT:
            return Planhat(http, token=_key(given.planhat_token), base=_url(given.planhat_base))


def _key(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _url(value: HttpUrl | None) -> str:
    return str(value).rstrip("/") if value is not None else ""
