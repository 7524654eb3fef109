"""A CSV of accounts with outcomes is read as its mapping says, or refused with line, column and value."""

from datetime import date
from pathlib import Path

import pytest

from intake.csv.outcomes import load_mapping, read
from models.errors import BadInput

MAPPING = """
customer: id
as_of: {column: day}
segment: plan
metrics:
  dau_mau_ratio: {column: stickiness, scale: 0.01}
  nps_score: nps
left_on: {column: left}
seen_until: 2025-06-30
"""
HEAD = "id,day,plan,stickiness,nps,left\n"


def files(tmp_path: Path, rows: str, mapping: str = MAPPING) -> tuple[Path, Path]:
    book, means = tmp_path / "accounts.csv", tmp_path / "mapping.yaml"
    book.write_text(HEAD + rows, encoding="utf-8")
    means.write_text(mapping, encoding="utf-8")
    return book, means


def test_rows_become_what_the_mapping_says(tmp_path: Path) -> None:
    book, means = files(tmp_path, "A,2024-12-31,pro,25,9,2025-02-01\nB,2024-12-31,,,,\n")
    first, second = read(book, load_mapping(means))
    assert (first.customer, first.day, first.segment) == ("A", date(2024, 12, 31), "pro")
    assert first.metrics == {"dau_mau_ratio": 0.25, "nps_score": 9.0}
    assert first.left_on == date(2025, 2, 1)
    assert second.metrics == {"dau_mau_ratio": None, "nps_score": None}
    assert second.left_on is None
    assert second.seen_until == date(2025, 6, 30)


def test_a_flag_says_whether_and_only_for_its_days(tmp_path: Path) -> None:
    mapping = MAPPING.split("left_on")[0] + "left_within: {column: left, days: 90}\n"
    book, means = files(tmp_path, "A,2024-12-31,pro,25,9,yes\nB,2024-12-31,pro,25,9,no\n", mapping)
    first, second = read(book, load_mapping(means))
    assert first.left_on == first.seen_until == date(2025, 3, 31)
    assert second.left_on is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,31.12.2024,pro,25,9,", "line 2: day = '31.12.2024': not a day"),
        ("A,2024-12-31,pro,many,9,", "line 2: stickiness = 'many': not a number"),
        ("A,2024-12-31,pro,inf,9,", "line 2: stickiness = 'inf': not a finite number"),
        ("A,2024-12-31,pro,25,9,2024-12-01", "line 2: left_on = '2024-12-01': not after the day of the row"),
        (",2024-12-31,pro,25,9,", "line 2: id = '': expected 1 to 200 characters"),
        ("A,,pro,25,9,", "line 2: day: no day"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: str, said: str) -> None:
    book, means = files(tmp_path, row + "\n")
    with pytest.raises(BadInput) as refused:
        read(book, load_mapping(means))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("nps_score", "nps_scoer"), "unknown metric 'nps_scoer'"),
        (("seen_until: 2025-06-30\n", ""), "seen_until goes with left_on"),
        (("as_of: {column: day}\n", ""), "exactly one of as_of and as_of_day"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    _, means = files(tmp_path, "", MAPPING.replace(*change))
    with pytest.raises(BadInput) as refused:
        load_mapping(means)
    assert said in str(refused.value)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    book, means = files(tmp_path, "", MAPPING.replace("column: left", "column: gone"))
    with pytest.raises(BadInput, match="no column 'gone'"):
        read(book, load_mapping(means))
