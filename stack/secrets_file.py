"""The secrets of a home, made once: what signs events that come in, and webhooks that go out."""

import base64
import secrets
from pathlib import Path

from pydantic import SecretStr, ValidationError

from models.base import Carried
from models.errors import Misconfigured
from stack.files import write_whole

NAME = "secrets.json"


class Secrets(Carried):
    """Standard Webhooks secrets: ``whsec_`` and 32 random bytes in base64."""

    events: SecretStr
    webhook: SecretStr


def ensure(home: Path) -> Secrets:
    """The home's secrets; made on first use, readable by this user only.

    Raises:
        Misconfigured: the file is there and cannot be understood.
    """
    path = home / NAME
    try:
        return Secrets.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        made = {name: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in ("events", "webhook")}
        kept = Secrets.model_validate(made)
        write_whole(path, _as_json(kept), mode=0o600)
        return kept
    except ValidationError:
        # The errors of pydantic repeat the input, which is the secret.
        raise Misconfigured("not the secrets of a home; remove it to make new ones", field=str(path)) from None


def _as_json(kept: Secrets) -> str:
    return (
        f'{{\n  "events": "{kept.events.get_secret_value()}",\n  "webhook": "{kept.webhook.get_secret_value()}"\n}}\n'
    )
