"""Children read the very settings that the stack resolved."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import HttpUrl, SecretStr

import settings
from models.enums import Language
from settings import Settings
from stack import environment


def test_a_child_reads_exactly_the_resolved_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = Settings(
        home=tmp_path,
        console_port=4711,
        events_secret=SecretStr("whsec_x"),
        language=Language.EN,
        quiet_from=time(21, 30),
        webhook_share_mrr=True,
        cache=tmp_path / "cache",
    ).model_copy(update={"n8n_cs_webhook_url": HttpUrl("https://n8n.example/hook")})
    for name, value in environment.of_child({"STEADFAST_TEMPORAL_CLI": "/elsewhere"}, given, None).items():
        monkeypatch.setenv(name, value)
    assert settings.load() == given


def test_our_own_server_is_not_reached_with_the_keys_of_another() -> None:
    inherited = {"TEMPORAL_API_KEY": "k", "TEMPORAL_PROFILE": "prod", "TEMPORAL_NAMESPACE": "prod", "PATH": "/bin"}
    child = environment.of_child(inherited, Settings(), "127.0.0.1:7233")
    assert child["PATH"] == "/bin"
    assert {name: value for name, value in child.items() if name.startswith("TEMPORAL_")} == {
        "TEMPORAL_ADDRESS": "127.0.0.1:7233",
        "TEMPORAL_NAMESPACE": "default",
        "TEMPORAL_CONFIG_FILE": "/dev/null",
    }


def test_the_users_own_server_is_left_as_it_is() -> None:
    assert environment.of_child({"TEMPORAL_API_KEY": "k"}, Settings(), None)["TEMPORAL_API_KEY"] == "k"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///{cwd}/x.db"),
        ("sqlite+aiosqlite:////var/x.db", "sqlite+aiosqlite:////var/x.db"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
    ],
)
def test_a_relative_database_file_stays_the_same_file_in_another_folder(url: str, expected: str) -> None:
    assert environment.absolute_sqlite(url) == expected.format(cwd=Path.cwd())
