"""The file of health configurations: the released one, one for each customer, and complaints with line and field."""

from pathlib import Path

import pytest

from analysis.health_config import DEFAULT_FILE, load, read
from models.enums import LifecycleStage, Segment
from models.errors import Misconfigured
from models.health import AlertLimits, GradeThresholds, HealthConfig, NoteLimits

RELEASED = DEFAULT_FILE.read_text(encoding="utf-8")


def changed(old: str, new: str) -> bytes:
    """The released file with one place changed."""
    assert RELEASED.count(old) >= 1, f"{old} is not in the file"
    return RELEASED.replace(old, new, 1).encode()


def line_of(text: str) -> int:
    """Where that stands in the released file, from 1."""
    return next(number for number, line in enumerate(RELEASED.splitlines(), 1) if text in line)


TABLE = [
    ("Product Usage", 0.30, "dau_mau_ratio 0.4 0.5, feature_adoption 0.3 0.7, conversations_per_week 0.3 100"),
    ("Engagement", 0.25, "days_since_last_login 0.4 1 14, logins_per_week 0.3 5, features_used_this_month 0.3 10"),
    ("Support", 0.15, "open_tickets 0.4 0 5, avg_csat 0.4 5, escalations 0.2 0 3"),
    ("Relationship", 0.15, "nps_score 0.5 10, meetings_attended 0.3 1, responses_to_outreach 0.2 1"),
    ("Financial", 0.15, "payment_health 0.4 1, growth_potential 0.3 1, contract_length 0.3 12"),
]


def test_the_released_configuration_is_the_table_of_the_domain() -> None:
    found = load().default()
    told = [
        (
            part.name,
            part.weight,
            ", ".join(
                f"{one.name} {one.weight:g} {one.ideal:g}" + (f" {one.worst:g}" if one.worst is not None else "")
                for one in part.metrics
            ),
        )
        for part in found.components
    ]
    assert told == TABLE
    assert found.minimum_coverage == 0.5
    assert found.trend_beyond == 5


def test_the_limits_of_the_file_are_the_defaults() -> None:
    found = load().default()
    assert found.thresholds == GradeThresholds()
    assert found.notes == NoteLimits()
    assert found.alerts == AlertLimits()
    bare = HealthConfig(name="default", components=found.components)
    assert bare == found


SECOND = """
  - name: big
    applies_to: {segments: [enterprise, mid_market], stages: [growing]}
    components:
      - name: Support
        weight: 1
        metrics: [{name: avg_csat, weight: 1, ideal: 5}]
  - name: trials
    applies_to: {stages: [trial]}
    components:
      - name: Usage
        weight: 1
        metrics: [{name: dau_mau_ratio, weight: 1, ideal: 0.2}]
"""

CHOSEN = [
    (Segment.ENTERPRISE, LifecycleStage.GROWING, "big"),
    (Segment.MID_MARKET, LifecycleStage.GROWING, "big"),
    (Segment.ENTERPRISE, LifecycleStage.RENEWING, "default"),
    (Segment.SMB, LifecycleStage.GROWING, "default"),
    (None, LifecycleStage.GROWING, "default"),
    (Segment.ENTERPRISE, None, "default"),
    (Segment.ENTERPRISE, LifecycleStage.TRIAL, "trials"),
    (None, LifecycleStage.TRIAL, "trials"),
    (None, None, "default"),
]


@pytest.mark.parametrize(("segment", "stage", "name"), CHOSEN)
def test_one_configuration_applies(segment: Segment | None, stage: LifecycleStage | None, name: str) -> None:
    assert read((RELEASED + SECOND).encode(), "f").of(segment, stage).name == name


def test_the_version_changes_with_what_is_measured_and_not_with_whom_it_is_for() -> None:
    released = load().default()
    other = read(changed("ideal: 0.7", "ideal: 0.8"), "f").default()
    assert released.version() != other.version()
    assert read(changed("ideal: 0.7", "ideal: 0.70"), "f").default().version() == released.version()
    both = read((RELEASED + SECOND).encode(), "f").configurations
    wider = read((RELEASED + SECOND.replace("[growing]", "[growing, adopting]")).encode(), "f").configurations
    assert [one.version() for one in both] == [one.version() for one in wider]
    assert len({one.version() for one in both}) == 3


USAGE = "configurations.0.components.0"
ALERTS = "configurations.0.alerts"

WRONG = [
    ("weight: 0.30", "weight: 0.31", "    components:", "configurations.0.components: weights sum to 1.01, not 1"),
    ("ratio, weight: 0.4", "ratio, weight: 0.5", "    metrics:", f"{USAGE}.metrics: weights sum to 1.1, not 1"),
    ("ratio, weight: 0.4", "ratio, weight: 0", "dau_mau", f"{USAGE}.metrics.0.weight: Input should be greater than 0"),
    ("ratio, weight: 0.4", "ratio, weight: '0.4'", "dau_mau", f"{USAGE}.metrics.0.weight: Input should be a valid num"),
    ("ratio, weight: 0.4", "ratio, weight: true", "dau_mau", f"{USAGE}.metrics.0.weight: Input should be a valid num"),
    ("ideal: 0.5", "ideal: 0", "dau_mau", f"{USAGE}.metrics.0.ideal: ideal 0 must be above 0"),
    ("ideal: 0.5", "ideal: -1", "dau_mau", f"{USAGE}.metrics.0.ideal: ideal -1 must be above 0"),
    ("ideal: 0.5", "ideal: .inf", "dau_mau", f"{USAGE}.metrics.0.ideal: Input should be a finite number"),
    ("ideal: 0.5", "ideal: .nan", "dau_mau", f"{USAGE}.metrics.0.ideal: Input should be a finite number"),
    ("ideal: 0.5", "worst: 9, ideal: 0.5", "dau_mau", f"{USAGE}.metrics.0.worst: worst is for inverse metrics only"),
    (", worst: 14", "", "days_since", "configurations.0.components.1.metrics.0.worst: an inverse metric needs a worst"),
    ("worst: 14", "worst: 1", "days_since", "configurations.0.components.1.metrics.0.worst: an inverse metric needs"),
    ("dau_mau_ratio", "dau_mau", "dau_mau", f"{USAGE}.metrics.0.name: unknown metric 'dau_mau'"),
    ("feature_adoption", "dau_mau_ratio", "    metrics:", f"{USAGE}.metrics: named twice: dau_mau_ratio"),
    ("name: Engagement", "name: Support", "    components:", "configurations.0.components: named twice: Support"),
    ("B: 60", "B: 80", "thresholds:", "configurations.0.thresholds.B: threshold 80 must be below A's 80"),
    ("D: 20", "D: 45", "thresholds:", "configurations.0.thresholds.D: threshold 45 must be below C's 40"),
    ("A: 80", "A: 101", "thresholds:", "configurations.0.thresholds.A: Input should be less than or equal to 100"),
    (
        "minimum_coverage: 0.5",
        "minimum_coverage: 1.5",
        "minimum_cov",
        "configurations.0.minimum_coverage: Input should",
    ),
    ("trigger_from: 20", "trigger_from: 15", "trigger_from", f"{ALERTS}.trigger_from: trigger_from 15 must be above"),
    ("rearm_within: 5", "rearm_within: 16", "rearm_within", f"{ALERTS}.rearm_within: rearm_within 16 must not be"),
    ("window: 30 days", "window: 30", "window", f"{ALERTS}.window: a delay needs a unit"),
    ("window: 30 days", "window: 0", "window", f"{ALERTS}.window: Input should be greater than 0"),
    ("trend_beyond", "trend", "trend_beyond", "configurations.0.trend: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), WRONG, ids=[f"{old} -> {new}" for old, new, *_ in WRONG])
def test_a_wrong_value_is_refused_with_its_line_and_field(old: str, new: str, line: str, told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(changed(old, new), "health.yaml")
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"health.yaml:{line_of(line)}: {told}")


def test_every_wrong_value_is_told_at_once() -> None:
    twice = changed("ideal: 0.5", "ideal: 0").decode().replace("ideal: 100", "ideal: -5")
    with pytest.raises(Misconfigured) as refused:
        read(twice.encode(), "f")
    assert len(str(refused.value).splitlines()) == 2


OVERLAP = SECOND.replace("stages: [trial]", "segments: [enterprise]")
NOT_ONE_EACH = [
    (RELEASED + OVERLAP, "big and trials both apply to segment enterprise, stage growing"),
    (RELEASED + SECOND.replace("applies_to: {stages: [trial]}", ""), "found default, trials"),
    (
        "configurations:\n" + SECOND,
        "one configuration must be the default, without applies_to, and one only; found none",
    ),
    (RELEASED + SECOND.replace("trials", "big"), "named twice: big"),
    (RELEASED + SECOND.replace("[trial]", "[trail]"), "configurations.2.applies_to.stages.0: Input should be 'trial'"),
]


@pytest.mark.parametrize(("text", "told"), NOT_ONE_EACH)
def test_exactly_one_configuration_applies_to_any_customer(text: str, told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(text.encode(), "f")
    assert told in str(refused.value)


NOT_A_FILE = [
    (b"", "f:1: the file: "),
    (b"[]", "f:1: the file: "),
    (b"configurations: []", "f:1: configurations: "),
    (b"a: 1\na: 2", "f:2: not YAML: "),
    (b"a: [1", "f:1: not YAML: "),
    (b"\xff\xfe\x00", "f:1: not UTF-8 text"),
    (b"a: &x [1]\nb: *x", "f:2: aliases are not allowed"),
    (b"a: !!python/name:os.system x", "f:1: not YAML: "),
    (b"[" * 500, "f:1: nested more than 20 deep"),
    (b"a" * 70_000, "f:1: 70000 bytes"),
    (b"a: \x07", "f:1: not YAML"),
    (b"? [a, b]\n: 1", "f:1: "),
    (b"1: 2", "f:1: "),
    (b"a: 1\n---\nb: 2", "f:2: not YAML: "),
]


@pytest.mark.parametrize(("raw", "told"), NOT_A_FILE)
def test_what_is_no_such_file_is_refused_with_its_line(raw: bytes, told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read(raw, "f")
    assert str(refused.value).startswith(told)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"none\.yaml: cannot be read"):
        load(tmp_path / "none.yaml")
