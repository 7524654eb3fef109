"""Secrets are made once, fit Standard Webhooks, and are for this user's eyes only."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from models.errors import Misconfigured
from stack import secrets_file
from stack.files import prepare_home


def test_the_file_is_readable_by_this_user_only(tmp_path: Path) -> None:
    secrets_file.ensure(tmp_path)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_second_start_has_the_same_secrets(tmp_path: Path) -> None:
    assert secrets_file.ensure(tmp_path) == secrets_file.ensure(tmp_path)


def test_two_homes_have_different_secrets_and_one_home_two(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = secrets_file.ensure(tmp_path), secrets_file.ensure(tmp_path / "other")
    values = {s.get_secret_value() for kept in (first, second) for s in (kept.events, kept.webhook)}
    assert len(values) == 4


def test_the_secrets_sign_in_the_standard_format(tmp_path: Path) -> None:
    secret = secrets_file.ensure(tmp_path).events.get_secret_value()
    assert secret.startswith("whsec_")
    assert Webhook(secret).sign("m", datetime.now(UTC), "{}").startswith("v1,")


def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"events": "whsec_precious"}')
    with pytest.raises(Misconfigured) as refused:
        secrets_file.ensure(tmp_path)
    assert "secrets.json" in str(refused.value)
    assert "precious" not in str(refused.value)


def test_a_home_is_for_this_user_only(tmp_path: Path) -> None:
    prepare_home(tmp_path / "a" / "home")
    assert stat.S_IMODE((tmp_path / "a" / "home").stat().st_mode) == 0o700
    assert (tmp_path / "a" / "home" / "logs").is_dir()
