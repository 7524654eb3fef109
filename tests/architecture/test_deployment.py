"""docker-compose.yml, Dockerfile and .env.example say what the settings and the files of this checkout say."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices
from pydantic_settings import BaseSettings
from ruamel.yaml import YAML

from settings import Settings
from settings_integrations import IntegrationSettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
READ: tuple[type[BaseSettings], ...] = (Settings, IntegrationSettings)
NEVER_HERE = {"XDG_CACHE_HOME", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"}  # the system's own, where ours is unset


def setting_names() -> dict[str, str]:
    """Each variable the settings read, and the field it sets."""
    names = {}
    for field, info in (pair for read in READ for pair in read.model_fields.items()):
        alias = info.validation_alias
        found = alias.choices if isinstance(alias, AliasChoices) else [alias or f"STEADFAST_{field.upper()}"]
        names.update({str(name): field for name in found})
    return {name: field for name, field in names.items() if name not in NEVER_HERE}


def example(*, commented: bool) -> dict[str, str]:
    """NAME=value lines of .env.example; with ``commented``, those that are unset by default as well."""
    pattern = re.compile(r"^(# )?([A-Z][A-Z0-9_]+)=(.*)$")
    found = (pattern.match(line) for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines())
    return {match[2]: match[3] for match in found if match and (commented or not match[1])}


def test_the_example_names_every_setting_and_no_other() -> None:
    named = {name for name in example(commented=True) if name.startswith(("STEADFAST_", "N8N_"))}
    assert named == set(setting_names())


def test_the_examples_values_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*setting_names(), *NEVER_HERE):
        monkeypatch.delenv(name, raising=False)
    by_default = [read() for read in READ]
    for name, value in example(commented=False).items():
        monkeypatch.setenv(name, value)
    assert [read() for read in READ] == by_default


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_sets_only_variables_that_are_read(service: str) -> None:
    ours = {name for name in SERVICES[service].get("environment", {}) if name.startswith(("STEADFAST_", "N8N_"))}
    assert ours <= set(setting_names())


def test_every_variable_that_compose_fills_in_is_explained() -> None:
    filled = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    explained = set(example(commented=True)) | {"STEADFAST_TAG", "TEMPORAL_CODEC_ENDPOINT"}
    assert filled <= explained


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_is_pinned_named_and_wired(service: str) -> None:
    described = SERVICES[service]
    tag = described["image"].rpartition(":")[2]
    assert re.search(r"\d", tag), f"{described['image']} is not pinned"
    assert set(described.get("depends_on", {})) <= set(SERVICES)
    assert set(described.get("networks", [])) <= set(COMPOSE["networks"])
    for volume in described.get("volumes", []):
        assert volume.partition(":")[0] in COMPOSE["volumes"]
    for needed, how in described.get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[needed], f"{needed} has no health to wait for"
    for port in described.get("ports", []):
        assert port.startswith("127.0.0.1:"), "published to this host only; a proxy in front decides the rest"


@pytest.mark.parametrize("service", OURS)
def test_what_runs_our_code_can_change_nothing_but_its_home(service: str) -> None:
    described = SERVICES[service]
    assert described["read_only"] is True
    assert described["user"].split(":")[0] != "0"
    assert described["cap_drop"] == ["ALL"]
    assert described["environment"]["STEADFAST_DATABASE_URL"].startswith("postgresql+psycopg://")


def test_commands_and_files_exist() -> None:
    text = " ".join(" ".join(SERVICES[name].get("command", [])) for name in OURS)
    for script in re.findall(r"python (\w+\.py)", text):
        assert (ROOT / script).is_file()
    for module in re.findall(r"python -m ([\w.]+)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()
    for name in OURS:
        for entry in SERVICES[name]["env_file"]:
            assert entry.get("required", True) is False or (ROOT / entry["path"]).is_file()
    copied = re.findall(r"^COPY (?!--from)(\S+) ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied
    assert all((ROOT / path).exists() for path in copied)


def test_the_image_is_built_from_hashes_and_runs_as_nobody() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in lines
    assert re.search(r"^USER (?!root)\w+", lines, re.MULTILINE)
    assert "HEALTHCHECK" in lines
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env", ".git", ".venv", ".steadfast"} <= set(ignored)


def test_secrets_have_no_value_in_the_example() -> None:
    for name, value in example(commented=True).items():
        if re.search(r"PASSWORD|SECRET|_KEY$|_TOKEN$", name):
            assert value == "", name
