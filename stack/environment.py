"""What a child of the stack is told: every setting in force, so that all processes of a stack agree."""

from collections.abc import Mapping
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, SecretStr
from sqlalchemy import make_url

from settings import Settings


def of(settings: Settings) -> dict[str, str]:
    """The variables from which ``settings.load`` reads this very value again; None is left out."""
    return {
        _variable(name): text for name in Settings.model_fields if (text := _text(getattr(settings, name))) is not None
    }


def of_child(inherited: Mapping[str, str], settings: Settings, embedded_temporal: str | None) -> dict[str, str]:
    """The whole environment of a child.

    ``embedded_temporal`` is the address of our own server, None when the user's is used. With ours, what the user's
    profile says of another server (keys, TLS, namespace) must not reach it.
    """
    ours = {_variable(name) for name in Settings.model_fields}
    kept = {name: value for name, value in inherited.items() if name not in ours}
    if embedded_temporal is not None:
        kept = {name: value for name, value in kept.items() if not name.startswith("TEMPORAL_")}
    temporal = {}
    if embedded_temporal is not None:
        temporal = {
            "TEMPORAL_ADDRESS": embedded_temporal,
            "TEMPORAL_NAMESPACE": "default",
            "TEMPORAL_CONFIG_FILE": "/dev/null",
        }
    return {**kept, **temporal, **of(settings), "PYTHONUNBUFFERED": "1"}


def absolute_sqlite(url: str) -> str:
    """The URL with a SQLite file's path made absolute: children run in another folder than whoever typed it."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return url
    assert parsed.database is not None
    if parsed.database.startswith("file:"):
        return url
    return parsed.set(database=str(Path(parsed.database).absolute())).render_as_string(hide_password=False)


def _variable(name: str) -> str:
    alias = Settings.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return alias if isinstance(alias, str) else f"STEADFAST_{name.upper()}"


def _text(value: Any) -> str | None:
    match value:
        case None:
            return None
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case time():
            return value.isoformat()
        case _:
            return str(value)
