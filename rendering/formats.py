"""Dates, numbers and money as a reader of each language expects them (CLDR, through Babel)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from models.enums import Language
from models.errors import BadInput

_LOCALES = {Language.ES: "es_ES", Language.EN: "en_GB"}


def date_text(value: date | None, language: Language) -> str:
    """``12 de mayo de 2026``, ``12 May 2026``.

    Raises:
        BadInput: not a date; Babel would show today's in its place.
    """
    if not isinstance(value, date):
        raise BadInput("there is no date to show")
    return format_date(value, "long", locale=_LOCALES[language])


def number_text(value: int | Decimal, language: Language) -> str:
    """``12.345,6``, ``12,345.6``."""
    return format_decimal(value, locale=_LOCALES[language])


def percent_text(fraction: int | Decimal, language: Language) -> str:
    """A fraction 0..1 as a percentage with at most one decimal."""
    pattern = "#,##0.# %" if language is Language.ES else "#,##0.#%"
    return format_percent(fraction, pattern, locale=_LOCALES[language])


def money_text(amount: Decimal, currency: str, language: Language) -> str:
    """``1.234,50 €``, ``€1,234.50``."""
    return format_currency(amount, currency, locale=_LOCALES[language])


def filters(language: Language) -> dict[str, Callable[..., str]]:
    """The template filters ``date``, ``number``, ``percent`` and ``money(currency)``."""
    return {
        "date": lambda value: date_text(value, language),
        "number": lambda value: number_text(value, language),
        "percent": lambda value: percent_text(value, language),
        "money": lambda value, currency: money_text(value, currency, language),
    }
