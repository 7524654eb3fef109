"""Risk factors and opportunities (sections 5.3 and 5.4), at each side of their limits and without data."""

from collections.abc import Mapping

import pytest

from models.health import HealthScore, PreviousHealth
from rules.health import score
from tests.rules.health_making import AT, CONFIG, WORKED, before


def scored(metrics: Mapping[str, float | None], previous: PreviousHealth | None = None) -> HealthScore:
    return score(CONFIG, {**WORKED, **metrics}, previous, AT)


RISKS = [
    ({"days_since_last_login": 7.0}, "no_login", None),
    ({"days_since_last_login": 8.0}, "no_login", "8 days without login"),
    ({"days_since_last_login": None}, "no_login", None),
    ({"open_tickets": 3.0}, "open_tickets", None),
    ({"open_tickets": 4.0}, "open_tickets", "4 open tickets"),
    ({"open_tickets": None}, "open_tickets", None),
    ({"nps_score": 6.0}, "nps_detractor", "NPS detractor with 6"),
    ({"nps_score": 0.0}, "nps_detractor", "NPS detractor with 0"),
    ({"nps_score": 7.0}, "nps_detractor", None),
    ({"nps_score": None}, "nps_detractor", None),
    ({"open_tickets": 5.0, "avg_csat": 4.75, "escalations": 3.0}, "component_low", "Support is low: 38"),
    ({"open_tickets": 5.0, "avg_csat": 5.0, "escalations": 3.0}, "component_low", None),
]


@pytest.mark.parametrize(("metrics", "code", "text"), RISKS)
def test_a_risk_is_told_beyond_its_limit_only(metrics: dict[str, float | None], code: str, text: str | None) -> None:
    found = {note.code: note.text for note in scored(metrics).risk_factors}
    assert found.get(code) == text


def test_a_component_that_falls_is_told_with_its_score() -> None:
    found = scored({}, before(71, Support=84, Engagement=78)).risk_factors
    assert [(note.code, note.subject, note.value) for note in found] == [("component_declining", "Support", 78)]
    assert "declining" in found[0].text


def test_a_component_without_data_is_neither_low_nor_declining() -> None:
    unknown: dict[str, float | None] = dict.fromkeys(("open_tickets", "avg_csat", "escalations"))
    assert not scored(unknown, before(71, Support=84)).risk_factors


CHANCES = [
    ({"feature_adoption": 0.49}, "adoption_training", "Training"),
    ({"feature_adoption": 0.5}, "adoption_training", None),
    ({"feature_adoption": None}, "adoption_training", None),
    ({"nps_score": 9.0}, "advocacy_candidate", "Advocacy candidate"),
    ({"nps_score": 8.0}, "advocacy_candidate", None),
    ({"nps_score": None}, "advocacy_candidate", None),
    ({"growth_potential": 0.71}, "expansion", "Expansion"),
    ({"growth_potential": 0.7}, "expansion", None),
    ({"usage_vs_limit": 0.81}, "upgrade", "Upgrade: limits are near"),
    ({"usage_vs_limit": 0.8}, "upgrade", None),
    ({}, "upgrade", None),
]


@pytest.mark.parametrize(("metrics", "code", "begins"), CHANCES)
def test_an_opportunity_is_told_beyond_its_limit_only(
    metrics: dict[str, float | None], code: str, begins: str | None
) -> None:
    found = {note.code: note.text for note in scored(metrics).opportunities}
    assert (code in found) == (begins is not None)
    assert begins is None or found[code].startswith(begins)


def test_a_healthy_customer_has_neither_risk_nor_more_opportunities_than_it_shows() -> None:
    found = scored({})
    assert not found.risk_factors
    assert not found.opportunities
