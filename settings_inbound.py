"""Settings of what other systems tell us: a secret opens the endpoint of its vendor, without one it answers 404."""

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from models.enums import Plan

VENDORS = (
    "stripe", "hubspot", "intercom", "zendesk", "freshdesk", "calendly", "typeform", "customerio", "slack", "n8n",
)  # fmt: skip
"""Names in ``/webhooks/<name>`` and in ``STEADFAST_<NAME>_WEBHOOK_SECRET``."""

_SHORTEST = 8


class InboundSettings(BaseSettings):
    """A part of ``settings.Settings``. Of each secret two may be given during a rotation: ``new,old``."""

    stripe_webhook_secret: SecretStr | None = Field(default=None, description="Signing secret of the endpoint, whsec_.")
    hubspot_webhook_secret: SecretStr | None = Field(default=None, description="Client secret of the app.")
    intercom_webhook_secret: SecretStr | None = Field(default=None, description="Client secret of the app.")
    zendesk_webhook_secret: SecretStr | None = Field(default=None, description="Signing secret of the webhook.")
    freshdesk_webhook_secret: SecretStr | None = Field(default=None, description="Sent by the rule as a header.")
    calendly_webhook_secret: SecretStr | None = Field(default=None, description="signing_key of the subscription.")
    typeform_webhook_secret: SecretStr | None = Field(default=None, description="Secret of the form's webhook.")
    customerio_webhook_secret: SecretStr | None = Field(default=None, description="Signing key of the webhook.")
    slack_webhook_secret: SecretStr | None = Field(default=None, description="Signing secret of the app.")
    n8n_webhook_secret: SecretStr | None = Field(default=None, description="Standard Webhooks secret of callbacks.")
    billing_plans: str = Field(
        default="", description="Price or product ids of billing and our plans: price_1=growth,prod_2=starter."
    )

    slack_people: str = Field(
        default="", description="Slack users and our managers' ids, where addresses differ: U012AB=lena,U034CD=marc."
    )
    usage_events: str = Field(
        default="", description="Names of the product's events whose use is read: Chatbot Created,Login."
    )

    @field_validator(*(f"{name}_webhook_secret" for name in VENDORS), mode="after")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None  # an empty variable opens nothing
        if any(len(part.strip()) < _SHORTEST for part in value.get_secret_value().split(",")):
            raise ValueError(f"expected a secret of at least {_SHORTEST} characters (in a rotation: new,old)")
        return value

    @field_validator("billing_plans", mode="after")
    @classmethod
    def _known_plans(cls, value: str) -> str:
        plans_of(value)
        return value

    @property
    def webhook_secrets(self) -> dict[str, SecretStr]:
        """Vendor to secret, for those that have one."""
        found = {name: getattr(self, f"{name}_webhook_secret") for name in VENDORS}
        return {name: secret for name, secret in found.items() if secret is not None}

    @property
    def plans(self) -> dict[str, Plan]:
        """Ids of billing to our plans."""
        return plans_of(self.billing_plans)

    @field_validator("slack_people", mode="after")
    @classmethod
    def _known_people(cls, value: str) -> str:
        pairs_of(value, "user=manager")
        return value

    @property
    def people(self) -> dict[str, str]:
        """Slack users to the ids of our managers."""
        return pairs_of(self.slack_people, "user=manager")

    @property
    def usage_names(self) -> tuple[str, ...]:
        """The events whose use is read, each once, in their order."""
        return tuple(dict.fromkeys(filter(None, (name.strip() for name in self.usage_events.split(",")))))


def plans_of(text: str) -> dict[str, Plan]:
    """``price_1=growth,prod_2=starter`` as a mapping.

    Raises:
        ValueError: a part is none, or names a plan that there is not.
    """
    named = pairs_of(text, form := f"id=plan with a plan of {', '.join(Plan)}")
    for name, plan in named.items():
        if plan not in Plan.__members__.values():
            raise ValueError(f"expected {form}, not {f'{name}={plan}'[:80]!r}")
    return {name: Plan(plan) for name, plan in named.items()}


def pairs_of(text: str, form: str) -> dict[str, str]:
    """``a=b,c=d`` as a mapping.

    Raises:
        ValueError: a part is none.
    """
    pairs = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (one.strip() for one in part.partition("="))
        if not name or not value:
            raise ValueError(f"expected {form}, not {part[:80]!r}")
        pairs[name] = value
    return pairs
