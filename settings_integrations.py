"""Which outside system serves which purpose, and what it takes to speak to it. None is needed to start.

Read once by a composition root with :func:`load`, like ``settings.py``; every wrong or missing value is told at once,
one line each, by the name of its variable.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models.errors import Misconfigured
from models.outside import Shareable, System

WriteBack = Literal[
    "hubspot",
    "stripe",
    "intercom",
    "customerio",
    "zendesk",
    "freshdesk",
    "mixpanel",
    "fullstory",
    "vitally",
    "gainsight",
    "churnzero",
    "totango",
    "planhat",
]


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Listed = BeforeValidator(_listed)


class IntegrationSettings(BaseSettings):
    """An empty purpose is served by ourselves or by nobody (``docs/integrations.md``)."""

    model_config = SettingsConfigDict(env_prefix="STEADFAST_", frozen=True, extra="ignore", populate_by_name=True)

    crm: Literal["", "hubspot"] = ""
    mail_by: Literal["smtp", "customerio"] = "smtp"
    in_app_by: Literal["feed", "intercom"] = "feed"
    meetings_by: Literal["calendar", "calendly"] = "calendar"
    surveys_by: Literal["own", "typeform"] = "own"
    tickets_from: Literal["", "zendesk", "freshdesk", "intercom"] = ""
    usage_from: Literal["", "mixpanel"] = ""
    sessions_from: Literal["", "fullstory"] = ""
    billing_from: Literal["", "stripe"] = ""
    knowledge: Literal["", "notion"] = ""
    chat: Literal["", "slack"] = ""
    write_back: Annotated[tuple[WriteBack, ...], NoDecode, Listed] = Field(
        default=(), description="Systems that are told stage, health and plays; the CRM always is."
    )
    share: Annotated[tuple[Shareable, ...], NoDecode, Listed] = Field(
        default=("name", "plan", "stage", "health", "renewal_date", "plays"),
        description="What of a customer may leave the house; e-mail, first name and MRR only where named here.",
    )

    proxy: str = Field(default="", validation_alias=AliasChoices("STEADFAST_PROXY", "HTTPS_PROXY"))
    no_proxy: Annotated[tuple[str, ...], NoDecode, Listed] = Field(
        default=(), validation_alias=AliasChoices("STEADFAST_NO_PROXY", "NO_PROXY")
    )
    ca_file: Path | None = Field(default=None, validation_alias=AliasChoices("STEADFAST_CA_FILE", "SSL_CERT_FILE"))

    hubspot_token: SecretStr | None = None
    hubspot_base: HttpUrl = HttpUrl("https://api.hubapi.com")
    hubspot_pipeline: str = "default"

    stripe_key: SecretStr | None = None
    stripe_base: HttpUrl = HttpUrl("https://api.stripe.com")

    slack_token: SecretStr | None = None
    slack_channel: str = Field(default="", description="Where messages go that are for nobody in particular.")
    slack_base: HttpUrl = HttpUrl("https://slack.com/api")

    intercom_token: SecretStr | None = None
    intercom_admin: str = Field(default="", description="Id of the teammate who speaks.")
    intercom_base: HttpUrl = HttpUrl("https://api.intercom.io")

    customerio_app_key: SecretStr | None = None
    customerio_site_id: str = ""
    customerio_track_key: SecretStr | None = None
    customerio_message: str = ""
    customerio_region: Literal["us", "eu"] = "us"
    customerio_base: HttpUrl | None = Field(default=None, description="Both its addresses, in place of the region's.")

    zendesk_subdomain: str = ""
    zendesk_email: str = ""
    zendesk_token: SecretStr | None = None
    zendesk_base: HttpUrl | None = None

    freshdesk_domain: str = ""
    freshdesk_key: SecretStr | None = None
    freshdesk_base: HttpUrl | None = None

    calendly_token: SecretStr | None = None
    calendly_event_type: str = ""
    calendly_base: HttpUrl = HttpUrl("https://api.calendly.com")

    mixpanel_user: str = ""
    mixpanel_secret: SecretStr | None = None
    mixpanel_project: int | None = None
    mixpanel_token: SecretStr | None = None
    mixpanel_customer_property: str = "customer_id"
    mixpanel_region: Literal["us", "eu", "in"] = "us"
    mixpanel_base: HttpUrl | None = Field(default=None, description="Both its addresses, in place of the region's.")

    fullstory_key: SecretStr | None = None
    fullstory_base: HttpUrl = HttpUrl("https://api.fullstory.com")

    typeform_token: SecretStr | None = None
    typeform_form: str = ""
    typeform_base: HttpUrl = HttpUrl("https://api.typeform.com")

    notion_token: SecretStr | None = None
    notion_data_source: str = ""
    notion_title: str = "Name"
    notion_base: HttpUrl = HttpUrl("https://api.notion.com/v1")

    vitally_key: SecretStr | None = None
    vitally_subdomain: str = Field(default="", description="Of the American host; empty: the European one.")
    vitally_base: HttpUrl | None = None

    gainsight_key: SecretStr | None = None
    gainsight_tenant: str = ""
    gainsight_author: str = ""
    gainsight_base: HttpUrl | None = None

    churnzero_app_key: SecretStr | None = None
    churnzero_push: HttpUrl = HttpUrl("https://analytics.churnzero.net")
    churnzero_rest: HttpUrl | None = None
    churnzero_user: str = ""
    churnzero_key: SecretStr | None = None

    totango_token: SecretStr | None = None
    totango_service: str = ""
    totango_activity: str = "support"
    totango_base: HttpUrl = HttpUrl("https://api.totango.com")
    totango_collector: HttpUrl = HttpUrl("https://sdr.totango.com")

    planhat_token: SecretStr | None = None
    planhat_base: HttpUrl = HttpUrl("https://api.planhat.com")

    def wanted(self) -> dict[System, tuple[str, ...]]:
        """Each system that something is asked of, and the variables that say so."""
        asked = {
            "STEADFAST_CRM": self.crm,
            "STEADFAST_MAIL_BY": self.mail_by,
            "STEADFAST_IN_APP_BY": self.in_app_by,
            "STEADFAST_MEETINGS_BY": self.meetings_by,
            "STEADFAST_SURVEYS_BY": self.surveys_by,
            "STEADFAST_TICKETS_FROM": self.tickets_from,
            "STEADFAST_USAGE_FROM": self.usage_from,
            "STEADFAST_SESSIONS_FROM": self.sessions_from,
            "STEADFAST_BILLING_FROM": self.billing_from,
            "STEADFAST_KNOWLEDGE": self.knowledge,
            "STEADFAST_CHAT": self.chat,
        }
        found: dict[System, tuple[str, ...]] = {}
        for name, value in [*asked.items(), *(("STEADFAST_WRITE_BACK", one) for one in self.write_back)]:
            if value in System.__members__.values():
                system = System(value)
                found[system] = (*found.get(system, ()), name)
        return found

    @property
    def told(self) -> tuple[System, ...]:
        """The systems that are told of every account, in the order of the settings."""
        return tuple(dict.fromkeys(System(one) for one in (self.crm, *self.write_back) if one))


NEEDS: dict[System, tuple[str, ...]] = {
    System.HUBSPOT: ("hubspot_token",),
    System.STRIPE: ("stripe_key",),
    System.SLACK: ("slack_token", "slack_channel"),
    System.INTERCOM: ("intercom_token", "intercom_admin"),
    System.CUSTOMERIO: ("customerio_app_key",),
    System.ZENDESK: ("zendesk_subdomain", "zendesk_email", "zendesk_token"),
    System.FRESHDESK: ("freshdesk_domain", "freshdesk_key"),
    System.CALENDLY: ("calendly_token",),
    System.MIXPANEL: ("mixpanel_user", "mixpanel_secret", "mixpanel_project"),
    System.FULLSTORY: ("fullstory_key",),
    System.TYPEFORM: ("typeform_token", "typeform_form"),
    System.NOTION: ("notion_token", "notion_data_source"),
    System.VITALLY: ("vitally_key",),
    System.GAINSIGHT: ("gainsight_key", "gainsight_tenant", "gainsight_author"),
    System.CHURNZERO: ("churnzero_app_key",),
    System.TOTANGO: ("totango_token",),
    System.PLANHAT: ("planhat_token",),
}
"""What each system cannot do without."""

WRITE_NEEDS: dict[System, tuple[str, ...]] = {
    System.CUSTOMERIO: ("customerio_site_id", "customerio_track_key"),
    System.MIXPANEL: ("mixpanel_token",),
    System.TOTANGO: ("totango_service",),
}
"""What writing accounts takes on top."""


def problems(settings: IntegrationSettings) -> list[str]:
    """One line for each value that is missing, naming its variable and what wants it."""
    lines = []
    for system, wanted_by in settings.wanted().items():
        needed = (*NEEDS[system], *(WRITE_NEEDS.get(system, ()) if system in settings.told else ()))
        lines += [
            f"STEADFAST_{name.upper()}: missing; {system} is wanted by {', '.join(wanted_by)}"
            for name in needed
            if not _said(getattr(settings, name))
        ]
    return lines


def load() -> IntegrationSettings:
    """Read the environment.

    Raises:
        Misconfigured: one line for every wrong or missing value, naming its variable, never showing it.
    """
    try:
        settings = IntegrationSettings()
    except ValidationError as error:
        raise Misconfigured("\n".join(_told(one) for one in error.errors(include_input=False))) from None
    if lines := problems(settings):
        raise Misconfigured("\n".join(lines))
    return settings


def _told(error: object) -> str:
    assert isinstance(error, dict)
    name = str(error["loc"][0])
    return f"{name if name.isupper() else 'STEADFAST_' + name.upper()}: {error['msg']}"


def _said(value: object) -> bool:
    return bool(value.get_secret_value()) if isinstance(value, SecretStr) else value is not None and value != ""
