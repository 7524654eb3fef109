"""The clock of a home: kept over restarts, re-anchored on request, never turned back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.clock import REAL, Clock
from models.errors import BadInput, Misconfigured, Refused
from stack import clock_file
from stack.clock_file import Kept, parse_day, settle

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
PAST = datetime(2024, 12, 31, 12, tzinfo=UTC)


def test_a_home_without_a_file_has_the_wall_clock(tmp_path: Path) -> None:
    assert clock_file.read(tmp_path) == REAL


def test_what_is_written_is_read(tmp_path: Path) -> None:
    kept = Kept(clock=Clock(real_epoch=NOW, virtual_epoch=PAST, factor=43200.0), asked_at=PAST, sampled=PAST)
    clock_file.write(tmp_path, kept)
    assert clock_file.read(tmp_path) == kept.clock
    assert clock_file.read_kept(tmp_path) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["clock.json"]


def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text("{}")
    with pytest.raises(Misconfigured, match=r"clock\.json: not a clock"):
        clock_file.read(tmp_path)


@pytest.mark.parametrize(("text", "seconds"), [("2s", 2), ("500ms", 0.5), ("1.5s", 1.5), ("1m", 60), ("24h", 86400)])
def test_a_day_of_that_length_gives_that_factor(text: str, seconds: float) -> None:
    assert parse_day(text) == pytest.approx(86400 / seconds)


@pytest.mark.parametrize("text", ["", "2", "2 days", "0s", "-1s", "99ms", "25h", "2d", "1e3s", "nans", "infs"])
def test_any_other_length_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^--day"):
        parse_day(text)


def test_a_new_home_has_the_wall_clock_unless_asked_otherwise() -> None:
    assert settle(None, NOW, at=None, factor=None).clock.virtual(LATER) == LATER
    fast = settle(None, NOW, at=PAST, factor=24.0).clock
    assert fast.virtual(NOW) == PAST
    assert fast.virtual(LATER) == PAST + timedelta(days=1)


def test_a_kept_clock_is_kept_when_nothing_is_asked() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0)
    assert settle(kept, LATER, at=None, factor=None) == kept


def test_the_same_command_again_keeps_the_clock() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0)
    assert settle(kept, LATER, at=PAST, factor=24.0) == kept


def test_another_speed_goes_on_from_the_present() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0)
    slower = settle(kept, LATER, at=None, factor=2.0)
    assert slower.clock.virtual(LATER) == kept.clock.virtual(LATER)
    assert slower.clock.virtual(LATER + timedelta(hours=1)) == kept.clock.virtual(LATER) + timedelta(hours=2)


def test_a_later_moment_jumps_forward_at_the_same_speed() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0)
    target = PAST + timedelta(days=30)
    jumped = settle(kept, LATER, at=target, factor=None)
    assert jumped.clock.virtual(LATER) == target
    assert jumped.clock.factor == 24.0


def test_an_earlier_moment_is_refused() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0)
    with pytest.raises(Refused, match="already reads 2025-01-01T12:00:00Z and cannot go back"):
        settle(kept, LATER, at=PAST + timedelta(hours=1), factor=None)


def test_the_moment_of_the_sample_survives_a_change_of_speed() -> None:
    kept = settle(None, NOW, at=PAST, factor=24.0).model_copy(update={"sampled": PAST})
    assert settle(kept, LATER, at=None, factor=2.0).sampled == PAST
