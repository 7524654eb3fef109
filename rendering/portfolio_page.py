"""A portfolio report as one page that needs nothing else, readable on a desk, on a telephone and on paper."""

from functools import lru_cache
from pathlib import Path

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from models.figure import Figure
from models.figure_change import Change
from models.portfolio_book import Dimension
from models.portfolio_page import PortfolioPage
from rendering import portfolio_charts as charts

_HERE = Path(__file__).parent / "layout"
LISTED = 100
"""Most rows of a list on the page; the tables have all of them."""
BESIDE = ("ending_mrr", "grr_12_months", "nrr_12_months", "logo_churn_12_months", "nps", "health_portfolio")
"""At the head of the page: the target metrics of section 17, and what they rest on."""


def told(one: Figure) -> Markup:
    """A figure in a cell: its value large, its n and interval beside it, or that it cannot be told and why."""
    if not one.known:
        return Markup('<span class="unknown"><b>cannot tell</b> <span class="why">{}</span></span>').format(
            one.reason if one.n is None else f"{one.reason} (n={one.n:,} {one.of})"
        )
    value, _, rest = one.short().partition(" (")
    return Markup('<span class="known"><b>{}</b> <span class="why">({}</span></span>').format(value, rest)


def changed(one: Change | None) -> Markup:
    """What became of it since the period before, in the same words for better and worse."""
    if one is None:
        return Markup('<span class="why">no test is made</span>')
    kind = "unknown" if one.improved is None else "good" if one.improved else "bad" if one.worsened else "same"
    return Markup('<span class="{}">{}</span>').format(kind, str(one))


@lru_cache(maxsize=1)
def _template() -> tuple[Template, Markup]:
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"told": told, "changed": changed, "words": lambda text: str(text).replace("_", " ")}
    source = (_HERE / "portfolio.html").read_text(encoding="utf-8")
    styles = [(_HERE / name).read_text(encoding="utf-8") for name in ("simulation.css", "portfolio.css")]
    return environment.from_string(source), Markup("\n".join(styles))  # noqa: S704 (our own stylesheets)


def page(found: PortfolioPage) -> str:
    """The page. Every name in it is escaped; it loads nothing and runs nothing."""
    template, style = _template()
    book, made = found.content.book, "" if found.demonstration is None else found.demonstration.label
    assert book is not None, "a portfolio report has its book"
    used = [*found.content.figures.values(), *(one for group in book.groups for one in (group.mrr, group.nrr))]
    sources = {one.source: one for figure in used for one in figure.sources}
    return template.render(
        page=found, content=found.content, book=book, made=made, style=style, listed=LISTED, dimensions=list(Dimension),
        beside=[found.content.figures[name] for name in BESIDE if name in found.content.figures],
        method=list(dict.fromkeys(str(each) for one in used for each in (one.cohort, one.query))),
        sources=list(sources.values()),
        waterfall=charts.steps(book.steps, made), rates=charts.rates(book.months, made),
        churn=charts.churn(book.months, made),
        planted=charts.planted(found.demonstration.planted, made) if found.demonstration else None,
    )  # fmt: skip
