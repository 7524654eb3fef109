"""Installs the tools of ``apt.txt`` on Debian as root: ``python -m stack.apt [--require-all]``.

Elsewhere, or without ``--require-all`` when it cannot, one line names what is missing and those tests skip.
"""

import os
import shutil
import subprocess
import sys

from stack.cache import say
from stack.processes import ROOT


def wanted(text: str) -> list[str]:
    """The packages of the file: one a line, ``#`` begins a comment."""
    return [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]


def is_there(package: str) -> bool:
    """Whether a program of that name is on the PATH, or Debian has the package installed."""
    if shutil.which(package):
        return True
    if not shutil.which("dpkg-query"):
        return False
    asked = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False)
    return asked.stdout.strip() == "install ok installed"


def install(packages: list[str]) -> str:
    """Install them; gives why that cannot be, or nothing."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        return f"install {names} with this system's package manager"
    if os.geteuid() != 0:
        return f"as root: apt-get install {names}"
    say(f"Installing {names} with apt-get ...")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            lines = [line for line in done.stdout.splitlines() if line.startswith("E:")]
            return f"{' '.join(command[:2])} ended with code {done.returncode}: {lines[0] if lines else 'no message'}"
    return ""


def main(*, require_all: bool) -> int:
    """The exit code: 1 when a tool is missing that is required."""
    missing = [name for name in wanted((ROOT / "apt.txt").read_text(encoding="utf-8")) if not is_there(name)]
    why = install(missing) if missing else ""
    if not why:
        return 0
    say(f"Not installed: {' '.join(missing)} ({why}).")
    if not require_all:
        say("The tests that need it will skip; STEADFAST_REQUIRE_ALL=1 makes that an error.")
    return int(require_all)


if __name__ == "__main__":
    sys.exit(main(require_all="--require-all" in sys.argv[1:]))
