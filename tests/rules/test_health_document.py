"""What is stored of a health score is the readable score, field by field, whatever is known."""

import json
from random import Random

import pytest

from models.health import HealthScore, PreviousHealth
from models.json_text import JsonText
from rules import health
from rules.health_document import document, number_text
from rules.health_seen import measured
from tests.rules.health_making import AT, CONFIG, NAMES, WORKED

LOOKED_AT = health.looked_at(CONFIG)


@pytest.mark.parametrize("seed", range(60))
def test_the_stored_document_is_the_score(seed: int) -> None:
    draw = Random(seed)
    metrics = {
        name: None if draw.random() < 0.3 else draw.uniform(0, 1.5) * WORKED.get(name, 1.0) for name in LOOKED_AT
    }
    previous = draw.choice(
        [
            None,
            PreviousHealth(score=draw.randint(0, 100), components=dict.fromkeys(NAMES, draw.randint(0, 100))),
            PreviousHealth(score=draw.randint(0, 100), provisional=True),
        ]
    )
    expected = health.score(CONFIG, metrics, previous, AT)
    version = CONFIG.version()
    seen = measured(CONFIG, version, metrics)
    whole = document(CONFIG, metrics, seen.details, seen.inputs, health.measure(CONFIG, metrics), previous, version)
    stored = {name: json.loads(value) if isinstance(value, JsonText) else value for name, value in whole.items()}
    assert HealthScore.model_validate({**stored, "last_calculated": AT}) == expected
    assert stored == expected.model_dump(mode="json", exclude={"last_calculated"})


@pytest.mark.parametrize("value", [None, 0, 7, 0.1, 1e300, -1e-300, -0.0, 1.0])
def test_a_number_is_what_json_says(value: float | None) -> None:
    assert json.loads(number_text(value)) == value
    assert number_text(-0.0) == number_text(0.0)
