"""Imports point one way: the contracts of pyproject.toml, checked on the rooms there are."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def rooms() -> set[str]:
    return {init.parent.name for init in ROOT.glob("*/__init__.py")}


def test_every_room_is_under_the_contracts() -> None:
    assert rooms() <= set(LINTER["root_packages"])


def test_the_contracts_hold(tmp_path: Path) -> None:
    """A room that does not exist yet is left out, so that the others are watched from the first day."""
    config = tmp_path / "contracts.ini"
    config.write_text(_ini(rooms()), encoding="utf-8")
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [tool, "--config", config, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def _ini(present: set[str]) -> str:
    missing = set(LINTER["root_packages"]) - present

    def kept(name: str) -> bool:
        return name.partition(".")[0] not in missing

    lines = ["[importlinter]", *_setting("root_packages", sorted(present & set(LINTER["root_packages"])))]
    lines += ["include_external_packages = True", "exclude_type_checking_imports = True"]
    for number, contract in enumerate(LINTER["contracts"]):
        if not any(kept(room) for room in contract.get("source_modules", contract.get("modules"))):
            continue
        lines += ["", f"[importlinter:contract:{number}]", "unmatched_ignore_imports_alerting = none"]
        for name, value in contract.items():
            if name == "unmatched_ignore_imports_alerting":
                continue
            if isinstance(value, list):
                value = [entry for entry in value if all(kept(side.strip()) for side in entry.split("->"))]
            lines += _setting(name, value)
    return "\n".join(lines) + "\n"


def _setting(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [f"{name} =", *(f"    {entry}" for entry in value)]
    return [f"{name} = {value}"]
