"""Figures of a recap: counted, with their period; one that cannot be told is not there (sections 9.1 and 18, M11).

The monthly recap tells the calendar month before; any other the 30 days before. ``conversations_handled`` of a recap is
what the chatbot resolved by itself, since the text says that it is automated.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from activities.house import House
from activities.ports import Transaction
from activities.values_source import Asked, Values
from models.customer_period import CustomerPeriod
from models.enums import Language
from models.nps_figures import Period

MONTHLY = "value_recap_monthly"
SATISFIED_FROM = 4
"""An answer of 4 or 5 is a satisfied one (section 9.1)."""

_DAYS = timedelta(days=30)
_ES, _EN = Language.ES, Language.EN

RECOMMENDATIONS: dict[str, dict[Language, str]] = {
    "adoption_training": {
        _ES: "Dedica una sesión a las funciones de tu plan que todavía no usas: te ayudamos a elegir por cuál empezar.",
        _EN: "Plan a session on the features of your plan that you do not use yet: we help you to choose the first.",
    },
    "advocacy_candidate": {
        _ES: "Cuenta tu experiencia a otras empresas de tu sector: tenemos un programa para ello.",
        _EN: "Share your experience with other companies in your field: we have a programme for it.",
    },
    "expansion": {
        _ES: "Revisa con nosotros qué más podrías automatizar en los próximos meses.",
        _EN: "Look with us at what else you could automate over the coming months.",
    },
    "upgrade": {
        _ES: "Estás cerca de un límite de tu plan: revisa tu uso para que nada se detenga.",
        _EN: "You are close to a limit of your plan: check your usage so that nothing stops.",
    },
    "open_tickets": {
        _ES: "Tienes varias consultas abiertas: repásalas con nosotros en una llamada.",
        _EN: "You have several open tickets: go through them with us on a call.",
    },
    "no_login": {
        _ES: "Entra esta semana a ver qué preguntan tus clientes: unos minutos bastan para mejorar las respuestas.",
        _EN: "Have a look this week at what your customers ask: a few minutes are enough to improve the answers.",
    },
    "nps_detractor": {
        _ES: "Cuéntanos qué te gustaría que mejorásemos: queremos resolverlo contigo.",
        _EN: "Tell us what you would like us to improve: we want to solve it with you.",
    },
}
"""By the code of a health note: opportunities of section 5.4 first, then one action for each challenge (section 12)."""


class FigureValues:
    """Counted from the customer's own rows."""

    NAMES = frozenset(
        {
            *("period_from", "period_to", "conversations_handled", "automation_rate", "hours_saved"),
            *("leads_captured", "satisfaction_rate", "recommendation"),
        }
    )

    def __init__(self, house: House) -> None:
        """``house``: the business calendar's zone."""
        self._zone = ZoneInfo(house.default_zone)

    async def values(self, tx: Transaction, asked: Asked) -> Values:
        """What can be told of the period."""
        period = self._period(asked)
        counted = await tx.evidence.period(asked.customer.id, period)
        minutes = await tx.evidence.agreed_minutes(asked.customer.id, asked.now)
        values: Values = {
            "period_from": period.start.astimezone(self._zone).date(),
            "period_to": (period.end.astimezone(self._zone) - timedelta(microseconds=1)).date(),
            **_automation(counted, minutes),
            "leads_captured": counted.leads,
        }
        if counted.csat:
            satisfied = sum(score >= SATISFIED_FROM for score in counted.csat)
            values["satisfaction_rate"] = Decimal(satisfied) / Decimal(len(counted.csat))
        values["recommendation"] = await _recommendation(tx, asked)
        return {name: value for name, value in values.items() if value is not None}

    def _period(self, asked: Asked) -> Period:
        if asked.template != MONTHLY:
            return Period(start=asked.now - _DAYS, end=asked.now)
        end = asked.now.astimezone(self._zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        before = end - timedelta(days=1)
        start = datetime(before.year, before.month, 1, tzinfo=self._zone)
        return Period(start=start, end=end)


def _automation(counted: CustomerPeriod, minutes: Decimal | None) -> Values:
    """Of the conversations of which it was told who resolved them; without any there is nothing to tell."""
    if not counted.automated_of or counted.automated is None:
        return {}
    values: Values = {
        "conversations_handled": counted.automated,
        "automation_rate": Decimal(counted.automated) / Decimal(counted.automated_of),
    }
    if minutes is not None:
        hours = Decimal(counted.automated) * minutes / 60
        values["hours_saved"] = int(hours.to_integral_value(rounding=ROUND_HALF_UP))
    return values


async def _recommendation(tx: Transaction, asked: Asked) -> str | None:
    score = await tx.scores.latest(asked.customer.id, by=asked.now)
    if score is None:
        return None
    notes = (*score.opportunities, *score.risk_factors)
    said = (RECOMMENDATIONS.get(note.code) for note in notes)
    return next((texts[asked.language] for texts in said if texts is not None), None)
