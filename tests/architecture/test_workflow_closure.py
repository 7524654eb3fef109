"""What a workflow file drags in is reloaded by the sandbox for each run: it stays small and free of the outside."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BANNED = {
    "structlog",
    "sqlalchemy",
    "httpx",
    "jinja2",
    "rich",
    "fastapi",
    "aiosmtplib",
    "cryptography",
    "psycopg",
    "ruamel",
    "settings",
    "telemetry",
    "codec",
}

PROBE = """
import importlib, sys
import cel, pydantic, temporalio.client, temporalio.worker  # what the libraries load by themselves is not ours
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
    print(name, *sorted({module.partition(".")[0] for module in set(sys.modules) - before}))
"""

MODULES = sorted(f"workflows.{path.stem}" for path in (ROOT / "workflows").glob("*.py") if path.stem != "__init__")


@pytest.fixture(scope="module")
def closures() -> dict[str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *MODULES], cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {line.split()[0]: set(line.split()[1:]) for line in done.stdout.splitlines()}


@pytest.mark.parametrize("module", MODULES)
def test_a_workflow_file_loads_nothing_that_talks_to_the_world(module: str, closures: dict[str, set[str]]) -> None:
    assert not closures[module] & BANNED


@pytest.mark.parametrize("module", MODULES)
def test_a_workflow_file_loads_of_ours_only_models_rules_and_activities(
    module: str, closures: dict[str, set[str]]
) -> None:
    ours = {init.parent.name for init in ROOT.glob("*/__init__.py")} | {path.stem for path in ROOT.glob("*.py")}
    assert closures[module] & ours <= {"workflows", "models", "rules", "activities"}


def test_sandboxed_rules_define_functions_only() -> None:
    """Rules are loaded anew in each sandbox: a class of theirs would have as many identities as there are runs."""
    empty = (ROOT / "rules" / "__init__.py").read_text(encoding="utf-8")
    assert "import" not in empty.rpartition('"""')[2]
