"""Every setting, in one frozen value read once by a composition root; the only reader of the environment.

Names: prefix ``STEADFAST_``, except the three webhook addresses the domain fixes (section 14.3) and Temporal's own
names, which ``temporalio.envconfig`` reads. Ports of 0 mean any free one.
"""

from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict

from models.enums import Language
from models.errors import Misconfigured
from models.events import Email, Zone
from settings_inbound import InboundSettings

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(InboundSettings):
    """Read with :func:`load`; passed to whoever needs a part of it."""

    model_config = SettingsConfigDict(env_prefix="STEADFAST_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Field(default=Path(".steadfast"), description="State of the embedded stack.")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite file in the home.")

    console_host: str = "127.0.0.1"
    console_port: Port = 8700
    temporal_port: Port = 7233
    temporal_ui_port: Port = 8233
    mail_port: Port = 1025
    worker_metrics_port: Port = Field(default=0, description="Prometheus endpoint of the worker; 0: any free one.")
    public_url: str = Field(default="", description="Address of the console as recipients see it.")

    task_queue: str = "steadfast"
    build_id: str = Field(default="", description="Deployment build of this worker; empty: unversioned.")
    payload_key: SecretStr | None = Field(
        default=None,
        description="32 bytes in base64 (in a rotation: new,old): encrypts payloads, a key per customer. Unset: plain.",
    )

    events_secret: SecretStr | None = Field(default=None, description="Standard Webhooks secret of POST /events.")
    max_event_bytes: Annotated[int, Field(ge=1024)] = 262_144

    product_name: str = "MBC Chatbots"
    product_url: str = "https://app.example.com"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    business_zone: Zone = "Europe/Madrid"
    business_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(
        default="ES", description="Whose holidays our people keep (ISO 3166)."
    )
    work_from: time = Field(default=time(9), description="Our people work from this hour,")
    work_until: time = Field(default=time(18), description="until this one, in the business zone.")
    language: Language = Language.ES
    health_file: Path | None = Field(default=None, description="How health is measured; unset: config/health.yaml.")

    smtp_host: str = "127.0.0.1"
    smtp_port: Port = Field(default=0, description="0: the embedded catcher's port, mail_port.")
    smtp_username: str = ""
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    team_name: str = "Equipo de Customer Success"
    team_email: Email = "customer.success@example.com"
    team_calendar: str = "https://calendar.example.com/customer-success"

    quiet_from: time = Field(default=time(20, 0), description="No relationship or marketing mail from this hour,")
    quiet_until: time = Field(default=time(8, 0), description="until this one, in the recipient's zone.")
    weekly_cap: Annotated[int, Field(ge=1)] = Field(
        default=5,
        description="Most relationship and marketing messages to one customer in seven days; one is kept back.",
    )

    n8n_cs_webhook_url: HttpUrl | None = Field(default=None, validation_alias="N8N_CS_WEBHOOK_URL")
    n8n_alerts_webhook_url: HttpUrl | None = Field(default=None, validation_alias="N8N_ALERTS_WEBHOOK_URL")
    n8n_expansion_webhook_url: HttpUrl | None = Field(default=None, validation_alias="N8N_EXPANSION_WEBHOOK_URL")
    n8n_base_url: HttpUrl | None = Field(
        default=None, description="Where n8n answers /healthz; unset: what stands before /webhook/ in the addresses."
    )
    webhook_secret: SecretStr | None = Field(default=None, description="Signs what we post to n8n.")
    webhook_share_email: bool = False
    webhook_share_mrr: bool = False

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    temporal_cli: Path | None = Field(default=None, description="An existing `temporal` binary.")
    cache: Path = Field(default=Path("~/.cache"), validation_alias=AliasChoices("STEADFAST_CACHE", "XDG_CACHE_HOME"))

    @field_validator("home", "cache", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'steadfast.db'}"

    @property
    def smtp(self) -> tuple[str, int]:
        """Host and port of the mail server in force."""
        return self.smtp_host, self.smtp_port or self.mail_port

    @property
    def mail_is_caught(self) -> bool:
        """Whether mail goes to the embedded catcher, which delivers nothing: no server of yours is named."""
        return self.smtp_host == "127.0.0.1" and self.smtp_port in (0, self.mail_port)

    @property
    def console_url(self) -> str:
        """The console's address as recipients of mail see it."""
        return (self.public_url or f"http://{self.console_host}:{self.console_port}").rstrip("/")

    @property
    def webhook_urls(self) -> dict[str, str]:
        """Target (section 14.3) to address, for those that have one."""
        urls = {
            "cs_events": self.n8n_cs_webhook_url,
            "alerts": self.n8n_alerts_webhook_url,
            "expansion": self.n8n_expansion_webhook_url,
        }
        return {target: str(url) for target, url in urls.items() if url is not None}

    @property
    def cache_home(self) -> Path:
        """Where servers that were built or fetched once are kept, outside any checkout."""
        return self.cache / "steadfast"


def load() -> Settings:
    """Read the environment.

    Raises:
        Misconfigured: one line for the first wrong value, naming its variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        shown = name if name.isupper() else f"STEADFAST_{name.upper()}"
        raise Misconfigured(first["msg"], field=shown) from None
