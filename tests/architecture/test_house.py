"""Rules of the house that prose would leak: file sizes, docstrings, clocks, the environment, paths of one machine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.common import RetryPolicy

from models import errors
from workflows import policies

ROOT = Path(__file__).parents[2]
LONGEST = 300
LONGEST_TEST = 400


def tracked() -> list[Path]:
    """Files of the checkout, committed or about to be."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def python() -> list[Path]:
    skipped = {".venv", ".steadfast"}
    return sorted(path for path in ROOT.glob("**/*.py") if not skipped & set(path.relative_to(ROOT).parts))


def test_no_file_is_longer_than_a_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python()
        if (lines := len(path.read_text(encoding="utf-8").splitlines()))
        > (LONGEST_TEST if "tests" in path.parts else LONGEST)
    }
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python()
        if (text := path.read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert not silent


@pytest.mark.parametrize(
    "line",
    [
        "datetime.datetime.now(datetime.UTC)",
        "datetime.date.today()",
        "time.time()",
        "os.environ['HOME']",
        "os.getenv('HOME')",
        "random.random()",
        "random.choice([1])",
        "uuid.uuid4()",
    ],
)
@pytest.mark.parametrize("room", ["rules", "workflows", "activities", "models"])
def test_the_ban_on_clocks_environment_and_chance_fires(room: str, line: str) -> None:
    snippet = f'"""A snippet."""\n\nimport datetime\nimport os\nimport random\nimport time\nimport uuid\n\nX = {line}\n'
    ruff = Path(sys.executable).parent / "ruff"
    done = subprocess.run(
        [ruff, "check", "--no-cache", "--output-format=concise", "--stdin-filename", f"{room}/snippet.py", "-"],
        input=snippet,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "TID251" in done.stdout


def test_only_settings_and_the_stack_read_the_environment() -> None:
    reading = re.compile(r"\bos\.(environ|getenv|putenv)\b|from os import .*\b(environ|getenv)\b")
    allowed = ("settings.py", "stack/", "tests/")
    found = [
        name
        for path in python()
        if not (name := str(path.relative_to(ROOT))).startswith(allowed) and reading.search(path.read_text("utf-8"))
    ]
    assert not found


def test_no_file_names_a_folder_of_one_machine() -> None:
    folders = "|".join(("root", "work", r"home/\w+", r"Users/\w+"))
    path_of_a_machine = re.compile(rf"(?<![\w.$}}\-/*]){'/'}(?:{folders})/\w")
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if path_of_a_machine.search(line)
        ]
    assert not found


def test_policies_never_retry_what_no_retry_can_mend() -> None:
    """A policy lists exactly the errors that are never retried, or (said beside it) retries everything."""
    found = [
        policy
        for value in vars(policies).values()
        for policy in ([value] if isinstance(value, RetryPolicy) else value.values() if isinstance(value, dict) else [])
        if isinstance(policy, RetryPolicy)
    ]
    lists = [list(policy.non_retryable_error_types or []) for policy in found]
    assert errors.non_retryable() in lists
    assert all(listed in ([], errors.non_retryable()) for listed in lists)


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn: list[tuple[str, str | None]] = []
    open_branches: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^\s{4}([│├└─\s]*)([A-Z]\w+)\b", line)
        if not match:
            continue
        depth = len(match[1]) // 4
        open_branches = [branch for branch in open_branches if branch[0] < depth]
        drawn.append((match[2], open_branches[-1][1] if open_branches else None))
        open_branches.append((depth, match[2]))
    root = errors.SteadfastError
    real = [(leaf.__name__, None if leaf is root else leaf.__bases__[0].__name__) for leaf in errors.tree()]
    assert drawn == [pair for pair in real if pair[0] in vars(errors)]
    assert all(pair[0] in vars(errors) for pair in real), "every error of the tree is defined in models.errors"
