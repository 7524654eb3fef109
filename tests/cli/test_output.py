"""Tables lose nothing: folded where somebody looks, whole where the output is piped."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cli.output import cell_text, print_table, say

ID = "cal_40f8244e67ca4aeb9d25fe85ac494fb2"


@pytest.mark.parametrize("width", ["40", "80"])
def test_a_narrow_table_folds_ids_and_amounts(
    width: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    print_table(
        "Kept", ("id", "made", "amount", "by", "on", "version"), [(ID, "2024-12-31", "1,239,828", "Eva", "", "1")]
    )
    printed = capsys.readouterr().out
    assert "…" not in printed
    cells = [line.split("│")[1].strip() for line in printed.splitlines() if line.startswith("│")]
    assert "".join(cells) == ID


def test_what_is_piped_is_on_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    print_table("Kept", ("id", "text"), [(ID, "words " * 40)])
    say("words " * 40 + ID)
    printed = capsys.readouterr().out.splitlines()
    assert len([line for line in printed if ID in line]) == 2
    assert printed[-1] == "words " * 40 + ID


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (datetime(2027, 1, 4, 11, 5, 17, 787411, tzinfo=UTC), "2027-01-04 11:05"),
        (datetime(2027, 7, 15, tzinfo=timezone(timedelta(hours=2))), "2027-07-14 22:00"),
        ("2027-07-15T00:00:00+02:00", "2027-07-14 22:00"),
        ("2027-02-21T19:25:35.854611Z", "2027-02-21 19:25"),
        ("2027-W04 of the year", "2027-W04 of the year"),
        (None, ""),
        (0, "0"),
    ],
)
def test_a_cell_is_what_a_person_reads(cell: object, shown: str) -> None:
    assert cell_text(cell) == shown
