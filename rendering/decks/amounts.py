"""A figure on a slide: its value with n and interval, in the reader's language; never a bare number (section 18)."""

from datetime import UTC
from decimal import Decimal

from models.enums import Language
from models.figure import Figure, Number, Unit
from rendering.decks.words import phrase
from rendering.formats import money_text, number_text, percent_text


def shown(figure: Figure, language: Language) -> str:
    """``62,4 % (n=1.200; 59,6 a 65,1)``; or that it cannot be told."""
    if figure.value is None:
        return phrase("cannot_tell", language)
    return f"{value_text(figure, figure.value, language)} ({evidence(figure, language)})"


def evidence(figure: Figure, language: Language) -> str:
    """What a value is never without."""
    parts = [f"n={number_text(figure.n or 0, language)}"]
    within = figure.interval
    if within is not None and within.low is not None and within.high is not None:
        ends = (value_text(figure, end, language) for end in (within.low, within.high))
        parts.append(("{} a {}" if language is Language.ES else "{} to {}").format(*ends))
    return "; ".join(parts)


def value_text(figure: Figure, value: Number, language: Language) -> str:
    """The value in the figure's unit."""
    number = Decimal(str(value))
    match figure.unit:
        case Unit.FRACTION:
            return percent_text(number, language)
        case Unit.MONEY:
            return money_text(number, figure.currency or "EUR", language)
        case Unit.COUNT:
            return number_text(number, language)
        case Unit.HOURS:
            return f"{number_text(number.quantize(Decimal('0.1')), language)} h"
        case _:
            return number_text(number.quantize(Decimal("0.01")), language)


def note(figure: Figure) -> str:
    """The evidence for the speaker: the whole sentence, the query and who was counted."""
    made = figure.as_of.astimezone(UTC)
    return f"{figure} Query {figure.query}; counted: {figure.cohort}; worked out {made:%Y-%m-%d %H:%M} UTC."
