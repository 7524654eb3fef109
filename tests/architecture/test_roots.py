"""Only the roots compose: the modules at the top are imported by each other and by what starts processes, no deeper."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = {module.stem for module in ROOT.glob("*.py")}
PROCESSES = {"worker", "starter"}

COMPOSERS = ("cli/", "composition/", "stack/", "console/app.py", "persistence/migrations/env.py")
"""Besides the modules at the top: their parts, the commands, what starts processes, the console's app, Alembic's."""


def sources() -> list[Path]:
    return sorted(path for path in ROOT.glob("*/**/*.py") if path.relative_to(ROOT).parts[0] in _rooms())


def _rooms() -> set[str]:
    return {init.parent.name for init in ROOT.glob("*/__init__.py")} | {"cli", "console"}


def imported(path: Path) -> Iterator[str]:
    """Names of the top-level modules that really are imported; what only the type checker reads is no dependency."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_is_given_its_settings_and_never_reaches_up(path: Path) -> None:
    reached = ROOTS & set(imported(path))
    assert not reached & PROCESSES, "a process is started, never imported"
    if not str(path.relative_to(ROOT)).startswith(COMPOSERS):
        assert not reached, "only composition roots read settings, set up telemetry or make the codec"


def test_the_console_never_imports_the_worker() -> None:
    for name in ("worker.py", "starter.py"):
        for room in ("console", "intake", "cli"):
            for path in (ROOT / room).glob("**/*.py"):
                assert name.removesuffix(".py") not in set(imported(path))
