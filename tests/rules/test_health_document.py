"""What is stored of a health score is the readable score, field by field, whatever is known."""

from random import Random

import pytest

from models.health import HealthScore, PreviousHealth
from rules import health
from rules.health_document import document
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
    stored = document(CONFIG, metrics, health.measure(CONFIG, metrics), previous, CONFIG.version())
    assert HealthScore.model_validate({**stored, "last_calculated": AT}) == expected
    assert stored == expected.model_dump(mode="json", exclude={"last_calculated"})
