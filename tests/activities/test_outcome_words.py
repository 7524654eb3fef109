"""Every outcome that a shipped playbook asks for has Spanish words."""

from activities.outcome_words import outcome_words
from models.enums import Language
from models.playbook import AwaitStep
from playbooks.catalog import Catalog


def test_every_outcome_has_spanish_words() -> None:
    asked = {
        outcome
        for playbook in Catalog.load().all()
        for step in playbook.steps
        if isinstance(step, AwaitStep)
        for outcome in step.outcomes
    }
    assert asked
    same = {one for one in asked if outcome_words(one, Language.ES) == one.replace("_", " ")}
    assert same == set()
    assert outcome_words("customer_stays", Language.EN) == "customer stays"
    assert outcome_words("own_word", Language.ES) == "own word"
