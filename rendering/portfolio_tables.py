"""A portfolio report as tables: one file for each, every figure with all that is known of it."""

from collections.abc import Iterable, Sequence

from models.figure import Figure
from models.figure_change import Change
from models.portfolio_page import PortfolioPage
from rendering.csv_tables import Cell, table

FIGURE = (
    "name", "label", "value", "unit", "currency", "cannot_tell", "n", "of", "numerator", "denominator", "low", "high",
    "level", "interval_method", "no_interval", "period_start", "period_end", "as_of", "cohort", "query", "notes",
)  # fmt: skip
_CHANGE = ("before", "before_n", "before_low", "before_high", "before_cannot_tell", "improved", "worsened", "test",
           "p_value", "change")  # fmt: skip


def tables(page: PortfolioPage) -> dict[str, str]:
    """File name to content."""
    content, book = page.content, page.content.book
    found: dict[str, tuple[Sequence[str], list[list[Cell]]]] = {
        "figures.csv": (
            (*FIGURE, *_CHANGE),
            [[*_figure(one), *_change(content.changes.get(name))] for name, one in content.figures.items()],
        )
    }
    if book is not None:
        found["waterfall.csv"] = (("which", "sign", *FIGURE), [
            [which, one.sign, *_figure(figure)]
            for one in book.steps for which, figure in (("period", one.now), ("period_before", one.before))
        ])  # fmt: skip
        found["months.csv"] = (("month", *FIGURE), [
            [f"{one.flow.month:%Y-%m}", *_figure(figure)]
            for one in book.months
            for figure in (one.ending_mrr, one.grr, one.nrr, one.revenue_churn, one.logo_churn)
        ])  # fmt: skip
        found["flows.csv"] = (
            ("month", "starting_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr",
             "ending_mrr", "customers_start", "new_customers", "reactivated_customers", "churned_customers",
             "customers_end"),
            [[f"{flow.month:%Y-%m}", flow.starting_mrr, flow.new_mrr, flow.reactivation_mrr, flow.expansion_mrr,
              flow.contraction_mrr, flow.churned_mrr, flow.ending_mrr, flow.customers_start, flow.new_customers,
              flow.reactivated_customers, flow.churned_customers, flow.customers_end]
             for flow in (one.flow for one in book.months)],
        )  # fmt: skip
        found["groups.csv"] = (("dimension", "group", *FIGURE), [
            [one.dimension.value, one.name, *_figure(figure)]
            for one in book.groups
            for figure in (one.customers, one.mrr, one.mrr_before, one.nrr, one.logo_churn, one.health)
        ])  # fmt: skip
        found["exceptions.csv"] = (
            ("list", "customer", "what", "since", "escalate"),
            [[one.kind.value, one.customer, one.what, one.since, one.escalate] for one in book.exceptions],
        )
    if page.validation is not None:
        found["kpis.csv"] = (("kpi", "target", "warning", "critical", "band", "remark", *FIGURE), [
            [one.rule.label, one.rule.target_text, one.rule.warning_text, one.rule.critical_text,
             one.band and one.band.value, one.remark, *_figure(one.figure)]
            for one in page.validation.kpis
        ])  # fmt: skip
    if page.items:
        found["checklist.csv"] = (
            ("phase", "item", "what", "how", "gates", "done", "detail"),
            [[one.item.phase.value, one.item.id, one.item.text, one.item.how.value, one.item.gates, one.done,
              one.detail]
             for one in page.items],
        )  # fmt: skip
    if page.claims:
        found["claims.csv"] = (
            ("claim", "kind", "allowed", "text"),
            [[one.claim, one.kind.value, one.allowed, one.text] for one in page.claims],
        )
    if page.demonstration is not None:
        found["planted.csv"] = (("month", "planted", *FIGURE), [
            [f"{one.month:%Y-%m}", one.planted, *_figure(one.found)] for one in page.demonstration.planted
        ])  # fmt: skip
    return {name: _written(page, *one) for name, one in found.items()}


def _written(page: PortfolioPage, columns: Sequence[str], rows: Iterable[list[Cell]]) -> str:
    if page.demonstration is None:
        return table(columns, list(rows))
    return table(("made_data", *columns), [[page.demonstration.label, *row] for row in rows])


def _figure(one: Figure) -> list[Cell]:
    told, period = one.interval, one.period
    return [
        one.name, one.label, one.value, one.unit.value, one.currency, one.reason, one.n, one.of, one.numerator,
        one.denominator, None if told is None else told.low, None if told is None else told.high,
        None if told is None else told.level, None if told is None else told.method, one.no_interval,
        None if period is None else period.start, None if period is None else period.end, one.as_of, str(one.cohort),
        str(one.query), "; ".join(one.notes),
    ]  # fmt: skip


def _change(one: Change | None) -> list[Cell]:
    if one is None:
        return [None] * len(_CHANGE)
    before, told = one.before, one.before.interval
    return [
        before.value, before.n, None if told is None else told.low, None if told is None else told.high, before.reason,
        one.improved, one.worsened, one.test, one.p_value, str(one),
    ]  # fmt: skip
