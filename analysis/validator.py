"""The validator: eight checks, KPIs, mandatory metrics; whether it passed, and whether one may publish (18.4).

The command line and the weekly workflow hand it rows read in one state.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analysis import checks, churn_prediction
from analysis.book_figures import Making, first_starts
from analysis.cohorts import COHORTS
from analysis.kpi_figures import Kpis
from analysis.mrr_definitions import DEFINITIONS
from analysis.mrr_live import plain, with_events
from analysis.reconcile import disagreements, paid_spans
from analysis.telling import Source, Telling
from models.figure import Documented
from models.health_config import HealthConfigs
from models.metric_rows import BookRows, ValidationRows
from models.validating import Window
from models.validation import ValidationResult
from rules.nps_figures import days

LENGTH = 90
MONTHS = 12
SHOWN = 100


class Validator:
    """Validates the figures of the book, from rows that were read elsewhere."""

    def __init__(self, making: Making, configs: HealthConfigs, mrr_rows: Documented) -> None:
        self._making, self._configs, self._mrr_rows = making, configs, mrr_rows

    def window(self, as_of: datetime, first: date | None = None) -> Window:
        """The period that ends with the day of ``as_of``: from ``first``, or 90 days long."""
        zone = self._making.zone
        last = as_of.astimezone(zone).date()
        first = first or last - timedelta(days=LENGTH - 1)
        begun = days(last - churn_prediction.WINDOW, last, zone).start
        return Window(days(first, last, zone), first, last, begun)

    def judge(self, id_: str, cause: str, rows: ValidationRows, window: Window) -> ValidationResult:
        """Checks, KPIs and mandatory metrics of the window's rows."""
        making, first, last = self._making, window.first, window.last
        rows = replace(rows, book=_carried_on(rows.book, making.zone))
        calibrated = {
            config.name: rows.calibrated[config.version()]
            for config in self._configs.configurations
            if config.version() in rows.calibrated
        }
        book = rows.book
        telling = Telling(book.period, book.as_of, book.sources, making.zone)
        told = making.figures(book)
        churn = checks.churn_twice(book, telling, *_months(last))
        spans = paid_spans(rows, making.zone)
        found = checks.cohorts_of(
            rows, first_starts(book, making.zone), [*COHORTS.values(), *DEFINITIONS.values(), self._mrr_rows]
        )
        differ = disagreements(rows, spans, first, last)
        since = rows.judged_since.astimezone(making.zone).date() if rows.judged_since else None
        prediction = churn_prediction.accuracy(
            spans, rows.predicted, since, last, telling, Source(making.query("predicted_to_leave"), "billing")
        )
        kpis = Kpis(telling, told.figures, told.nps.total_responses, making.query("nps_answers"))
        names = [config.name for config in self._configs.configurations]
        return ValidationResult(
            id=id_,
            cause=cause,
            at=book.as_of,
            period=book.period,
            checks=(
                checks.nps(told, book, making.query("nps_answers")),
                checks.churn(churn, self._mrr_rows.ref),
                checks.sources(book.sources),
                checks.cohorts(found),
                checks.retention(told, book, telling),
                checks.health(self._configs, calibrated, book.as_of),
                checks.survey(told),
                checks.reconciliation(differ),
            ),
            sources=book.sources,
            sources_verified=tuple(
                one.source for one in book.sources if one.age is not None and one.age < checks.FRESH
            ),
            discrepancies=tuple(differ[:SHOWN]),
            discrepancy_count=len(differ),
            kpis=kpis.all(rows, churn, found, book.sources, differ, calibrated, names),
            mandatory=kpis.mandatory(found, differ, prediction),
        )


def _carried_on(book: BookRows, zone: ZoneInfo) -> BookRows:
    """Subscriptions as values, carried on by events, once for all who look at them."""
    spans = tuple(plain(row) for row in with_events(book.spans, book.statements, zone))
    return replace(book, spans=spans, statements=())


def _months(last: date) -> tuple[date, date]:
    """The last twelve months that are over by the end of that day."""
    next_day = last + timedelta(days=1)
    until = (next_day.replace(day=1) - timedelta(days=1)).replace(day=1)
    number = until.year * MONTHS + until.month - MONTHS
    return date(number // MONTHS, number % MONTHS + 1, 1), until
