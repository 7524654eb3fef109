"""One stack at a time on one home."""

import os
from pathlib import Path

import pytest

from models.errors import Refused
from stack.home_lock import HomeLock


def test_a_second_stack_on_the_same_home_is_refused_in_one_line(tmp_path: Path) -> None:
    with HomeLock(tmp_path), pytest.raises(Refused) as refused, HomeLock(tmp_path):
        pass
    assert str(refused.value) == (
        f"a stack already runs on {tmp_path} (process {os.getpid()}); stop it, or set STEADFAST_HOME to another folder"
    )


def test_another_home_is_free(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with HomeLock(tmp_path), HomeLock(tmp_path / "other"):
        pass


def test_a_home_is_free_again_when_its_stack_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with HomeLock(tmp_path):
            pass
