"""A mapping file says every choice; what is wrong with it is named with file, line, column and field."""

from pathlib import Path

import pytest

from intake.csv.mapping import Overlaps
from intake.csv.mapping_file import currency_refused, load_mapping
from models.enums import Plan
from models.errors import BadInput

OURS = Path(__file__).parents[2] / "mappings" / "ravenstack.yaml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = OURS.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_ours_reads() -> None:
    mapping = load_mapping(OURS)
    assert mapping.plans["Basic"] is Plan.STARTER
    assert mapping.overlaps is Overlaps.SUM
    assert mapping.currency == "EUR"


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("source: ravenstack", "sauce: ravenstack", "source", "Field required"),
        ("overlaps: sum", "overlaps: whichever", "overlaps", "'latest_start' or 'sum'"),
        ("zone: UTC #", "zone: Madrid #", "zone", "IANA"),
        ("  Pro: pro", "  Pro: premium", "plans.Pro", "'growth', 'pro' or 'enterprise'"),
        ("trial_days: 14", "trial_days: 30", "trial_days", "less than or equal to 14"),
        ("currency: EUR", "currency: euros", "currency", "pattern"),
        ("      seats: seats\n      referral", "      places: seats\n      referral", "columns.places", "Extra"),
        ('column: churn_date, format: "%Y-%m-%d"', 'column: churn_date, format: "%d/%m/%y"', "day.format", "century"),
        ('column: churn_date, format: "%Y-%m-%d"', 'column: churn_date, format: "%m-%Y"', "day.format", "(%d)"),
        ('column: churn_date, format: "%Y-%m-%d"', 'column: churn_date, format: "%x"', "day.format", "%x is not"),
        ("file: churn_events.csv", "file: ../churn_events.csv", "files.churn.file", "without a path"),
        ('are_true: ["True"]', "are_true: [True]", "booleans.are_true.0", "string"),
        ('are_true: ["True"]', 'are_true: ["True", "False"]', "booleans", "both true and false"),
        ('decimal_mark: "."', 'decimal_mark: ","\n  thousands_mark: ","', "numbers", "cannot also"),
        ("segment: by_plan", "segment: by_column", "", "go together"),
        ("file: churn_events.csv", "file: accounts.csv", "", "the same file"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(tmp_path: Path, old: str, new: str, field: str, says: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(BadInput) as caught:
        load_mapping(path)
    said = str(caught.value)
    assert field in said
    assert says in said
    assert "\n" not in said
    file, line, column = str(caught.value.field).split(":")
    assert file == "changed.yaml"
    assert int(line) >= 1
    assert int(column) >= 1


def test_the_place_is_the_line_of_the_field(tmp_path: Path) -> None:
    path = changed(tmp_path, "  Pro: pro", "  Pro: premium")
    with pytest.raises(BadInput) as caught:
        load_mapping(path)
    assert caught.value.field == f"changed.yaml:{line_of(path, 'Pro: premium')}:3"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: [1\nb: 2", "m.yaml:2", "expected"),
        ("a: 1\na: 2\n", "m.yaml:2:1", "duplicate"),
        ("- a\n", "m.yaml:1:1", "mapping of fields"),
        ("", "m.yaml:1:1", "mapping of fields"),
        ("a: !!python/object:os.system x\n", "m.yaml", ""),
    ],
)
def test_what_is_no_yaml_mapping_is_refused(tmp_path: Path, text: str, place: str, says: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_mapping(path)
    assert str(caught.value.field).startswith(place)
    assert says in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        load_mapping(tmp_path / "none.yaml")


def test_another_currency_than_the_configured_is_refused_with_its_place() -> None:
    refusal = currency_refused(OURS, load_mapping(OURS), "USD")
    assert refusal.field == f"ravenstack.yaml:{line_of(OURS, 'currency: EUR')}:1"
    assert "currency: EUR is not the configured currency USD" in str(refusal)
