"""What the rules say of a customer's facts alone, before what is stored of it has its say (sections 3.4, 6 to 8).

``analysis.answer_columns`` asks the same of a page of customers at once, and must give equal answers.
"""

from models.standing import Answers, RuleBook
from rules import at_risk, churn, engagement, expansion
from rules.health_document import input_of, inputs_of
from rules.health_seen import digest
from rules.predicates import Facts


def answers(facts: Facts, book: RuleBook) -> Answers:
    """Of one customer; the facts with ``health_score``, ``health_provisional`` and ``nps_resolved`` of now."""
    terms = engagement.terms_of(facts)
    score, level, coverage = engagement.measure(terms, book.engagement)
    written = inputs_of(input_of(term.value, value) for term, value in terms.items())
    return Answers(
        engagement=score,
        level=level,
        coverage=coverage,
        terms={term.value: value for term, value in terms.items()},
        engaged=digest(written),
        at_risk=at_risk.at_risk(facts, book.lifecycle) is True,
        alarming=any(reading.fires for reading in churn.readings(facts, book.churn)),
        promising=expansion.fired({**facts, "engagement_score": score}, book.expansion),
    )
