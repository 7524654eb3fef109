"""What may be offered and told: the supplied files are in order, and a wrong one says what is wrong with it."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from models.enums import Language, Plan
from models.errors import Misconfigured
from rendering.approved import CONFIG, FILES, load

APPROVED = load()


def test_every_entry_names_who_approved_it_and_speaks_both_languages() -> None:
    for plan in APPROVED.plans.values():
        assert plan.approved_by
    for one in APPROVED.news:
        assert one.approved_by
    for offer in (*APPROVED.save_offers, *APPROVED.return_offers):
        assert offer.approved_by
        assert offer.text.text(Language.ES) != offer.text.text(Language.EN)


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        (Plan.STARTER, ["Growth", "Pro", "Enterprise"]),
        (Plan.PRO, ["Enterprise"]),
        (Plan.ENTERPRISE, []),
        (None, []),
    ],
)
def test_only_plans_above_are_told_and_none_above_the_top(plan: Plan | None, names: list[str]) -> None:
    assert [option.name for option in APPROVED.above(plan)] == names


def test_an_unknown_plan_gets_only_what_is_for_everyone() -> None:
    assert {offer.id for offer in APPROVED.save_offers if offer.suits(None)} == {"training"}
    assert "discount_20_three_months" in {offer.id for offer in APPROVED.save_offers if offer.suits(Plan.PRO)}


def test_news_is_what_is_released_newest_first() -> None:
    assert [one.released for one in APPROVED.news_by(date(2025, 10, 1))] == [date(2025, 9, 15)]
    assert APPROVED.news_by(date(2025, 1, 1)) == ()
    assert len(APPROVED.news_by(date(2026, 1, 1), most=1)) == 1


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("offers.yaml", "save_offers: [{id: a, text: {es: x, en: y}}]", "save_offers.0.approved_by"),
        ("offers.yaml", "save_offers: [{id: a, approved_by: B, text: {es: x}}]", "save_offers.0.text.en"),
        ("offers.yaml", "save_offers: [{id: a, approved_by: B, percent: 20, text: {es: x, en: y}}]", "percent and"),
        ("offers.yaml", "plans: {gold: {name: G, approved_by: B, summary: {es: x, en: y}}}", "plans.gold"),
        ("offers.yaml", "{save_offers: [{id: a, approved_by: B, text: {es: x, en: y}}, "
                        "{id: a, approved_by: B, text: {es: x, en: y}}]}", "stands twice: a"),
        ("offers.yaml", "offers: []", "offers"),
        ("offers.yaml", "- a", "named lists"),
        ("offers.yaml", "{", "not YAML"),
        ("news.yaml", "save_offers: []", "also in the other file"),
        ("news.yaml", "#" * 70_000, "at most"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, file: str, content: str, said: str) -> None:
    for name in FILES:
        shutil.copy(CONFIG / name, tmp_path / name)
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(Misconfigured, match=said) as refusal:
        load(tmp_path)
    assert refusal.value.field == file


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read") as refusal:
        load(tmp_path)
    assert refusal.value.field == "offers.yaml"
